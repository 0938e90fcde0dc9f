//! Shared by all studies.

use super::args::StudyArgs;
use crate::base::Spread;
use crate::cli::data::{open_for_training, opening};
use crate::cli::labels::with_labels;
use crate::cli::output::note;
use crate::cli::progress::Progress;
use crate::cli::table_file::{is_table, table_format, write_table};
use crate::cli::temporary::TemporaryFolder;
use crate::cli::vectors::{WantedVectors, clock};
use crate::dataset::SPLIT_SEED;
use crate::export::Table;
use crate::study::{Change, Configuration, Facts, Folds, StudyError, StudyProgress, apply, typed_values};
use crate::train::{Experiment, RunData};
use anyhow::{Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Opens a data set with everything trials of these experiments need; `usual` names the vectors unless an option does.
pub(super) fn open_for_trials(
    path: &Path,
    args: &StudyArgs,
    usual: Option<&[String]>,
    tried: &[&Experiment],
    progress: &mut Progress,
) -> Result<RunData> {
    // Vectors are required as soon as one experiment needs them.
    let needing = tried.iter().find(|experiment| experiment.needs_vectors()).or(tried.first());
    let nothing = Experiment::default();
    let experiment = needing.copied().unwrap_or(&nothing);
    // Vector files given as options override those that a sweep file names.
    let usual = usual.filter(|_| args.vectors.is_empty());
    let wanted = WantedVectors { names: args.descriptors.as_deref().or(usual), encoder: &args.encoder, experiment };
    let opening = opening(args.follow, args.memory)?;
    let data = open_for_training(path, opening, &args.vectors, &wanted, progress)?;
    Ok(with_labels(data, args.labels.choice(), progress)?.with_recall_base(args.recall_base))
}

pub(super) fn experiments(configurations: &[Configuration]) -> Vec<&Experiment> {
    configurations.iter().map(|configuration| &configuration.experiment).collect()
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

/// The parameters and values of `--set`.
pub(super) fn typed_changes(set: &[String]) -> Result<Vec<(String, Vec<Value>)>> {
    let mut typed: Vec<(String, Vec<Value>)> = Vec::with_capacity(set.len());
    for text in set {
        let (parameter, values) = typed_values(text)?;
        if typed.iter().any(|(other, _)| *other == parameter) {
            bail!("“{parameter}” is set twice; a sweep takes several values as {parameter}=VALUE,VALUE,…");
        }
        typed.push((parameter, values));
    }
    Ok(typed)
}

/// An experiment with the changes of `--set PARAMETER=VALUE`.
pub(super) fn with(experiment: &Experiment, set: &[String]) -> Result<Experiment> {
    let mut changes = Vec::new();
    for (parameter, mut values) in typed_changes(set)? {
        match (values.pop(), values.is_empty()) {
            (Some(value), true) => changes.push(Change { parameter, value }),
            _ => bail!("“{parameter}” has more than one value, which only a sweep can try"),
        }
    }
    Ok(apply(experiment, &changes)?)
}

/// Where a study is saved: the requested folder, or one removed after the command; and the file of its table.
pub(super) struct Out {
    folder: Folder,
    table: Option<PathBuf>,
}

enum Folder {
    Saved(PathBuf),
    Temporary(TemporaryFolder),
}

impl Out {
    /// For `--out` and `--table`.
    pub(super) fn new(out: Option<&Path>, table: Option<&Path>) -> Result<Self> {
        let (folder, table) = match out {
            Some(file) if is_table(file) && table.is_none() && !file.is_dir() => (None, Some(file)),
            folder => (folder, table),
        };
        table.map(table_format).transpose()?;
        let folder = match folder {
            Some(path) => Folder::Saved(path.to_owned()),
            None => Folder::Temporary(TemporaryFolder::new()?),
        };
        Ok(Self { folder, table: table.map(Path::to_owned) })
    }

    pub(super) fn path(&self) -> &Path {
        match &self.folder {
            Folder::Saved(path) => path,
            Folder::Temporary(folder) => folder.path(),
        }
    }

    /// Writes the table, if it was requested.
    pub(super) fn write(&self, table: &Table, object: &Value) -> Result<()> {
        self.table.as_deref().map_or(Ok(()), |file| write_table(file, table, object))
    }

    /// Lines that say where the study and its table are, if they are saved.
    pub(super) fn line(&self) -> String {
        let mut text = String::new();
        if let Folder::Saved(path) = &self.folder {
            text += &format!("\nsaved in {}\n", path.display());
        }
        if let Some(file) = &self.table {
            text += &format!("\ntable in {}\n", file.display());
        }
        text
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
        if let Some(notice) = &step.notice {
            progress.finish();
            note(notice);
        }
        if step.ended {
            progress.line(&format!("{} of {} trials, {left}{}", step.done, step.total, step.trial));
        }
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

/// A mean, with its deviation if there are several values.
pub(super) fn mean_text(spread: Option<Spread>) -> String {
    match spread {
        Some(spread) if spread.n > 1 => format!("{:.4} ± {:.4}", spread.mean, spread.deviation),
        Some(spread) => format!("{:.4}", spread.mean),
        None => "–".to_owned(),
    }
}

/// What [`mean_text`] shows, for a heading.
pub(super) fn mean_heading(facts: &Facts) -> &'static str {
    match facts.folds.count() * facts.seeds.len() {
        1 => "mean",
        _ => "mean ± standard deviation over folds and seeds",
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
