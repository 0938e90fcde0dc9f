//! One trial: an experiment on one fold with one seed, in an ordinary run folder with one additional file.
//!
//! `trial.json` is written last and atomically: a folder without it was interrupted and is rerun; one with it is reused
//! if its inputs were exactly the same.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Change;
use crate::base::{At, FileError, read_text_file, write_whole};
use crate::dataset::Split;
use crate::eval::Measures;
use crate::train::{Experiment, QueryMeasures, read_run_record};

/// The file's name in a trial's folder.
const FILE: &str = "trial.json";
/// The longest folder name in bytes; longer ones are shortened, and numbered if they collide.
const LONGEST_NAME: usize = 150;

/// An experiment that a study tries, under a name unique within it.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// Its name, as shown to users.
    pub name: String,
    /// Its changes to the study's base; empty if it has none.
    pub changes: Vec<Change>,
    /// The complete experiment; each trial sets its own seed.
    pub experiment: Experiment,
}

/// One training run to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Index of its [`Configuration`].
    pub configuration: usize,
    /// The folder's name below `trials/`, if it is free.
    pub name: String,
    /// The configuration's experiment with this trial's seed.
    pub experiment: Experiment,
    /// The configuration's changes to the base.
    pub changes: Vec<Change>,
    /// From 0.
    pub fold: usize,
}

impl Trial {
    /// A configuration on one fold with one seed.
    pub fn new(configuration: &Configuration, at: usize, fold: usize, seed: u64) -> Self {
        let mut experiment = configuration.experiment.clone();
        experiment.training.seed = seed;
        let name = format!("{},fold-{},seed-{seed}", configuration.name, fold + 1);
        Self { configuration: at, name: file_name(&name), experiment, changes: configuration.changes.clone(), fold }
    }

    /// The seed of the weights, dropout and query order.
    pub fn seed(&self) -> u64 {
        self.experiment.training.seed
    }

    /// Every configuration on every fold with every seed, in that order.
    pub fn all(configurations: &[Configuration], folds: usize, seeds: &[u64]) -> Vec<Self> {
        let mut trials = Vec::with_capacity(configurations.len() * folds * seeds.len());
        for (at, configuration) in configurations.iter().enumerate() {
            for fold in 0..folds {
                trials.extend(seeds.iter().map(|&seed| Self::new(configuration, at, fold, seed)));
            }
        }
        trials
    }
}

/// A folder name that is valid on every system: characters other than letters, digits and `.,=+-_` become `-`.
fn file_name(name: &str) -> String {
    let valid = |c: char| if c.is_alphanumeric() || ".,=+-_".contains(c) { c } else { '-' };
    let name: String = name.chars().map(valid).collect();
    if name.len() <= LONGEST_NAME {
        return name;
    }
    // The end contains fold and seed.
    let (half, mut short) = (LONGEST_NAME / 2, String::new());
    short.extend(name.char_indices().take_while(|(at, _)| *at < half).map(|(_, c)| c));
    short.push('…');
    short.extend(name.char_indices().skip_while(|(at, _)| name.len() - at > half).map(|(_, c)| c));
    short
}

/// `trial.json`: which trial of a study a run is, and whether it failed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct TrialFile {
    /// Everything the result depends on; see [`super::fingerprint`].
    pub identity: String,
    /// The experiment's changes to the study's base.
    pub changes: Vec<Change>,
    /// From 1.
    pub fold: usize,
    /// Seed of the weights, dropout and query order.
    pub seed: u64,
    /// Why there is no result, if it failed.
    pub failed: Option<String>,
}

/// Why the trial of a folder failed, if it did.
pub(super) fn failure(folder: &Path) -> Option<String> {
    read_file(folder).and_then(|file| file.failed)
}

fn read_file(folder: &Path) -> Option<TrialFile> {
    serde_json::from_str(&read_text_file(&folder.join(FILE)).ok()?).ok()
}

/// What a folder holds, from the perspective of a trial that might use it.
enum Found {
    /// Nothing, or an interrupted attempt: the trial may use it.
    Free,
    /// This very trial, finished.
    Done,
    /// Another trial or run.
    Other,
}

fn look(folder: &Path, identity: &str) -> Found {
    match read_file(folder) {
        Some(file) if file.identity != identity => Found::Other,
        // A failure may have been the disk's, so retry.
        Some(file) if file.failed.is_some() => Found::Free,
        Some(_) if TrialMeasures::read(folder).is_ok() => Found::Done,
        _ => Found::Free,
    }
}

/// The folder of a trial, and whether it is already finished there: its own name, or that name with a number if that
/// folder holds something else. The folder is added to `taken`.
pub(super) fn locate(trials: &Path, name: &str, identity: &str, taken: &mut HashSet<PathBuf>) -> (PathBuf, bool) {
    let mut number = 1;
    loop {
        let folder = trials.join(if number == 1 { name.to_owned() } else { format!("{name},{number}") });
        number += 1;
        if taken.contains(&folder) {
            continue;
        }
        let done = match look(&folder, identity) {
            Found::Other => continue,
            Found::Done => true,
            Found::Free => false,
        };
        taken.insert(folder.clone());
        return (folder, done);
    }
}

/// Removes what an interrupted attempt left, but no files that are not a trial's.
pub(super) fn clear(folder: &Path) -> Result<(), FileError> {
    let files = [FILE, "run.json", "history.jsonl", "model.safetensors", "run.txt", "queries.json"];
    for path in files.map(|file| folder.join(file)) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(FileError::io(error, &path)),
            _ => {}
        }
    }
    Ok(())
}

/// Marks a trial as finished.
pub(super) fn finish(folder: &Path, file: &TrialFile) -> Result<(), FileError> {
    let path = folder.join(FILE);
    let text = serde_json::to_string_pretty(file).at(&path)?;
    fs::create_dir_all(folder).and_then(|()| write_whole(&path, &[text.as_bytes()])).at(&path)
}

/// A trial's results, as saved in its folder.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialMeasures {
    /// Every judged query's measures.
    pub queries: QueryMeasures,
    /// The epoch whose weights were saved.
    pub best_epoch: usize,
    /// Trainable parameters of the network.
    pub parameters: usize,
}

impl TrialMeasures {
    /// Reads them from a run's folder. Trials just trained are read back too, so that a continued study shows exactly
    /// the same numbers.
    pub(super) fn read(folder: &Path) -> Result<Self, FileError> {
        let record = read_run_record(folder)?;
        let queries = QueryMeasures::read(folder)?;
        Ok(Self { queries, best_epoch: record.best_epoch, parameters: record.parameters })
    }

    /// The mean of every measure over the queries of one split; `None` if it has no judged query.
    pub fn means(&self, split: Split) -> Option<Measures> {
        let means = Measures::mean(self.queries.of_split(split).map(|row| &row.measures));
        Some(means).filter(|means| !means.is_empty())
    }
}

/// A finished trial.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialResult {
    /// Index of its [`Configuration`].
    pub configuration: usize,
    /// From 0.
    pub fold: usize,
    /// Its seed.
    pub seed: u64,
    /// Its folder.
    pub folder: PathBuf,
    /// Whether it had been finished before.
    pub reused: bool,
    /// Its results, or why it failed: a text, as saved in `trial.json`.
    pub outcome: Result<TrialMeasures, String>,
}
