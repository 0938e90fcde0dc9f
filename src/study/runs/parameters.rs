//! A run's configuration as a flat list of names and values.
//!
//! The names are those of [`crate::study::parameters`], so a setting that a later version adds can be filtered by and
//! plotted at once.

use crate::study::parameters::{flatten, plain};
use crate::train::{Experiment, RunRecord};
use serde::Serialize;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

/// The value of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamValue {
    /// A number.
    Number(f64),
    /// A name, a list of names, `yes`, `no` or `none`.
    Text(String),
}

/// All parameters of a run by their full names (`graph.k`, `training.loss`).
pub type Parameters = BTreeMap<String, ParamValue>;

/// The parameter in which repetitions of a configuration differ.
pub const SEED: &str = "training.seed";

/// Full names with the short ones of axes and filter; the most interesting first.
pub(super) const SHORT: [(&str, &str); 15] = [
    ("model.kind", "model"),
    ("graph.k", "k"),
    ("model.conv_layers", "layers"),
    ("training.loss", "loss"),
    ("training.learning_rate", "lr"),
    ("features", "signals"),
    ("normalisation", "normalisation"),
    ("graph.neighbourhood", "edges"),
    ("model.hidden", "hidden"),
    ("model.conv_size", "conv"),
    ("model.dropout", "dropout"),
    ("training.weight_decay", "decay"),
    ("training.batch", "batch"),
    ("training.epochs", "epochs"),
    (SEED, "seed"),
];

impl ParamValue {
    /// A value of a configuration.
    fn of(value: &Value) -> Self {
        match value {
            Value::Bool(value) => Self::Text(if *value { "yes" } else { "no" }.to_owned()),
            Value::Number(value) => Self::number(value.as_f64().unwrap_or(f64::NAN)),
            other => Self::Text(plain(other)),
        }
    }

    /// A number as it was written: 32-bit numbers lose the digits that only their 64-bit form shows.
    fn number(value: f64) -> Self {
        let short = f64::from(value as f32) == value;
        let text = if short { (value as f32).to_string() } else { value.to_string() };
        Self::Number(text.parse().unwrap_or(value))
    }

    /// The number, where it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Text(_) => None,
        }
    }

    /// Numbers by size, then texts by alphabet.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

/// Values of an axis up to which each has a place of its own.
const MOST_PLACES: usize = 8;

/// The different values of an axis in order, where each is drawn at a place of its own: where they are few, or not all
/// numbers. `None` where numbers lie by their size instead.
pub fn places(values: &[Option<ParamValue>]) -> Option<Vec<ParamValue>> {
    let mut places: Vec<ParamValue> = values.iter().flatten().cloned().collect();
    places.sort_by(ParamValue::compare);
    places.dedup();
    let has_text = || places.iter().any(|value| value.as_number().is_none());
    (places.len() <= MOST_PLACES || has_text()).then_some(places)
}

impl fmt::Display for ParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) if *value != 0.0 && value.abs() < 0.01 => write!(f, "{value:e}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The parameters of a run. Its signals are listed by name even where all were used.
pub fn of_run(record: &RunRecord) -> Parameters {
    let mut parameters = flat(&record.experiment);
    let signals =
        if record.features.is_empty() { record.experiment.features.clone() } else { Some(record.features.clone()) };
    let signals = signals.map_or_else(|| "all".to_owned(), |names| names.join("+"));
    parameters.insert("features".to_owned(), ParamValue::Text(signals));
    parameters.insert("vectors".to_owned(), ParamValue::Text(record.vectors.clone()));
    parameters
}

/// Anything as a flat list, by the names it is saved under.
pub fn flat(value: &impl Serialize) -> Parameters {
    flatten(value).into_iter().map(|known| (known.parameter, ParamValue::of(&known.value))).collect()
}

/// What a parameter is called on axes and in the filter: `k` for `graph.k`.
pub fn short_name(name: &str) -> &str {
    match SHORT.iter().find(|(full, _)| *full == name) {
        Some((_, short)) => short,
        None => name.rsplit('.').next().unwrap_or(name),
    }
}

/// The parameter that a key of the filter names: in full, by its short name, or by its last part.
pub fn find<'a>(parameters: &'a Parameters, word: &str) -> Option<&'a ParamValue> {
    let by_short = SHORT.iter().find(|(_, short)| *short == word).and_then(|(full, _)| parameters.get(*full));
    parameters
        .get(word)
        .or(by_short)
        .or_else(|| parameters.iter().find(|(name, _)| name.rsplit('.').next() == Some(word)).map(|(_, value)| value))
}

/// The names of the parameters that differ among some runs, the most interesting first.
pub fn varying<'a>(runs: impl Iterator<Item = &'a Parameters>) -> Vec<String> {
    let mut seen: BTreeMap<&str, (Option<&ParamValue>, bool)> = BTreeMap::new();
    for (count, parameters) in runs.enumerate() {
        for (name, value) in parameters {
            // A parameter that earlier runs lack differs from them.
            let first = (count == 0).then_some(value);
            let (known, differs) = seen.entry(name).or_insert((first, count > 0));
            *differs |= *known != Some(value);
        }
        for (name, (_, differs)) in &mut seen {
            *differs |= !parameters.contains_key(*name);
        }
    }
    let mut names: Vec<String> =
        seen.into_iter().filter(|(_, (_, differs))| *differs).map(|(name, _)| name.to_owned()).collect();
    let interest = |name: &String| SHORT.iter().position(|(full, _)| full == name).unwrap_or(SHORT.len());
    names.sort_by_key(interest);
    names
}

/// Equal for two runs that are repetitions of each other: everything but the seed.
pub fn configuration(record: &RunRecord, parameters: &Parameters, study: Option<&str>) -> String {
    // A study divides the queries in its own way, so its trials repeat no run outside of it.
    let mut text = format!("{}\n{}", record.dataset_path.display(), study.unwrap_or_default());
    for (name, value) in parameters.iter().filter(|(name, _)| !name.ends_with("seed")) {
        text += &format!("\n{name}={value}");
    }
    text
}

/// How many signals are inputs of a run's network.
pub fn signal_count(record: &RunRecord) -> usize {
    let chosen = |experiment: &Experiment| experiment.features.as_ref().map_or(0, Vec::len);
    if record.features.is_empty() { chosen(&record.experiment) } else { record.features.len() }
}
