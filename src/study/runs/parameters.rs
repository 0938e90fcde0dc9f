//! A run's configuration as a flat list of names and values.
//!
//! The names are those of [`crate::study::parameters`], so settings added later can be filtered and plotted without
//! further work.

use crate::base::ContentHash;
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

/// The parameter in which repeated runs of a configuration differ.
pub const SEED: &str = "training.seed";

/// Full names with the short ones used on axes and in filters, the most interesting first.
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

    /// A number as it was written: 32-bit numbers lose the digits that only appear as 64 bits.
    fn number(value: f64) -> Self {
        let short = f64::from(value as f32) == value;
        let text = if short { (value as f32).to_string() } else { value.to_string() };
        Self::Number(text.parse().unwrap_or(value))
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Text(_) => None,
        }
    }

    /// Numbers by size, then texts alphabetically.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

/// The most numbers that are drawn at evenly spaced places.
const MOST_PLACES: usize = 8;

/// The distinct values of an axis in order, if they are drawn at evenly spaced places: if they are few or not all
/// numbers. `None` if they are drawn to scale.
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

/// The parameters of a run. Its signals are listed by name even if all were used.
pub fn of_run(record: &RunRecord) -> Parameters {
    let mut parameters = flat(&record.experiment);
    let signals =
        if record.features.is_empty() { record.experiment.features.clone() } else { Some(record.features.clone()) };
    let signals = signals.map_or_else(|| "all".to_owned(), |names| names.join("+"));
    parameters.insert("features".to_owned(), ParamValue::Text(signals));
    parameters.insert("vectors".to_owned(), ParamValue::Text(record.vectors.clone()));
    parameters
}

/// Any value as a flat list, by serialised names.
pub fn flat(value: &impl Serialize) -> Parameters {
    flatten(value).into_iter().map(|known| (known.parameter, ParamValue::of(&known.value))).collect()
}

/// A parameter's name on axes and in filters: `k` for `graph.k`.
pub fn short_name(name: &str) -> &str {
    match SHORT.iter().find(|(full, _)| *full == name) {
        Some((_, short)) => short,
        None => name.rsplit('.').next().unwrap_or(name),
    }
}

/// The parameter that a filter key names: in full, by its short name, or by its last part.
pub fn find<'a>(parameters: &'a Parameters, word: &str) -> Option<&'a ParamValue> {
    let by_short = SHORT.iter().find(|(_, short)| *short == word).and_then(|(full, _)| parameters.get(*full));
    parameters
        .get(word)
        .or(by_short)
        .or_else(|| parameters.iter().find(|(name, _)| name.rsplit('.').next() == Some(word)).map(|(_, value)| value))
}

/// The names of the parameters that vary among runs, the most interesting first.
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

/// BLAKE3 of everything but the seed and what each run chooses for itself: equal for repeated runs; `scope` names their
/// study or their split.
pub fn configuration(record: &RunRecord, parameters: &Parameters, scope: &str) -> String {
    let mut hash = ContentHash::default();
    hash.text(&record.dataset_path.to_string_lossy());
    hash.text(scope);
    hash.text(&record.recall_base.to_string());
    let is_given = |name: &str| !name.ends_with("seed") && record.chosen.iter().all(|one| one.setting != name);
    for (name, value) in parameters.iter().filter(|(name, _)| is_given(name)) {
        hash.text(name);
        hash.text(&value.to_string());
    }
    hash.finish()
}

/// Number of signals among the inputs of a run's network.
pub fn signal_count(record: &RunRecord) -> usize {
    let chosen = |experiment: &Experiment| experiment.features.as_ref().map_or(0, Vec::len);
    if record.features.is_empty() { chosen(&record.experiment) } else { record.features.len() }
}
