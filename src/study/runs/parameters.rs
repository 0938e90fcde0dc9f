//! A run's configuration as a flat list of names and values.
//!
//! The names are those of [`crate::study::parameters`], so settings added later can be filtered and plotted without
//! further work.

use super::parameter_list::Parameters;
use super::value::ParamValue;
use crate::base::ContentHash;
use crate::study::parameters::flatten;
use crate::train::{Experiment, RunRecord};
use serde::Serialize;
use std::collections::BTreeMap;

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

/// The parameters of a run. Its signals are listed by name even if all were used.
pub fn of_run(record: &RunRecord) -> Parameters {
    let signals =
        if record.features.is_empty() { record.experiment.features.clone() } else { Some(record.features.clone()) };
    let signals = signals.map_or_else(|| "all".to_owned(), |names| names.join("+"));
    let inputs = [("features", signals.as_str()), ("vectors", &record.vectors)];
    flat(&record.experiment).with(inputs.map(|(name, value)| (name, ParamValue::Text(value.into()))))
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
    let by_short = SHORT.iter().find(|(_, short)| *short == word).and_then(|(full, _)| parameters.get(full));
    parameters
        .get(word)
        .or(by_short)
        .or_else(|| parameters.iter().find(|(name, _)| name.rsplit('.').next() == Some(word)).map(|(_, value)| value))
}

/// The names of the parameters that vary among runs, the most interesting first.
pub fn varying<'a>(runs: impl Iterator<Item = &'a Parameters>) -> Vec<String> {
    let mut seen: BTreeMap<&str, (Option<&ParamValue>, bool)> = BTreeMap::new();
    for (count, parameters) in runs.enumerate() {
        for (name, value) in parameters.iter() {
            // A parameter that earlier runs lack differs from them.
            let first = (count == 0).then_some(value);
            let (known, differs) = seen.entry(name).or_insert((first, count > 0));
            *differs |= *known != Some(value);
        }
        for (name, (_, differs)) in &mut seen {
            *differs |= parameters.get(name).is_none();
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
