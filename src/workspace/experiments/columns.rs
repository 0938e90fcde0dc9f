//! The columns of the run table: what each is called, shows and is sorted by.

use super::facts::{Objective, RunFacts};
use super::parameters::{self, ParamValue, SEED, find};
use crate::base::{Spread, named};
use crate::dataset::Split;
use crate::eval::Measure;
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A column of the run table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "`name` and `explanation` tell")]
pub enum Column {
    Name,
    Model,
    Neighbours,
    Layers,
    Loss,
    LearningRate,
    Signals,
    Seed,
    Epochs,
    ValidationMap,
    ValidationPrecision,
    ValidationNdcg,
    TestMap,
    TestPrecision,
    TestNdcg,
    Gain,
    Seconds,
    #[default]
    Date,
    State,
}

/// A cell: what it shows, and the pale part behind it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The value.
    pub text: String,
    /// `±.004` behind a mean.
    pub beside: String,
}

named!(Column, "column":
    Name = "Name", Model = "Model", Neighbours = "k", Layers = "Layers", Loss = "Loss", LearningRate = "lr",
    Signals = "Signals", Seed = "Seed", Epochs = "Epoch", ValidationMap = "Val MAP", ValidationPrecision = "Val P@20",
    ValidationNdcg = "Val nDCG@20", TestMap = "Test MAP", TestPrecision = "Test P@20", TestNdcg = "Test nDCG@20",
    Gain = "Δ to text", Seconds = "s/epoch", Date = "Date", State = "State",
);

impl Column {
    /// What it holds, in a sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Column::Name => "The run's folder",
            Column::Model => "Which network",
            Column::Neighbours => "Nearest neighbours of each image, itself not counted",
            Column::Layers => "Graph convolutions, one after the other",
            Column::Loss => "What training lowered",
            Column::LearningRate => "Learning rate",
            Column::Signals => "How many signals the network read",
            Column::Seed => "Seed; for a group, how many runs it holds",
            Column::Epochs => "The epoch whose weights are kept",
            Column::ValidationMap => "MAP on the validation queries",
            Column::ValidationPrecision => "P@20 on the validation queries",
            Column::ValidationNdcg => "nDCG@20 on the validation queries",
            Column::TestMap => "MAP on the test queries",
            Column::TestPrecision => "P@20 on the test queries",
            Column::TestNdcg => "nDCG@20 on the test queries",
            Column::Gain => "Test MAP minus that of the text signal alone",
            Column::Seconds => "Mean seconds of an epoch",
            Column::Date => "When the run was started (UTC)",
            Column::State => "How the run ended",
        }
    }

    /// Whether its values are numbers, which stand to the right.
    pub fn is_number(self) -> bool {
        !matches!(self, Column::Name | Column::Model | Column::Loss | Column::Date | Column::State)
    }

    /// The figure that it shows, for columns of measures.
    pub fn objective(self) -> Option<Objective> {
        let of = |split, measure| Some(Objective { split, measure });
        match self {
            Column::ValidationMap => of(Split::Validation, Measure::Map),
            Column::ValidationPrecision => of(Split::Validation, Measure::PrecisionAt(20)),
            Column::ValidationNdcg => of(Split::Validation, Measure::NdcgAt(20)),
            Column::TestMap => of(Split::Test, Measure::Map),
            Column::TestPrecision => of(Split::Test, Measure::PrecisionAt(20)),
            Column::TestNdcg => of(Split::Test, Measure::NdcgAt(20)),
            _ => None,
        }
    }

    /// Mean and spread over the runs of a row, for columns of figures.
    pub fn spread(self, runs: &[&RunFacts]) -> Option<Spread> {
        let value = |run: &&RunFacts| match self {
            Column::Gain => run.gain(Objective { split: Split::Test, measure: Measure::Map }),
            Column::Seconds => Some(run.saved.record.seconds_per_epoch).filter(|seconds| *seconds > 0.0),
            Column::Epochs => Some(run.saved.record.best_epoch as f64).filter(|epoch| *epoch > 0.0),
            _ => run.figure(self.objective()?),
        };
        Spread::of(runs.iter().filter_map(value))
    }

    /// The cell of a row: of one run, or of several that differ in their seeds.
    pub fn cell(self, runs: &[&RunFacts]) -> Cell {
        let Some(first) = runs.first() else { return Cell::default() };
        let record = &first.saved.record;
        let plain = |text: String| Cell { text, beside: String::new() };
        let parameter = |name: &str| plain(find(&first.parameters, name).map_or_else(String::new, ToString::to_string));
        match self {
            Column::Name if runs.len() > 1 => Cell { text: stem(runs), beside: format!("× {}", runs.len()) },
            Column::Name => plain(record.name.clone()),
            Column::Model => plain(record.experiment.model.kind.to_string()),
            Column::Neighbours => parameter("graph.k"),
            Column::Layers => parameter("model.conv_layers"),
            Column::Loss => plain(record.experiment.training.loss.to_string()),
            Column::LearningRate => parameter("training.learning_rate"),
            Column::Signals => plain(parameters::signal_count(record).to_string()),
            Column::Seed if runs.len() > 1 => Cell { text: String::new(), beside: format!("{} runs", runs.len()) },
            Column::Seed => parameter(SEED),
            Column::Date => plain(date(record.started)),
            Column::State => plain(states(runs)),
            _ => self.spread(runs).map_or_else(Cell::default, |spread| self.figure(spread)),
        }
    }

    fn figure(self, spread: Spread) -> Cell {
        let write = |value: f64| match self {
            Column::Seconds if value < 0.1 => format!("{value:.3}"),
            Column::Seconds => format!("{value:.2}"),
            Column::Epochs => format!("{value:.0}"),
            _ => short(value),
        };
        let text = match self {
            Column::Gain if spread.mean >= 0.0 => format!("+{}", write(spread.mean)),
            Column::Gain => format!("−{}", write(-spread.mean)),
            _ => write(spread.mean),
        };
        let beside = if spread.n > 1 { format!("±{}", write(spread.deviation)) } else { String::new() };
        Cell { text, beside }
    }

    /// Which of two rows comes first when sorted upwards; rows without a value come last either way.
    pub fn compare(self, a: &[&RunFacts], b: &[&RunFacts], descending: bool) -> Ordering {
        let key = |runs: &[&RunFacts]| -> Option<ParamValue> {
            let first = runs.first()?;
            let record = &first.saved.record;
            match self {
                Column::Neighbours => find(&first.parameters, "graph.k").cloned(),
                Column::Layers => find(&first.parameters, "model.conv_layers").cloned(),
                Column::LearningRate => find(&first.parameters, "training.learning_rate").cloned(),
                Column::Seed => Some(ParamValue::Number(record.experiment.training.seed as f64)),
                Column::Signals => Some(ParamValue::Number(parameters::signal_count(record) as f64)),
                Column::Date => Some(ParamValue::Number(record.started as f64)),
                Column::Name | Column::Model | Column::Loss | Column::State => {
                    Some(ParamValue::Text(self.cell(runs).text))
                }
                _ => self.spread(runs).map(|spread| ParamValue::Number(spread.mean)),
            }
        };
        match (key(a), key(b)) {
            (Some(a), Some(b)) if descending => b.compare(&a),
            (Some(a), Some(b)) => a.compare(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

/// `.823`, as figures are written in this field.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.strip_prefix("0.").map(|rest| format!(".{rest}")).unwrap_or(text)
}

/// What the names of several runs begin with.
fn stem(runs: &[&RunFacts]) -> String {
    let mut names = runs.iter().map(|run| run.saved.record.name.as_str());
    let first = names.next().unwrap_or_default();
    let shared = names.fold(first, |shared, name| {
        let end = shared.char_indices().zip(name.chars()).find(|((_, a), b)| a != b).map(|((at, _), _)| at);
        &shared[..end.unwrap_or(shared.len().min(name.len()))]
    });
    // Half a number is none.
    let shared = shared.trim_end_matches(|letter: char| letter.is_ascii_digit() || "-_ .".contains(letter));
    if shared.is_empty() { first.to_owned() } else { shared.to_owned() }
}

fn states(runs: &[&RunFacts]) -> String {
    let mut states: Vec<&str> = runs.iter().map(|run| run.state_name()).collect();
    states.sort_unstable();
    states.dedup();
    states.join(", ")
}

/// Seconds since 1970 as `2026-11-24 09:30`, in UTC.
pub fn date(seconds: u64) -> String {
    if seconds == 0 {
        return String::new();
    }
    let date = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    date.map_or_else(String::new, |date| date.format("%Y-%m-%d %H:%M").to_string())
}
