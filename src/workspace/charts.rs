//! Plots as files, drawn in a thread of their own.

use super::{Message, ParamValue, Pivot, Workspace};
use crate::base::{At, write_whole};
use crate::export::ExportError;
use crate::export::chart::{
    Axis, Chart, HeatMap, Mark, Panel, Parallel, Plot, Point, Series, Theme, render_png, render_svg,
};
use crate::jobs::{Event, Job};
use std::path::{Path, PathBuf};

/// Pixels per point of a PNG: sharp in print at the width of a column.
const SCALE: u32 = 3;

/// Plots being written.
#[derive(Default)]
pub struct Saving {
    jobs: Vec<Job<(), PathBuf>>,
}

impl Saving {
    /// Whether any is being written.
    pub fn is_running(&self) -> bool {
        !self.jobs.is_empty()
    }
}

impl Workspace {
    pub(super) fn save_chart(&mut self, chart: Chart, theme: Theme, path: PathBuf) {
        self.saving.jobs.push(Job::spawn("plot", self.wake(), move |_| {
            write(&chart, theme, &path)?;
            Ok(path)
        }));
    }

    pub(super) fn poll_saving(&mut self) -> bool {
        let mut told = Vec::new();
        self.saving.jobs.retain_mut(|job| match job.poll() {
            Some(Event::Done(path)) => {
                told.push(Message::notice(format!("Saved: {}", path.display())));
                false
            }
            Some(Event::Failed(message)) => {
                told.push(Message::warning(format!("Could not save the plot: {message}")));
                false
            }
            _ => true,
        });
        let changed = !told.is_empty();
        told.into_iter().for_each(|message| self.tell(message));
        changed
    }
}

fn write(chart: &Chart, theme: Theme, path: &Path) -> Result<(), ExportError> {
    let is_png = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    let bytes = if is_png { render_png(chart, theme, SCALE)? } else { render_svg(chart, theme)?.into_bytes() };
    Ok(write_whole(path, &[&bytes]).at(path)?)
}

fn axis(label: &str) -> Axis {
    Axis { label: label.to_owned(), ..Axis::default() }
}

/// One run's or group's curve, in (epoch, value).
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// What it is called.
    pub name: String,
    /// Each run's own values.
    pub raw: Vec<Vec<[f64; 2]>>,
    /// Their smoothed mean.
    pub smooth: Vec<[f64; 2]>,
    /// Their mean.
    pub mean: Vec<[f64; 2]>,
}

/// Curves over one another, each run's own values pale behind them.
pub fn curves_chart(label: &str, curves: &[Curve]) -> Chart {
    let points = |line: &[[f64; 2]]| line.iter().map(|&[x, y]| Point::new(x, y)).collect::<Vec<_>>();
    let mut series = Vec::new();
    for (index, Curve { name, raw, smooth, .. }) in curves.iter().enumerate() {
        let colour = Some(index);
        series.extend(raw.iter().map(|line| Series { points: points(line), colour, pale: true, ..Series::default() }));
        series.push(Series { name: name.clone(), points: points(smooth), colour, ..Series::default() });
    }
    plot(Plot { x: axis("Epoch"), y: axis(label), series, ..Plot::default() }, (720, 400))
}

/// A measure over two parameters.
pub fn heat_chart(pivot: &Pivot, [x, y]: [&str; 2], label: &str) -> Chart {
    let value = |cell: &Option<super::PivotCell>| cell.as_ref().map(|cell| cell.spread.mean);
    let heat = HeatMap {
        x_label: x.to_owned(),
        y_label: y.to_owned(),
        value_label: label.to_owned(),
        columns: pivot.xs.iter().map(ToString::to_string).collect(),
        rows: pivot.ys.iter().rev().map(ToString::to_string).collect(),
        values: pivot.cells.iter().rev().map(|row| row.iter().map(value).collect()).collect(),
        decimals: 3,
        ..HeatMap::default()
    };
    let size = (160 + 70 * pivot.xs.len().max(3) as u32, 110 + 34 * pivot.ys.len().max(2) as u32);
    Chart { title: String::new(), panels: vec![Panel::Heat(heat)], size }
}

/// Runs as lines through upright axes, the last one colouring them: for each axis its name and a value per run.
pub fn parallel_chart(axes: &[(String, &[Option<ParamValue>])]) -> Chart {
    let last = axes.len().saturating_sub(1);
    let mut columns: Vec<Vec<Option<f64>>> = Vec::new();
    let mut drawn = Vec::new();
    for (at, (label, values)) in axes.iter().enumerate() {
        let mut distinct: Vec<ParamValue> = values.iter().flatten().cloned().collect();
        distinct.sort_by(ParamValue::compare);
        distinct.dedup();
        // As in the window: a few values have a place each, and so have words.
        let placed = at != last && (distinct.len() <= 8 || distinct.iter().any(|value| value.as_number().is_none()));
        let place = |value: &ParamValue| distinct.iter().position(|known| known == value).map(|at| at as f64);
        let of = |value: &Option<ParamValue>| {
            let value = value.as_ref()?;
            if placed { place(value) } else { value.as_number() }
        };
        columns.push(values.iter().map(of).collect());
        let names = if placed { distinct.iter().map(ToString::to_string).collect() } else { Vec::new() };
        drawn.push(Axis { names, ..axis(label) });
    }
    let count = columns.first().map_or(0, Vec::len);
    let lines = (0..count).map(|run| columns.iter().map(|column| column[run]).collect()).collect();
    let size = (120 + 130 * axes.len().max(3) as u32, 360);
    let parallel = Parallel { title: String::new(), axes: drawn, lines };
    Chart { title: String::new(), panels: vec![Panel::Parallel(parallel)], size }
}

/// What each query gains or loses, in the order given.
pub fn differences_chart(title: &str, label: &str, queries: &[(String, f64)]) -> Chart {
    let points = queries.iter().enumerate().map(|(x, (_, delta))| Point::new(x as f64, *delta)).collect();
    let names = queries.iter().map(|(name, _)| name.clone()).collect();
    let bars = Series { mark: Mark::Bars, points, ..Series::default() };
    let x = Axis { names, ..Axis::default() };
    let mut chart = plot(Plot { x, y: axis(label), series: vec![bars], ..Plot::default() }, (720, 360));
    title.clone_into(&mut chart.title);
    chart
}

/// A table of changes: configurations down, measures across.
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
