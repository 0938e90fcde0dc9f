//! Runs trials in parallel.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Instant, UNIX_EPOCH};

use super::inputs::InputCache;
use super::trial::{self, TrialFile, TrialMeasures};
use super::{Folds, StudyError, Trial, TrialResult, fingerprint};
use crate::dataset::Split;
use crate::model::{Network, RankingInput};
use crate::train::{
    EpochReport, RunData, RunObserver, RunRecord, TrainData, TrainError, choose, prepare_run, run_prepared,
};

/// Memory for inputs cached for further trials, besides the visual vectors.
const CACHE_BYTES: usize = 512 << 20;

/// A study's progress.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyProgress {
    /// The current stage.
    pub stage: String,
    /// Finished trials, including those found on disk.
    pub done: usize,
    /// Trials in all.
    pub total: usize,
    /// Seconds left, once they can be estimated.
    pub eta: Option<f64>,
    /// The trial this is about.
    pub trial: String,
}

/// Receives a study's progress, from any thread; called at least once per batch of every trial, and can stop the study.
pub type StudyObserver<'a> = &'a (dyn Fn(&StudyProgress) -> ControlFlow<()> + Sync);

/// Runs a study's trials, possibly in several calls, which share prepared inputs.
pub struct Runner {
    data: RunData,
    splits: Vec<Vec<Split>>,
    folder: PathBuf,
    jobs: usize,
    fingerprint: u64,
    inputs: InputCache,
}

impl Runner {
    /// For trials saved below `folder`, `jobs` of them in parallel (`None`: one per core).
    ///
    /// # Errors
    /// If the queries cannot be split into `folds`.
    pub fn new(
        data: RunData,
        folds: Folds,
        folder: impl Into<PathBuf>,
        jobs: Option<usize>,
    ) -> Result<Self, StudyError> {
        Ok(Self {
            splits: folds.splits(&data.dataset, &data.judgements)?,
            folder: folder.into(),
            jobs: jobs.unwrap_or_else(rayon::current_num_threads).max(1),
            fingerprint: fingerprint::of_data(&data),
            data,
            inputs: InputCache::new(CACHE_BYTES),
        })
    }

    /// The study's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// For each fold, the split of every query.
    pub fn splits(&self) -> &[Vec<Split>] {
        &self.splits
    }

    /// The trials' data.
    pub fn data(&self) -> &RunData {
        &self.data
    }

    /// Runs trials and returns them in their order. Those found on disk, made from the same data, experiment, fold and
    /// seed, are reused; every other one is saved when it finishes. The error of a failed trial is saved with it and
    /// stops no other. Results do not depend on the number or order of threads.
    ///
    /// # Errors
    /// If the observer asked to stop, threads cannot be started, or a folder cannot be written.
    pub fn run(&self, trials: &[Trial], observer: StudyObserver<'_>) -> Result<Vec<TrialResult>, StudyError> {
        let mut taken = HashSet::new();
        let folders: Vec<(PathBuf, bool)> = trials
            .iter()
            .map(|trial| trial::locate(&self.folder.join("trials"), &trial.name, &self.identity(trial), &mut taken))
            .collect();
        let open: Vec<usize> = (0..trials.len()).filter(|&at| !folders[at].1).collect();
        let watch = Watch::new(observer, trials, &open);
        let failed: OnceLock<StudyError> = OnceLock::new();
        let next = AtomicUsize::new(0);
        let work = |threads: usize| {
            let pool = pool(threads)?;
            while let Some(&at) = open.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !watch.is_cancelled()) {
                pool.install(|| self.run_trial(&trials[at], at, &folders[at].0, &watch))?;
            }
            Ok(())
        };
        // Each trial computes in its own pool: in a shared one, a trial waiting for its own parts would meanwhile start
        // another and hold both.
        let jobs = self.jobs.min(open.len()).max(1);
        let threads = (rayon::current_num_threads() / jobs).max(1);
        if !open.is_empty() {
            pool(jobs)?.broadcast(|_| {
                if let Err(error) = work(threads) {
                    watch.cancel();
                    let _ = failed.set(error);
                }
            });
        }
        match failed.into_inner() {
            Some(error) => Err(error),
            None if watch.is_cancelled() => Err(StudyError::Cancelled),
            None => Ok(trials.iter().zip(folders).map(|(trial, folder)| read(trial, folder)).collect()),
        }
    }

    fn identity(&self, trial: &Trial) -> String {
        fingerprint::of_trial(self.fingerprint, &self.splits[trial.fold], &trial.experiment)
    }

    /// Trains one trial and marks it as finished; a cancelled one stays unmarked.
    fn run_trial(&self, trial: &Trial, at: usize, folder: &Path, watch: &Watch<'_>) -> Result<(), StudyError> {
        trial::clear(folder)?;
        let mut follower = Follower { watch, at };
        let trained = self.train(trial, folder, &mut follower);
        if watch.is_cancelled() {
            return Ok(());
        }
        let file = TrialFile {
            identity: self.identity(trial),
            changes: trial.changes.clone(),
            fold: trial.fold + 1,
            seed: trial.seed(),
            failed: trained.err().map(|error| error.to_string()),
        };
        trial::finish(folder, &file)?;
        watch.finished(at);
        Ok(())
    }

    fn train(&self, trial: &Trial, folder: &Path, observer: &mut Follower<'_>) -> Result<(), Arc<TrainError>> {
        let splits = &self.splits[trial.fold];
        let data = self.data.with_splits(splits.clone());
        let chosen = choose(&data, &trial.experiment, observer)?;
        let experiment = &chosen.experiment;
        let make = || prepare_run(&data, experiment, observer);
        let shared = self.inputs.get(&experiment.input_key(splits), make)?;
        let split = shared.inputs.iter().map(|input| splits[input.query]).collect();
        let inputs = TrainData { split, ..TrainData::clone(&shared) };
        let name = folder.file_name().map_or_else(|| trial.name.clone(), |name| name.to_string_lossy().into_owned());
        let started = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
        let record = RunRecord { name, started, chosen: chosen.settings, ..RunRecord::default() };
        run_prepared(&data, &inputs, experiment, record, Some(folder), observer)?;
        Ok(())
    }
}

fn read(trial: &Trial, (folder, reused): (PathBuf, bool)) -> TrialResult {
    let outcome = match trial::failure(&folder) {
        Some(message) => Err(message),
        None => TrialMeasures::read(&folder).map_err(|error| error.to_string()),
    };
    let (configuration, fold, seed) = (trial.configuration, trial.fold, trial.seed());
    TrialResult { configuration, fold, seed, folder, reused, outcome }
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, StudyError> {
    Ok(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?)
}

/// The progress of a study, shared by its threads.
struct Watch<'a> {
    observer: StudyObserver<'a>,
    trials: &'a [Trial],
    cancelled: AtomicBool,
    finished: AtomicUsize,
    /// Epochs done of each trial.
    epochs: Mutex<Vec<usize>>,
    started: Instant,
    planned: usize,
}

impl<'a> Watch<'a> {
    fn new(observer: StudyObserver<'a>, trials: &'a [Trial], open: &[usize]) -> Self {
        Self {
            observer,
            trials,
            cancelled: AtomicBool::new(false),
            finished: AtomicUsize::new(trials.len() - open.len()),
            epochs: Mutex::new(vec![0; trials.len()]),
            started: Instant::now(),
            planned: open.iter().map(|&at| trials[at].experiment.training.epochs).sum(),
        }
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Reports progress of a trial and asks whether to continue.
    fn report(&self, at: usize, stage: &str) -> ControlFlow<()> {
        if self.is_cancelled() {
            return ControlFlow::Break(());
        }
        let progress = StudyProgress {
            stage: stage.to_owned(),
            done: self.finished.load(Ordering::Relaxed),
            total: self.trials.len(),
            eta: self.eta(),
            trial: self.trials[at].name.clone(),
        };
        let flow = (self.observer)(&progress);
        if flow.is_break() {
            self.cancel();
        }
        flow
    }

    /// Counts all epochs of a trial as done, even if it stopped early.
    fn finished(&self, at: usize) {
        self.epoch(at, self.trials[at].experiment.training.epochs);
        self.finished.fetch_add(1, Ordering::Relaxed);
        // A break is recorded in `cancelled`.
        let _ = self.report(at, "Trials");
    }

    fn epoch(&self, at: usize, epoch: usize) {
        self.epochs.lock().unwrap_or_else(PoisonError::into_inner)[at] = epoch;
    }

    fn eta(&self) -> Option<f64> {
        let done: usize = self.epochs.lock().unwrap_or_else(PoisonError::into_inner).iter().sum();
        let left = self.planned.saturating_sub(done) as f64;
        (done > 0).then(|| self.started.elapsed().as_secs_f64() * left / done as f64)
    }
}

/// Observes one trial.
struct Follower<'a> {
    watch: &'a Watch<'a>,
    at: usize,
}

impl RunObserver for Follower<'_> {
    fn step(&mut self, _: &str, _: usize, _: usize) -> ControlFlow<()> {
        self.watch.report(self.at, "Trials")
    }

    fn epoch(&mut self, report: &EpochReport, _: &Network, _: &[RankingInput]) -> ControlFlow<()> {
        self.watch.epoch(self.at, report.epoch);
        self.watch.report(self.at, "Trials")
    }
}
