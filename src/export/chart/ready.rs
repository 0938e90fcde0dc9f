//! The charts that the program draws.

use super::runs::{RETRAINED, differences_chart};
use super::{Axis, Chart, HeatMap, Mark, Panel, Parallel, Plot, Point, Series};
use crate::eval::Measure;
use crate::study::comparison::RunComparison;
use crate::train::{EpochReport, phases};

/// Measures drawn as curves.
const CURVES: [Measure; 3] = [Measure::Map, Measure::PrecisionAt(20), Measure::NdcgAt(20)];

/// What a curve shows of an epoch.
type Value<'a> = &'a dyn Fn(&EpochReport) -> Option<f64>;

/// The band behind a second training.
fn band(second: &[EpochReport]) -> Vec<((f64, f64), String)> {
    let ends = second.first().zip(second.last());
    let band = ends.map(|(first, last)| ((first.epoch as f64 - 0.5, last.epoch as f64 + 0.5), RETRAINED.to_owned()));
    band.into_iter().collect()
}

impl Chart {
    /// A run's curves: losses on the left, measures on the validation queries on the right, with the best epoch marked.
    /// A second training, on train and validation queries, is dashed on a shaded band.
    pub fn curves(title: &str, history: &[EpochReport]) -> Chart {
        let [first, second] = phases(history);
        let points = |reports: &[EpochReport], value: Value<'_>| -> Vec<Point> {
            reports.iter().filter_map(|report| Some(Point::new(report.epoch as f64, value(report)?))).collect()
        };
        // The first training's curves come first, so that the second changes neither their colours nor their markers.
        let series = |curves: &[(String, Value<'_>)]| -> Vec<Series> {
            let curves = || curves.iter().enumerate();
            let of = |(colour, (name, value)): (usize, &(String, Value<'_>))| Series {
                name: name.clone(),
                points: points(first, *value),
                colour: Some(colour),
                ..Series::default()
            };
            let again = |(colour, (_, value)): (usize, &(String, Value<'_>))| Series {
                points: points(second, *value),
                colour: Some(colour),
                dashed: true,
                ..Series::default()
            };
            let mut series: Vec<Series> = curves().map(of).collect();
            series.extend(curves().filter(|_| !second.is_empty()).map(again));
            series
        };
        let bands = band(second);
        let best = history.last().map(|report| report.best_epoch).filter(|&epoch| epoch > 0);
        let rules: Vec<(f64, String)> =
            best.map(|epoch| (epoch as f64, format!("best: {epoch}"))).into_iter().collect();
        let panel = |title: &str, y: &str, series: Vec<Series>| {
            let (x, y) = (Axis::labelled("Epoch"), Axis::labelled(y));
            let (rules, bands) = (rules.clone(), bands.clone());
            Panel::Plot(Plot { title: title.to_owned(), x, y, series, rules, bands })
        };
        let losses = series(&[
            ("Training".to_owned(), &|report| Some(report.train_loss)),
            ("Validation".to_owned(), &|report| Some(report.validation_loss)),
        ]);
        let of = CURVES.map(|measure| move |report: &EpochReport| report.validation.get(measure));
        let named: Vec<(String, Value<'_>)> =
            CURVES.iter().zip(&of).map(|(measure, value)| (measure.label(), value as Value<'_>)).collect();
        let measures = series(&named);
        Chart {
            title: title.to_owned(),
            panels: vec![panel("Loss", "Loss", losses), panel("Validation queries", "Measure", measures)],
            size: (760, 330),
        }
    }

    /// Each query's difference between a run and the baseline, greatest gain first. `None` if the measure was not
    /// compared, or the run is the baseline.
    pub fn query_differences(comparison: &RunComparison, run: usize, measure: Measure) -> Option<Chart> {
        let against = comparison.of(measure)?.get(run)?.against.as_ref()?;
        let mut order: Vec<usize> = (0..against.differences.len()).collect();
        order.sort_by(|&a, &b| against.differences[b].total_cmp(&against.differences[a]));
        let name = |run: usize| comparison.runs.get(run).map_or("", String::as_str);
        let counts = against.outcomes;
        let title = format!(
            "{} against {}: {} better, {} equal, {} worse",
            name(run),
            name(comparison.baseline),
            counts.wins,
            counts.ties,
            counts.losses
        );
        let name = |query: usize| comparison.queries.get(query).cloned().unwrap_or_default();
        let queries: Vec<_> = order.into_iter().map(|query| (name(query), against.differences[query])).collect();
        Some(differences_chart(&title, &format!("Δ {}", measure.label()), &queries))
    }

    /// The runs' means of a measure with their intervals, each above the run's name. `None` if the measure was not
    /// compared.
    pub fn means(comparison: &RunComparison, measure: Measure) -> Option<Chart> {
        let rows = comparison.of(measure)?;
        let point = |(x, run): (usize, &crate::study::comparison::ComparedRun)| Point {
            x: x as f64,
            y: run.mean,
            interval: Some((run.interval.low, run.interval.high)),
        };
        let points = rows.iter().enumerate().map(point).collect();
        let plot = Plot {
            x: Axis { names: comparison.runs.clone(), ..Axis::default() },
            y: Axis::labelled(&measure.label()),
            series: vec![Series { mark: Mark::Points, points, ..Series::default() }],
            ..Plot::default()
        };
        let title = format!("{} over {} queries, 95 % intervals", measure.label(), comparison.queries.len());
        Some(Chart { title, panels: vec![Panel::Plot(plot)], size: (560, 360) })
    }

    /// A single heat map.
    pub fn heat_map(map: HeatMap) -> Chart {
        let size = (180 + 64 * map.columns.len().clamp(3, 24) as u32, 110 + 40 * map.rows.len().clamp(3, 24) as u32);
        Chart { title: String::new(), panels: vec![Panel::Heat(map)], size }
    }

    /// A single parallel-coordinates plot.
    pub fn parallel(parallel: Parallel) -> Chart {
        let size = (120 + 110 * parallel.axes.len().clamp(4, 16) as u32, 380);
        Chart { title: String::new(), panels: vec![Panel::Parallel(parallel)], size }
    }
}
