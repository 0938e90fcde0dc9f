//! Charts of many runs: their curves, and their measures over their parameters.

use super::{Axis, Chart, HeatMap, Mark, Panel, Parallel, Plot, Point, Series};
use crate::study::runs::{ParamValue, Pivot, PivotCell, places};

/// What the second training of a run is called.
pub(super) const RETRAINED: &str = "retrained on train + validation";

/// The curve of a run or a group of runs.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Its name in the legend.
    pub name: String,
    /// The first training.
    pub first: Lines,
    /// The second training, on train and validation queries; empty without one.
    pub second: Lines,
}

/// One training of a run or a group of runs, as (epoch, value).
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Each run's own values.
    pub raw: Vec<Vec<[f64; 2]>>,
    /// Their smoothed mean.
    pub smooth: Vec<[f64; 2]>,
    /// Their mean.
    pub mean: Vec<[f64; 2]>,
}

/// Overlaid curves, with each run's raw values pale behind them; second trainings are dashed.
pub fn curves_chart(label: &str, curves: &[Curve]) -> Chart {
    let points = |line: &[[f64; 2]]| line.iter().map(|&[x, y]| Point::new(x, y)).collect::<Vec<_>>();
    let mut series = Vec::new();
    for (index, Curve { name, first, second }) in curves.iter().enumerate() {
        let colour = Some(index);
        for (Lines { raw, smooth, .. }, dashed) in [(first, false), (second, true)] {
            let pale = |line: &Vec<_>| Series { points: points(line), colour, pale: true, dashed, ..Series::default() };
            series.extend(raw.iter().filter(|line| !line.is_empty()).map(pale));
            let name = if dashed { String::new() } else { name.clone() };
            if !(dashed && smooth.is_empty()) {
                series.push(Series { name, points: points(smooth), colour, dashed, ..Series::default() });
            }
        }
    }
    let mut chart =
        plot(Plot { x: Axis::labelled("Epoch"), y: Axis::labelled(label), series, ..Plot::default() }, (720, 400));
    if curves.iter().any(|curve| !curve.second.mean.is_empty()) {
        chart.title = format!("Dashed: {RETRAINED}");
    }
    chart
}

/// A measure over two parameters.
pub fn heat_chart(pivot: &Pivot, [x, y]: [&str; 2], label: &str) -> Chart {
    let value = |cell: &Option<PivotCell>| cell.as_ref().map(|cell| cell.spread.mean);
    Chart::heat_map(HeatMap {
        x_label: x.to_owned(),
        y_label: y.to_owned(),
        value_label: label.to_owned(),
        columns: pivot.xs.iter().map(ToString::to_string).collect(),
        rows: pivot.ys.iter().rev().map(ToString::to_string).collect(),
        values: pivot.cells.iter().rev().map(|row| row.iter().map(value).collect()).collect(),
        decimals: 3,
        ..HeatMap::default()
    })
}

/// Runs as lines through vertical axes, coloured by the last: each axis is a name and one value per run.
pub fn parallel_chart(axes: &[(String, &[Option<ParamValue>])]) -> Chart {
    let last = axes.len().saturating_sub(1);
    let mut columns: Vec<Vec<Option<f64>>> = Vec::new();
    let mut drawn = Vec::new();
    for (at, (label, values)) in axes.iter().enumerate() {
        let places = places(values).filter(|_| at != last);
        let of = |value: &Option<ParamValue>| {
            let value = value.as_ref()?;
            match &places {
                Some(places) => places.iter().position(|known| known == value).map(|index| index as f64),
                None => value.as_number(),
            }
        };
        columns.push(values.iter().map(of).collect());
        let names = places.iter().flatten().map(ToString::to_string).collect();
        drawn.push(Axis { names, ..Axis::labelled(label) });
    }
    let count = columns.first().map_or(0, Vec::len);
    let lines = (0..count).map(|run| columns.iter().map(|column| column[run]).collect()).collect();
    Chart::parallel(Parallel { title: String::new(), axes: drawn, lines })
}

/// Each query's difference, in the given order.
pub fn differences_chart(title: &str, label: &str, queries: &[(String, f64)]) -> Chart {
    let points = queries.iter().enumerate().map(|(x, (_, delta))| Point::new(x as f64, *delta)).collect();
    let names = queries.iter().map(|(name, _)| name.clone()).collect();
    let bars = Series { mark: Mark::Bars, points, ..Series::default() };
    let x = Axis { names, ..Axis::default() };
    let mut chart = plot(Plot { x, y: Axis::labelled(label), series: vec![bars], ..Plot::default() }, (720, 360));
    title.clone_into(&mut chart.title);
    chart
}

/// A matrix of changes: configurations as rows, measures as columns.
pub fn matrix_chart(rows: Vec<String>, columns: Vec<String>, values: Vec<Vec<Option<f64>>>) -> Chart {
    let size = (320 + 76 * columns.len() as u32, 90 + 22 * rows.len() as u32);
    let label = "Change against the first".to_owned();
    let heat =
        HeatMap { value_label: label, columns, rows, values, decimals: 3, diverging: true, ..HeatMap::default() };
    Chart { title: String::new(), panels: vec![Panel::Heat(heat)], size }
}

fn plot(plot: Plot, size: (u32, u32)) -> Chart {
    Chart { title: String::new(), panels: vec![Panel::Plot(plot)], size }
}
