//! One trial: an experiment on one fold with one seed, as an ordinary run's folder with one file more.
//!
//! `trial.json` is written last, as a whole: a folder without it was cut off and is made anew; one with it is taken as
//! it is, if what it was made from is the same to the bit.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Change;
use crate::base::{At, FileError, write_whole};
use crate::dataset::Split;
use crate::eval::Measures;
use crate::train::{Experiment, QueryMeasures, read_run_record};

/// The file's name in a trial's folder.
const FILE: &str = "trial.json";
/// A folder's name is cut after so many bytes; numbers then keep names apart.
const LONGEST_NAME: usize = 150;

/// An experiment that a study tries, under a name that no other of the study has.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// What people see.
    pub name: String,
    /// How it differs from the study's base; empty where it is not made from one.
    pub changes: Vec<Change>,
    /// The whole of it; each trial sets its own seed.
    pub experiment: Experiment,
}

/// One training to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Position of its [`Configuration`].
    pub configuration: usize,
    /// The folder's name below `trials/`, if it is free.
    pub name: String,
    /// The configuration's experiment with this trial's seed.
    pub experiment: Experiment,
    /// How the configuration differs from the base.
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

    /// The seed of weights, dropout and the order of queries.
    pub fn seed(&self) -> u64 {
        self.experiment.training.seed
    }

    /// Every configuration on every fold with every seed, in this order.
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

/// What is left of a name where only letters, digits and `.,=+-_` are kept, for every system to take as a folder.
fn file_name(name: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || ".,=+-_".contains(c) { c } else { '-' };
    let name: String = name.chars().map(kept).collect();
    if name.len() <= LONGEST_NAME {
        return name;
    }
    // The end tells fold and seed.
    let (half, mut short) = (LONGEST_NAME / 2, String::new());
    short.extend(name.char_indices().take_while(|(at, _)| *at < half).map(|(_, c)| c));
    short.push('…');
    short.extend(name.char_indices().skip_while(|(at, _)| name.len() - at > half).map(|(_, c)| c));
    short
}

/// `trial.json`: which trial of a study a run is, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct TrialFile {
    /// Everything the result depends on; see [`super::fingerprint`].
    pub identity: String,
    /// How the experiment differs from the study's base.
    pub changes: Vec<Change>,
    /// From 1.
    pub fold: usize,
    /// Seed of weights, dropout and the order of queries.
    pub seed: u64,
    /// Why there is no result, where it failed.
    pub failed: Option<String>,
}

/// Why the trial of a folder failed, if it did.
pub(super) fn failure(folder: &Path) -> Option<String> {
    read_file(folder).and_then(|file| file.failed)
}

fn read_file(folder: &Path) -> Option<TrialFile> {
    serde_json::from_str(&fs::read_to_string(folder.join(FILE)).ok()?).ok()
}

/// What a folder holds, seen from a trial that might use it.
enum Found {
    /// Nothing, or something that was cut off: the trial may be made here.
    Free,
    /// This very trial, ended.
    Done,
    /// Another trial or run.
    Other,
}

fn look(folder: &Path, identity: &str) -> Found {
    match read_file(folder) {
        Some(file) if file.identity != identity => Found::Other,
        // A failure may have been the disk's, so it is tried again.
        Some(file) if file.failed.is_some() => Found::Free,
        Some(_) if TrialMeasures::read(folder).is_ok() => Found::Done,
        _ => Found::Free,
    }
}

/// The folder a trial is or will be kept in, and whether it is there already: its own name, or that name with a number
/// where the folder holds something else. `taken` gains the folder.
pub(super) fn place(trials: &Path, name: &str, identity: &str, taken: &mut HashSet<PathBuf>) -> (PathBuf, bool) {
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

/// Takes away what an attempt that was cut off has left, but for files that are none of a trial's.
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

/// Marks a trial as ended.
pub(super) fn finish(folder: &Path, file: &TrialFile) -> Result<(), FileError> {
    let path = folder.join(FILE);
    let text = serde_json::to_string_pretty(file).at(&path)?;
    fs::create_dir_all(folder).and_then(|()| write_whole(&path, &[text.as_bytes()])).at(&path)
}

/// What a trial reached, as its folder tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialMeasures {
    /// Every judged query's measures.
    pub queries: QueryMeasures,
    /// The epoch whose weights were kept.
    pub best_epoch: usize,
    /// Trainable numbers of the network.
    pub parameters: usize,
}

impl TrialMeasures {
    /// Reads them from a run's folder. Trials just trained are read back too, so that a study taken up again shows the
    /// same numbers to the last bit.
    pub(super) fn read(folder: &Path) -> Result<Self, FileError> {
        let record = read_run_record(folder)?;
        let queries = QueryMeasures::read(folder)?;
        Ok(Self { queries, best_epoch: record.best_epoch, parameters: record.parameters })
    }

    /// The mean of every measure over the queries of one part; `None` where it has no judged query.
    pub fn means(&self, split: Split) -> Option<Measures> {
        let means = Measures::mean(self.queries.of_split(split).map(|row| &row.measures));
        Some(means).filter(|means| !means.is_empty())
    }
}

/// A trial that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialResult {
    /// Position of its [`Configuration`].
    pub configuration: usize,
    /// From 0.
    pub fold: usize,
    /// Its seed.
    pub seed: u64,
    /// Where it is kept.
    pub folder: PathBuf,
    /// Whether it was there before.
    pub taken: bool,
    /// What it reached, or why it failed: a text, as `trial.json` keeps it.
    pub outcome: Result<TrialMeasures, String>,
}
