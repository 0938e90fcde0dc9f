//! A run's configuration as a flat list of names and values, whatever it holds.
//!
//! The list comes from the configuration's own JSON, so a setting that a later version adds is a column, an axis and a
//! word of the filter at once.

use crate::train::{Experiment, RunRecord};
use serde::Serialize;
use serde_json::Value as Json;
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

/// The parameter that only repeats a configuration.
pub const SEED: &str = "training.seed";

/// Full names with the short ones people use; in the order of interest.
const SHORT: [(&str, &str); 15] = [
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
    /// A number as it was written: what was kept in 32 bits loses the digits that only 64 bits show.
    pub fn number(value: f64) -> Self {
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

impl fmt::Display for ParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) if *value != 0.0 && value.abs() < 0.01 => write!(f, "{value:e}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The parameters of a run. Its signals stand by name, also where all were taken.
pub fn parameters(record: &RunRecord) -> Parameters {
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
    let mut parameters = Parameters::new();
    if let Ok(json) = serde_json::to_value(value) {
        flatten(&mut parameters, String::new(), &json);
    }
    parameters
}

fn flatten(into: &mut Parameters, name: String, json: &Json) {
    let value = match json {
        Json::Object(fields) => {
            for (key, field) in fields {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(into, name, field);
            }
            return;
        }
        Json::Null => ParamValue::Text("none".to_owned()),
        Json::Bool(value) => ParamValue::Text(if *value { "yes" } else { "no" }.to_owned()),
        Json::Number(value) => ParamValue::number(value.as_f64().unwrap_or(f64::NAN)),
        Json::String(text) => ParamValue::Text(text.clone()),
        Json::Array(items) => ParamValue::Text(items.iter().map(plain).collect::<Vec<_>>().join("+")),
    };
    into.insert(name, value);
}

fn plain(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

/// What a parameter is called on axes and in the filter.
pub fn short_name(name: &str) -> &str {
    match SHORT.iter().find(|(full, _)| *full == name) {
        Some((_, short)) => short,
        None => name.rsplit('.').next().unwrap_or(name),
    }
}

/// The parameter that a word of the filter names: in full, by its short name, or by its last part.
pub fn find<'a>(parameters: &'a Parameters, word: &str) -> Option<&'a ParamValue> {
    let by_short = SHORT.iter().find(|(_, short)| *short == word).and_then(|(full, _)| parameters.get(*full));
    parameters
        .get(word)
        .or(by_short)
        .or_else(|| parameters.iter().find(|(name, _)| name.rsplit('.').next() == Some(word)).map(|(_, value)| value))
}

/// The names of those parameters that differ among some runs, the most interesting first.
pub fn varying<'a>(runs: impl Iterator<Item = &'a Parameters>) -> Vec<String> {
    let mut seen: BTreeMap<&str, (Option<&ParamValue>, bool)> = BTreeMap::new();
    for (count, parameters) in runs.enumerate() {
        for (name, value) in parameters {
            // A parameter that earlier runs did not have differs from them.
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

/// What makes two runs repetitions of each other: everything but the seed.
pub fn configuration(record: &RunRecord, parameters: &Parameters, study: Option<&str>) -> String {
    // A study has queries of its own in each part, so its trials are no repetitions of other runs.
    let mut text = format!("{}\n{}", record.dataset_path.display(), study.unwrap_or_default());
    for (name, value) in parameters.iter().filter(|(name, _)| !name.ends_with("seed")) {
        text += &format!("\n{name}={value}");
    }
    text
}

/// How many signals a run has.
pub fn signal_count(record: &RunRecord) -> usize {
    let chosen = |experiment: &Experiment| experiment.features.as_ref().map_or(0, Vec::len);
    if record.features.is_empty() { chosen(&record.experiment) } else { record.features.len() }
}
