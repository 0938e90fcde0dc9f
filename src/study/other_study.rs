//! What distinguishes a study from the one whose trials are already in its folder.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::parameters::plain;
use super::{Change, StudyError, Trial, parameters};
use crate::base::read_text_file;
use crate::dataset::Split;
use crate::train::{Experiment, QueryMeasures, RunData, RunRecord, read_run_record};

/// Parameters in which the trials of one study may differ from those of its continuation.
const FREE: [&str; 1] = ["training.seed"];

/// Checks that the trial in a folder is not one of another study: one that has the same name, but differs in a setting,
/// the data or the folds. What has no result may be anything.
///
/// # Errors
/// [`StudyError::OtherStudy`].
pub(super) fn check_trial(
    folder: &Path,
    trial: &Trial,
    data: &RunData,
    (splits, folds): (&[Split], &str),
) -> Result<(), StudyError> {
    let Ok(record) = read_run_record(folder) else { return Ok(()) };
    let there = given(&record);
    let difference = if let Some((then, now)) = first_difference(&there, &parameters(&trial.experiment), &FREE) {
        compared(&then.parameter, &plain(&then.value), &plain(&now.value))
    } else if record.dataset != data.dataset.name {
        compared("the data set", &record.dataset, &data.dataset.name)
    } else if record.experiment.needs_vectors() && record.vectors != data.vectors.name {
        compared("the visual vectors", &record.vectors, &data.vectors.name)
    } else if QueryMeasures::read(folder).is_ok_and(|queries| has_other_splits(&queries, data, splits)) {
        format!("its queries are split in another way than here, by {folds}")
    } else {
        "its judgements, signals or visual vectors have changed since".to_owned()
    };
    let study = folder.parent().and_then(Path::parent).unwrap_or(folder);
    Err(StudyError::OtherStudy { difference, path: study.to_owned() })
}

/// Checks that the settings that all trials in a folder share, and all of these experiments share, are the same.
///
/// # Errors
/// [`StudyError::OtherStudy`].
pub(super) fn check_shared(folder: &Path, experiments: &[&Experiment], free: &[&str]) -> Result<(), StudyError> {
    let entries = fs::read_dir(folder.join("trials")).map(|entries| entries.flatten().map(|e| e.path()).collect());
    let mut trials: Vec<_> = entries.unwrap_or_default();
    trials.retain(|trial| trial.join("trial.json").is_file());
    let there = shared(trials.iter().filter_map(|trial| Some(given(&read_run_record(trial).ok()?))));
    let here = shared(experiments.iter().map(|experiment| parameters(experiment)));
    let free: Vec<&str> = FREE.iter().chain(free).copied().collect();
    match first_difference(&there, &here, &free) {
        Some((then, now)) => {
            let difference = compared(&then.parameter, &plain(&then.value), &plain(&now.value));
            Err(StudyError::OtherStudy { difference, path: folder.to_owned() })
        }
        None => Ok(()),
    }
}

/// Checks that a folder does not hold the result of another kind of study.
///
/// # Errors
/// [`StudyError::OtherStudy`].
pub(super) fn check_kind(folder: &Path, kind: &str) -> Result<(), StudyError> {
    let text = read_text_file(&folder.join("study.json")).unwrap_or_default();
    let study: Value = serde_json::from_str(&text).unwrap_or_default();
    match study["kind"].as_str() {
        Some(then) if then != kind => {
            let difference = compared("the kind of study", then, kind);
            Err(StudyError::OtherStudy { difference, path: folder.to_owned() })
        }
        _ => Ok(()),
    }
}

fn compared(what: &str, then: &str, now: &str) -> String {
    format!("{what} is {then} there and {now} here")
}

/// The first parameter of both lists whose values differ.
fn first_difference(there: &[Change], here: &[Change], free: &[&str]) -> Option<(Change, Change)> {
    let here: BTreeMap<&str, &Change> = here.iter().map(|change| (change.parameter.as_str(), change)).collect();
    let compared = there.iter().filter(|then| !free.contains(&then.parameter.as_str()));
    let pairs = compared.filter_map(|then| Some((then, *here.get(then.parameter.as_str())?)));
    pairs.into_iter().find(|(then, now)| then.value != now.value).map(|(then, now)| (then.clone(), now.clone()))
}

/// The parameters that a run was given; what it chose for itself may differ from what its study says.
fn given(record: &RunRecord) -> Vec<Change> {
    let mut given = parameters(&record.experiment);
    given.retain(|change| record.chosen.iter().all(|one| one.setting != change.parameter));
    given
}

/// The parameters that have the same value in all experiments.
fn shared(mut experiments: impl Iterator<Item = Vec<Change>>) -> Vec<Change> {
    let mut shared = experiments.next().unwrap_or_default();
    experiments.for_each(|own| shared.retain(|change| own.contains(change)));
    shared
}

fn has_other_splits(queries: &QueryMeasures, data: &RunData, splits: &[Split]) -> bool {
    let now: BTreeMap<&str, Split> =
        data.dataset.queries.iter().zip(splits).map(|(query, split)| (query.id.as_str(), *split)).collect();
    queries.queries.iter().any(|row| now.get(row.id.as_str()) != Some(&row.split))
}
