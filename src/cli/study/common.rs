//! Shared by sweeps, ablations and benchmarks.

use super::args::StudyArgs;
use crate::cli::data::{open_for_training, opening};
use crate::cli::progress::Progress;
use crate::cli::temporary::TemporaryFolder;
use crate::cli::vectors::{WantedVectors, clock};
use crate::dataset::SPLIT_SEED;
use crate::model::ModelKind;
use crate::study::{Change, Configuration, Folds, StudyError, StudyProgress, apply, typed_values};
use crate::train::{Experiment, RunData};
use anyhow::{Result, bail};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Opens a data set with everything trials of these kinds need; `usual` names the vectors unless an option does.
pub(super) fn open_for_trials(
    path: &Path,
    args: &StudyArgs,
    usual: Option<&[String]>,
    tried: &[ModelKind],
    progress: &mut Progress,
) -> Result<RunData> {
    let first = tried.first().copied().unwrap_or_default();
    // Vectors are required as soon as one kind needs them.
    let kind = tried.iter().copied().find(|kind| kind.needs_vectors()).unwrap_or(first);
    // Vector files given as options override those that a sweep file names.
    let usual = usual.filter(|_| args.vectors.is_empty());
    let wanted = WantedVectors { names: args.descriptors.as_deref().or(usual), encoder: &args.encoder, kind };
    open_for_training(path, opening(args.follow, args.memory)?, &args.vectors, &wanted, progress)
}

pub(super) fn kinds(configurations: &[Configuration]) -> Vec<ModelKind> {
    configurations.iter().map(|configuration| configuration.experiment.model.kind).collect()
}

/// The folds that the options describe, or `usual` without any.
pub(super) fn folds(args: &StudyArgs, usual: Folds) -> Folds {
    if args.split.is_some() {
        return Folds::Files;
    }
    let (count, seed) = match usual {
        Folds::Cross { count, seed } => (count, seed),
        Folds::Files => (5, SPLIT_SEED),
    };
    match (args.folds, args.fold_seed) {
        (None, None) => usual,
        (folds, fold_seed) => Folds::Cross { count: folds.unwrap_or(count), seed: fold_seed.unwrap_or(seed) },
    }
}

/// The seeds 1, 2, …
pub(super) fn seeds(count: usize) -> Vec<u64> {
    (1..=count as u64).collect()
}

/// An experiment with the changes of `--set PARAMETER=VALUE`.
pub(super) fn with(experiment: &Experiment, set: &[String]) -> Result<Experiment> {
    let mut changes = Vec::new();
    for text in set {
        let (parameter, values) = typed_values(text)?;
        let [value] = &values[..] else { bail!("“{text}” gives more than one value, which only a sweep can try") };
        changes.push(Change { parameter, value: value.clone() });
    }
    Ok(apply(experiment, &changes)?)
}

/// The requested folder, or one removed after the command.
pub(super) enum Out {
    Saved(PathBuf),
    Temporary(TemporaryFolder),
}

impl Out {
    pub(super) fn new(requested: Option<&Path>) -> Result<Self> {
        Ok(match requested {
            Some(path) => Self::Saved(path.to_owned()),
            None => Self::Temporary(TemporaryFolder::new()?),
        })
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Saved(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// A line that says where the study is, if it is saved.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Saved(path) => format!("\nsaved in {}\n", path.display()),
            Self::Temporary(_) => String::new(),
        }
    }
}

/// Runs `work` and shows the progress it reports from any thread.
pub(super) fn followed<T>(
    progress: Progress,
    work: impl FnOnce(&(dyn Fn(&StudyProgress) -> ControlFlow<()> + Sync)) -> Result<T, StudyError>,
) -> Result<T> {
    let progress = Mutex::new(progress);
    let done = work(&|step: &StudyProgress| {
        let left = step.eta.map(|seconds| format!("{} left, ", clock(seconds))).unwrap_or_default();
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.step(&step.stage, step.done, step.total, &format!("{left}{}", step.trial));
        ControlFlow::Continue(())
    });
    progress.into_inner().unwrap_or_else(PoisonError::into_inner).finish();
    Ok(done?)
}

/// `12 configurations × 5 folds × 3 seeds`.
pub(super) fn size(what: &str, count: usize, folds: Folds, seeds: &[u64]) -> String {
    let plural = |count: usize, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
    format!("{} × {} × {}", plural(count, what), plural(folds.count(), "fold"), plural(seeds.len(), "seed"))
}

/// One line per failure.
pub(super) fn failure_lines<'a>(rows: impl Iterator<Item = (&'a str, &'a BTreeMap<String, usize>)>) -> String {
    let line = |name: &str, message: &String, count: &usize| format!("{name}: {count} failed: {message}\n");
    rows.flat_map(|(name, failures)| failures.iter().map(move |(message, count)| line(name, message, count))).collect()
}

/// Fails unless some trial finished.
pub(super) fn check<'a>(failures: impl Iterator<Item = (bool, &'a BTreeMap<String, usize>)> + Clone) -> Result<()> {
    if failures.clone().any(|(any, _)| any) {
        return Ok(());
    }
    match failures.flat_map(|(_, failures)| failures.keys()).next() {
        Some(message) => bail!("every trial failed: {message}"),
        None => Ok(()),
    }
}

/// A p-value as usually written.
pub(super) fn p_text(p: Option<f64>) -> String {
    match p {
        Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
        Some(p) => format!("{p:.4}"),
        None => "–".to_owned(),
    }
}
