//! `crossrank sweep`, `ablate` and `benchmark`: many runs as one question.

mod ablate;
pub(super) mod args;
mod benchmark;
mod sweep;

pub(super) use ablate::run as ablate;
pub(super) use benchmark::run as benchmark;
pub(super) use sweep::run as sweep;

use super::data::{attach, open, tell};
use super::encoder::EncoderArgs;
use super::progress::Progress;
use super::temporary::TemporaryFolder;
use super::vectors;
use crate::dataset::{Dataset, SPLIT_SEED, VectorTable};
use crate::model::ModelKind;
use crate::signals::{self, Signals};
use crate::study::{Change, Configuration, Folds, StudyData, StudyError, StudyProgress, apply, typed_values};
use crate::train::Experiment;
use anyhow::{Result, bail};
use args::StudyArgs;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A data set with all that trials need of it.
struct Opened {
    dataset: Dataset,
    signals: Signals,
    vectors: VectorTable,
}

impl Opened {
    /// Opens a data set and chooses the vectors for these configurations.
    fn new(
        path: &Path,
        (names, files, encoder): (Option<&[String]>, &[PathBuf], &EncoderArgs),
        tried: &[ModelKind],
        progress: &mut Progress,
    ) -> Result<Self> {
        let loaded = open(path, progress)?;
        tell(&loaded.warnings, progress);
        let mut dataset = loaded.dataset;
        let files = attach(&mut dataset, files, progress)?;
        progress.stage("Computing signals");
        let signals = signals::compute(&dataset);
        let needs_vectors = tried.iter().copied().find(|kind| *kind != ModelKind::Mlp);
        let kind = needs_vectors.unwrap_or(ModelKind::Mlp);
        let vectors =
            vectors::choose(&dataset, kind, vectors::with_files(names, &files).as_deref(), encoder, progress)?;
        Ok(Self { dataset, signals, vectors })
    }

    fn data(&self) -> StudyData<'_> {
        StudyData { dataset: &self.dataset, signals: &self.signals, vectors: &self.vectors }
    }
}

/// What was typed of visual vectors.
fn typed_vectors(args: &StudyArgs) -> (Option<&[String]>, &[PathBuf], &EncoderArgs) {
    (args.descriptors.as_deref(), &args.vectors, &args.encoder)
}

fn kinds(configurations: &[Configuration]) -> Vec<ModelKind> {
    configurations.iter().map(|configuration| configuration.experiment.model.kind).collect()
}

/// What was typed of folds; `usual` where nothing was.
fn folds(args: &StudyArgs, usual: Folds) -> Folds {
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
fn seeds(count: usize) -> Vec<u64> {
    (1..=count as u64).collect()
}

/// An experiment with what `--set PARAMETER=VALUE` changes.
fn with(experiment: &Experiment, set: &[String]) -> Result<Experiment> {
    let mut changes = Vec::new();
    for text in set {
        let (parameter, values) = typed_values(text)?;
        let [value] = &values[..] else { bail!("“{text}” gives more than one value, which only a sweep can try") };
        changes.push(Change { parameter, value: value.clone() });
    }
    Ok(apply(experiment, &changes)?)
}

/// The folder asked for, or one that goes with the command.
enum Out {
    Kept(PathBuf),
    Temporary(TemporaryFolder),
}

impl Out {
    fn new(asked: Option<&Path>) -> Result<Self> {
        Ok(match asked {
            Some(path) => Self::Kept(path.to_owned()),
            None => Self::Temporary(TemporaryFolder::new()?),
        })
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// A line for people, where there is something to find.
    fn line(&self) -> String {
        match self {
            Self::Kept(path) => format!("\nkept in {}\n", path.display()),
            Self::Temporary(_) => String::new(),
        }
    }
}

/// Runs something that tells of its trials, from whichever thread.
fn followed<T>(
    progress: Progress,
    work: impl FnOnce(&(dyn Fn(&StudyProgress) -> ControlFlow<()> + Sync)) -> Result<T, StudyError>,
) -> Result<T> {
    let progress = Mutex::new(progress);
    let done = work(&|step: &StudyProgress| {
        let left = step.eta.map(|seconds| format!("{} left, ", vectors::clock(seconds))).unwrap_or_default();
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.step(&step.stage, step.done, step.total, &format!("{left}{}", step.trial));
        ControlFlow::Continue(())
    });
    progress.into_inner().unwrap_or_else(PoisonError::into_inner).finish();
    Ok(done?)
}

/// `12 configurations × 5 folds × 3 seeds`.
fn size(what: &str, count: usize, folds: Folds, seeds: &[u64]) -> String {
    let plural = |count: usize, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
    format!("{} × {} × {}", plural(count, what), plural(folds.count(), "fold"), plural(seeds.len(), "seed"))
}

/// What went wrong, a line each; nothing where all is well.
fn failure_lines<'a>(rows: impl Iterator<Item = (&'a str, &'a BTreeMap<String, usize>)>) -> String {
    let line = |name: &str, message: &String, count: &usize| format!("{name}: {count} failed: {message}\n");
    rows.flat_map(|(name, failures)| failures.iter().map(move |(message, count)| line(name, message, count))).collect()
}

/// Fails where not a single trial came to an end.
fn check<'a>(failures: impl Iterator<Item = (bool, &'a BTreeMap<String, usize>)> + Clone) -> Result<()> {
    if failures.clone().any(|(any, _)| any) {
        return Ok(());
    }
    match failures.flat_map(|(_, failures)| failures.keys()).next() {
        Some(message) => bail!("every trial failed: {message}"),
        None => Ok(()),
    }
}

/// A p as people write it.
fn p_text(p: Option<f64>) -> String {
    match p {
        Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
        Some(p) => format!("{p:.4}"),
        None => "–".to_owned(),
    }
}
