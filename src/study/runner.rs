//! Trials side by side over the cores.

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
use crate::train::{EpochReport, RunData, RunObserver, RunRecord, TrainData, TrainError, prepare_run, run_prepared};

/// Memory for inputs that wait for further trials, besides the visual vectors.
const CACHE_BYTES: usize = 512 << 20;

/// How a study goes.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyProgress {
    /// What is being done.
    pub stage: String,
    /// Trials that have ended, those found on disk among them.
    pub done: usize,
    /// Trials in all.
    pub total: usize,
    /// Seconds until the end, once there is something to reckon from.
    pub eta: Option<f64>,
    /// The trial of which this tells.
    pub trial: String,
}

/// Told how a study goes, from whichever thread; asked at least once per batch of every trial whether it should go on.
pub type StudyObserver<'a> = &'a (dyn Fn(&StudyProgress) -> ControlFlow<()> + Sync);

/// A study's trials can be run in several calls, which share what they have made ready.
pub struct Runner {
    data: RunData,
    splits: Vec<Vec<Split>>,
    folder: PathBuf,
    jobs: usize,
    fingerprint: u64,
    inputs: InputCache,
}

impl Runner {
    /// For trials kept below `folder`, `jobs` of them side by side (as many as there are cores for `None`).
    ///
    /// # Errors
    /// If the queries can't be dealt out as `folds` says.
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

    /// Where the study is kept.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// For each fold, the part of every query.
    pub fn splits(&self) -> &[Vec<Split>] {
        &self.splits
    }

    /// What the trials work on.
    pub fn data(&self) -> &RunData {
        &self.data
    }

    /// Runs trials and returns them in their order. Those found on disk, made from the same data, experiment, fold and
    /// seed, are taken as they are; each other is on disk when it ends. What goes wrong with a trial is kept with it
    /// and ends no other. Neither order nor number of the threads changes a result.
    ///
    /// # Errors
    /// If the observer broke, threads can't be had, or a folder can't be written.
    pub fn run(&self, trials: &[Trial], observer: StudyObserver<'_>) -> Result<Vec<TrialResult>, StudyError> {
        let mut taken = HashSet::new();
        let places: Vec<(PathBuf, bool)> = trials
            .iter()
            .map(|trial| trial::place(&self.folder.join("trials"), &trial.name, &self.identity(trial), &mut taken))
            .collect();
        let open: Vec<usize> = (0..trials.len()).filter(|&at| !places[at].1).collect();
        let watch = Watch::new(observer, trials, &open);
        let failed: OnceLock<StudyError> = OnceLock::new();
        let next = AtomicUsize::new(0);
        let work = |threads: usize| {
            let pool = pool(threads)?;
            while let Some(&at) = open.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !watch.is_cancelled()) {
                pool.install(|| self.make(&trials[at], at, &places[at].0, &watch))?;
            }
            Ok(())
        };
        // Each trial computes in a pool of its own: in a common one a trial that waits for its own parts would begin
        // another in the meantime, and hold both.
        let side_by_side = self.jobs.min(open.len()).max(1);
        let threads = (rayon::current_num_threads() / side_by_side).max(1);
        if !open.is_empty() {
            pool(side_by_side)?.broadcast(|_| {
                if let Err(error) = work(threads) {
                    watch.cancel();
                    let _ = failed.set(error);
                }
            });
        }
        match failed.into_inner() {
            Some(error) => Err(error),
            None if watch.is_cancelled() => Err(StudyError::Cancelled),
            None => Ok(trials.iter().zip(places).map(|(trial, place)| read(trial, place)).collect()),
        }
    }

    fn identity(&self, trial: &Trial) -> String {
        fingerprint::of_trial(self.fingerprint, &self.splits[trial.fold], &trial.experiment)
    }

    /// Trains one trial and marks it as ended; a cancelled one is left without the mark.
    fn make(&self, trial: &Trial, at: usize, folder: &Path, watch: &Watch<'_>) -> Result<(), StudyError> {
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
        watch.ended(at);
        Ok(())
    }

    fn train(&self, trial: &Trial, folder: &Path, observer: &mut Follower<'_>) -> Result<(), Arc<TrainError>> {
        let splits = &self.splits[trial.fold];
        let data = self.data.with_splits(splits.clone());
        let make = || prepare_run(&data, &trial.experiment, observer);
        let shared = self.inputs.get(&trial.experiment.input_key(splits), make)?;
        let split = shared.inputs.iter().map(|input| splits[input.query]).collect();
        let inputs = TrainData { split, ..TrainData::clone(&shared) };
        let name = folder.file_name().map_or_else(|| trial.name.clone(), |name| name.to_string_lossy().into_owned());
        let started = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
        let record = RunRecord { name, started, ..RunRecord::default() };
        run_prepared(&data, &inputs, &trial.experiment, record, Some(folder), observer)?;
        Ok(())
    }
}

fn read(trial: &Trial, (folder, taken): (PathBuf, bool)) -> TrialResult {
    let outcome = match trial::failure(&folder) {
        Some(message) => Err(message),
        None => TrialMeasures::read(&folder).map_err(|error| error.to_string()),
    };
    let (configuration, fold, seed) = (trial.configuration, trial.fold, trial.seed());
    TrialResult { configuration, fold, seed, folder, taken, outcome }
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, StudyError> {
    Ok(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?)
}

/// What all threads of a study tell and ask.
struct Watch<'a> {
    observer: StudyObserver<'a>,
    trials: &'a [Trial],
    cancelled: AtomicBool,
    ended: AtomicUsize,
    /// Epochs done of each trial, and whether it is still to be done.
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
            ended: AtomicUsize::new(trials.len() - open.len()),
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

    /// Tells of a trial and asks whether to go on.
    fn tell(&self, at: usize, stage: &str) -> ControlFlow<()> {
        if self.is_cancelled() {
            return ControlFlow::Break(());
        }
        let progress = StudyProgress {
            stage: stage.to_owned(),
            done: self.ended.load(Ordering::Relaxed),
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

    /// A trial that stopped early has spared the rest of its epochs.
    fn ended(&self, at: usize) {
        self.epoch(at, self.trials[at].experiment.training.epochs);
        self.ended.fetch_add(1, Ordering::Relaxed);
        // A break is kept in `cancelled`.
        let _ = self.tell(at, "Trials");
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

/// Follows one trial.
struct Follower<'a> {
    watch: &'a Watch<'a>,
    at: usize,
}

impl RunObserver for Follower<'_> {
    fn step(&mut self, _: &str, _: usize, _: usize) -> ControlFlow<()> {
        self.watch.tell(self.at, "Trials")
    }

    fn epoch(&mut self, report: &EpochReport, _: &Network, _: &[RankingInput]) -> ControlFlow<()> {
        self.watch.epoch(self.at, report.epoch);
        self.watch.tell(self.at, "Trials")
    }
}
