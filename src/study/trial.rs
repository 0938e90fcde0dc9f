//! One trial: an experiment on one fold with one seed.

use std::path::{Path, PathBuf};

use super::{Change, StudyError};
use crate::base::FileError;
use crate::dataset::Split;
use crate::eval::Measures;
use crate::train::{Experiment, QueryMeasures, read_run_record};

/// The longest folder name in bytes; longer ones are shortened, and numbered if they collide.
const LONGEST_NAME: usize = 150;

/// The most seeds of a study or a training.
pub const MOST_SEEDS: usize = 10_000;
/// The most trials of a study.
const MOST_TRIALS: usize = 1_000_000;

/// Checks that a study is of a size that can be carried out.
///
/// # Errors
/// If it is not, with the numbers.
pub fn check_size(configurations: usize, folds: usize, seeds: usize) -> Result<(), StudyError> {
    if configurations.saturating_mul(folds).saturating_mul(seeds) > MOST_TRIALS {
        let message = format!(
            "{configurations} configurations × {folds} folds × {seeds} seeds are more than {MOST_TRIALS} trials"
        );
        return Err(StudyError::Plan(message));
    }
    Ok(())
}

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

impl Configuration {
    /// Gives it another number of epochs, which its name then has.
    pub fn set_epochs(&mut self, epochs: usize) {
        self.experiment.training.epochs = epochs;
        self.name += &format!(",epochs-{epochs}");
    }
}

/// One training run to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Index of its [`Configuration`].
    pub configuration: usize,
    /// The folder's name below `trials/`, if it is free.
    pub name: String,
    /// Whether that is the trial's name unchanged, so that no other trial of the study has the same.
    pub is_named_in_full: bool,
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
        let valid = file_name(&name);
        let (is_named_in_full, changes) = (valid == name, configuration.changes.clone());
        Self { configuration: at, name: valid, is_named_in_full, experiment, changes, fold }
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
