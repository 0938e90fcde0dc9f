//! What the run table shows in each cell, and what it sorts by.

use super::column::Column;
use super::date::date;
use super::facts::{Objective, RunFacts};
use super::parameters::{SEED, signal_count};
use super::value::ParamValue;
use crate::base::Spread;
use crate::dataset::Split;
use crate::eval::Measure;
use crate::train::Setting;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A cell: its value, and a pale suffix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The value.
    pub text: String,
    /// The suffix, such as the `±.004` of a mean.
    pub beside: String,
}

impl Cell {
    fn plain(text: String) -> Self {
        Self { text, beside: String::new() }
    }
}

impl Column {
    /// Mean and deviation over the runs of a row, for columns that [are averaged](Column::is_averaged).
    pub fn spread(self, runs: &[&RunFacts]) -> Option<Spread> {
        let value = |run: &&RunFacts| match self {
            Column::Gain => run.gain(Objective { split: Split::Test, measure: Measure::Map }),
            Column::Seconds => Some(run.saved.record.seconds_per_epoch).filter(|seconds| *seconds > 0.0),
            Column::Epochs => Some(run.saved.record.best_epoch as f64).filter(|epoch| *epoch > 0.0),
            _ => run.measure(self.objective()?),
        };
        Spread::of(runs.iter().filter_map(value))
    }

    /// The value of a row: of one run, or of several that differ only in their seeds. Dates are seconds since 1970.
    pub fn value(self, runs: &[&RunFacts]) -> Option<ParamValue> {
        let first = runs.first()?;
        let record = &first.saved.record;
        let text = |text: String| Some(ParamValue::Text(text.into()));
        let shared = |text: Arc<str>| Some(ParamValue::Text(text));
        match self {
            Column::Name => text(if runs.len() > 1 { stem(runs) } else { first.name().to_owned() }),
            Column::Model => text(record.experiment.model.kind.to_string()),
            Column::Neighbours => first.parameters.get("graph.k").cloned(),
            Column::Layers => first.parameters.get("model.conv_layers").cloned(),
            Column::Loss => text(record.experiment.training.loss.to_string()),
            Column::LearningRate => first.parameters.get("training.learning_rate").cloned(),
            Column::Signals => Some(ParamValue::Number(signal_count(record) as f64)),
            Column::Seed => first.parameters.get(SEED).cloned(),
            Column::Study => first.study.clone().and_then(shared),
            Column::Fold => first.fold.map(|fold| ParamValue::Number(fold as f64)),
            Column::Split => only(runs.iter().map(|run| run.split.as_ref())).flatten().cloned().and_then(shared),
            Column::Labels => record.labels.as_ref().and_then(|labels| text(labels.label())),
            Column::Date => Some(ParamValue::Number(record.started as f64)),
            Column::State => text(states(runs)),
            Column::Tags => own(runs.iter().flat_map(|run| run.saved.label.tags.iter().map(String::as_str))),
            Column::Note => own(runs.iter().map(|run| run.saved.label.note.as_str())),
            Column::Setting(path) => {
                let matters = Setting::find(path).is_some_and(|setting| setting.matters(&record.experiment));
                first.parameters.get(path).filter(|_| matters).cloned()
            }
            _ => self.spread(runs).map(|spread| ParamValue::Number(spread.mean)),
        }
    }

    /// The cell of a row.
    pub fn cell(self, runs: &[&RunFacts]) -> Cell {
        let count = runs.len();
        match self {
            Column::Seed if count > 1 => several(runs.iter().map(|run| run.parameters.get(SEED)), "seed"),
            Column::Fold if count > 1 && first_differs(runs) => several(runs.iter().map(|run| run.fold), "fold"),
            Column::Split if count > 1 && self.value(runs).is_none() => {
                several(runs.iter().filter_map(|run| run.split.as_ref()), "split")
            }
            Column::Date => Cell::plain(runs.first().map_or_else(String::new, |run| date(run.saved.record.started))),
            _ if self.is_averaged() => self.spread(runs).map_or_else(Cell::default, |spread| self.mean_cell(spread)),
            _ => {
                let text = self.value(runs).map_or_else(String::new, |value| value.to_string());
                let is_group = self == Column::Name && count > 1;
                Cell { text, beside: if is_group { format!("× {count}") } else { String::new() } }
            }
        }
    }

    fn mean_cell(self, spread: Spread) -> Cell {
        let write = |value: f64| match self {
            Column::Seconds if value < 0.1 => format!("{value:.3}"),
            Column::Seconds => format!("{value:.2}"),
            Column::Epochs => format!("{value:.0}"),
            _ => short(value),
        };
        let text = match self {
            Column::Gain if spread.mean < 0.0 => format!("−{}", write(-spread.mean)),
            Column::Gain => format!("+{}", write(spread.mean.abs())),
            _ => write(spread.mean),
        };
        let beside = if spread.n > 1 { format!("±{}", write(spread.deviation)) } else { String::new() };
        Cell { text, beside }
    }

    /// The order of two rows; rows without a value come last in either direction.
    pub fn compare(self, a: &[&RunFacts], b: &[&RunFacts], descending: bool) -> Ordering {
        match (self.value(a), self.value(b)) {
            (Some(a), Some(b)) if descending => b.compare(&a),
            (Some(a), Some(b)) => a.compare(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

/// The value that all share, if they do.
fn only<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

fn first_differs(runs: &[&RunFacts]) -> bool {
    only(runs.iter().map(|run| run.fold)).is_none()
}

/// The number of distinct values of a group.
fn several<T: PartialEq>(values: impl Iterator<Item = T>, what: &str) -> Cell {
    let mut distinct: Vec<T> = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    let beside = match distinct.len() {
        0 => String::new(),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    Cell { text: String::new(), beside }
}

/// `.823`, as measures are usually printed.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.strip_prefix("0.").map(|rest| format!(".{rest}")).unwrap_or(text)
}

/// The common prefix of several runs' names.
fn stem(runs: &[&RunFacts]) -> String {
    let mut names = runs.iter().map(|run| run.saved.record.name.as_str());
    let first = names.next().unwrap_or_default();
    let shared = names.fold(first, |shared, name| {
        let end = shared.char_indices().zip(name.chars()).find(|((_, a), b)| a != b).map(|((at, _), _)| at);
        &shared[..end.unwrap_or(shared.len().min(name.len()))]
    });
    // Part of a number would be misleading.
    let shared = shared.trim_end_matches(|letter: char| letter.is_ascii_digit() || "-_ .".contains(letter));
    if shared.is_empty() { first.to_owned() } else { shared.to_owned() }
}

fn states(runs: &[&RunFacts]) -> String {
    distinct(runs.iter().map(|run| run.state_name()))
}

/// What a person wrote, if anything.
fn own<'a>(texts: impl Iterator<Item = &'a str>) -> Option<ParamValue> {
    Some(distinct(texts)).filter(|text| !text.is_empty()).map(|text| ParamValue::Text(text.into()))
}

/// Different texts in alphabetical order.
fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: BTreeSet<&str> = texts.filter(|text| !text.is_empty()).collect();
    texts.into_iter().collect::<Vec<_>>().join(", ")
}
