//! Runs trials in parallel.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::inputs::InputCache;
use super::other_study::{check_kind, check_shared, check_trial};
use super::queue::Queue;
use super::trial_folder::{self, Found, Place, Places, TrialFile};
use super::watch::{Follower, StudyObserver, Watch};
use super::{Configuration, Folds, StudyError, Trial, TrialMeasures, TrialResult, fingerprint};
use crate::base::{Lock, LockError, Owner, pause, unix_seconds};
use crate::dataset::Split;
use crate::train::{RunData, RunRecord, TrainData, TrainError, choose, prepare_run, run_prepared};

/// Memory for inputs cached for further trials, besides the visual vectors.
const CACHE_BYTES: usize = 512 << 20;

/// How long to wait before asking again whether another process has finished a trial.
const PATIENCE: Duration = Duration::from_millis(500);

/// Runs a study's trials, possibly in several calls, which share prepared inputs.
pub struct Runner {
    data: RunData,
    splits: Vec<Vec<Split>>,
    folds: Folds,
    folder: PathBuf,
    jobs: usize,
    fingerprint: u64,
    inputs: InputCache,
    command: String,
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
            folds,
            folder: folder.into(),
            jobs: jobs.unwrap_or_else(rayon::current_num_threads).max(1),
            fingerprint: fingerprint::of_data(&data),
            data,
            inputs: InputCache::new(CACHE_BYTES),
            command: String::new(),
        })
    }

    /// With the command line that started the study, which is saved with every trial.
    pub fn started_by(self, command: String) -> Self {
        Self { command, ..self }
    }

    /// The study's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// For each fold, the split of every query.
    pub fn splits(&self) -> &[Vec<Split>] {
        &self.splits
    }

    /// Trials to run in parallel, at most.
    pub fn jobs(&self) -> usize {
        self.jobs
    }

    /// The trials' data.
    pub fn data(&self) -> &RunData {
        &self.data
    }

    /// Checks that the folder does not hold another kind of study.
    ///
    /// # Errors
    /// [`StudyError::OtherStudy`].
    pub(super) fn check_kind(&self, kind: &str) -> Result<(), StudyError> {
        check_kind(&self.folder, kind)
    }

    /// Checks that the settings shared by all trials in the folder, and by these configurations, are the same but for
    /// those in `free`.
    ///
    /// # Errors
    /// [`StudyError::OtherStudy`].
    pub(super) fn check_shared(&self, configurations: &[Configuration], free: &[&str]) -> Result<(), StudyError> {
        let experiments: Vec<_> = configurations.iter().map(|configuration| &configuration.experiment).collect();
        check_shared(&self.folder, &experiments, free)
    }

    /// Runs trials and returns them in their order. Those found on disk, made from the same data, experiment, fold and
    /// seed, are reused; every other one is saved when it finishes. The error of a failed trial is saved with it and
    /// stops no other. Results do not depend on the number or order of threads.
    ///
    /// A trial that another process is training is left to it, and waited for at the end.
    ///
    /// # Errors
    /// If the observer asked to stop, threads cannot be started, a folder cannot be written, or it has another study's
    /// trials.
    pub fn run(&self, trials: &[Trial], observer: StudyObserver<'_>) -> Result<Vec<TrialResult>, StudyError> {
        let places = self.places(trials)?;
        let open: Vec<usize> = (0..trials.len()).filter(|&at| !places[at].done).collect();
        let watch = Watch::new(observer, trials, &open);
        let failed: OnceLock<StudyError> = OnceLock::new();
        // Each trial computes in its own pool: in a shared one, a trial waiting for its own parts would meanwhile start
        // another and hold both.
        let jobs = self.jobs.min(open.len()).max(1);
        let threads = (rayon::current_num_threads() / jobs).max(1);
        let queue = Queue::of(open);
        let work = || {
            let pool = pool(threads)?;
            while let Some((at, is_elsewhere)) = queue.next().filter(|_| !watch.is_cancelled()) {
                if is_elsewhere {
                    pause(PATIENCE);
                }
                if let Some(owner) = pool.install(|| self.run_trial(&trials[at], at, &places[at].folder, &watch))? {
                    watch.elsewhere(at, &owner);
                    queue.put_off(at);
                }
            }
            Ok(())
        };
        if !queue.is_empty() {
            pool(jobs)?.broadcast(|_| {
                if let Err(error) = work() {
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

    /// Where trials are, or will be.
    pub(super) fn places(&self, trials: &[Trial]) -> Result<Vec<Place>, StudyError> {
        let mut places = Places::below(self.folder.join("trials"));
        let find = |trial: &Trial| places.find(trial, &self.identity(trial), |folder| self.check_other(trial, folder));
        trials.iter().map(find).collect()
    }

    fn identity(&self, trial: &Trial) -> String {
        fingerprint::of_trial(self.fingerprint, &self.splits[trial.fold], &trial.experiment)
    }

    fn check_other(&self, trial: &Trial, folder: &Path) -> Result<(), StudyError> {
        check_trial(folder, trial, &self.data, (&self.splits[trial.fold], &self.folds.describe()))
    }

    /// Trains one trial and marks it as finished, unless another process has done so or is about to: then its owner is
    /// returned. A cancelled one stays unmarked.
    fn run_trial(
        &self,
        trial: &Trial,
        at: usize,
        folder: &Path,
        watch: &Watch<'_>,
    ) -> Result<Option<Owner>, StudyError> {
        let lock = match Lock::acquire(folder) {
            Ok((lock, None)) => lock,
            Ok((lock, Some(owner))) => {
                watch.notice(at, format!("taken over from {owner}, which is gone: {}", folder.display()));
                lock
            }
            Err(LockError::Held { owner, .. }) => return Ok(Some(owner)),
            Err(error) => return Err(error.into()),
        };
        match trial_folder::look(folder, &self.identity(trial)) {
            Found::Done => {
                watch.finished(at);
                return Ok(None);
            }
            Found::Other => self.check_other(trial, folder)?,
            Found::Free => {}
        }
        trial_folder::clear(folder)?;
        let mut follower = Follower { watch, at };
        let trained = self.train(trial, &lock, &mut follower);
        if watch.is_cancelled() {
            return Ok(None);
        }
        if let Err(LockError::Lost { owner, .. }) = lock.check() {
            return Ok(Some(owner));
        }
        let file = TrialFile {
            identity: self.identity(trial),
            changes: trial.changes.clone(),
            fold: trial.fold + 1,
            seed: trial.seed(),
            failed: trained.err().map(|error| error.to_string()),
        };
        trial_folder::finish(folder, &file)?;
        watch.finished(at);
        Ok(None)
    }

    fn train(&self, trial: &Trial, lock: &Lock, observer: &mut Follower<'_>) -> Result<(), Arc<TrainError>> {
        let splits = &self.splits[trial.fold];
        let data = self.data.with_splits(splits.clone());
        let chosen = choose(&data, &trial.experiment, observer)?;
        let experiment = &chosen.experiment;
        let make = || prepare_run(&data, experiment, observer);
        let shared = self.inputs.get(&experiment.input_key(splits), make)?;
        let split = shared.inputs.iter().map(|input| splits[input.query]).collect();
        let inputs = TrainData { split, ..TrainData::clone(&shared) };
        let name =
            lock.folder().file_name().map_or_else(|| trial.name.clone(), |name| name.to_string_lossy().into_owned());
        let started = unix_seconds();
        let command = self.command.clone();
        let record = RunRecord { name, started, command, chosen: chosen.settings, ..RunRecord::default() };
        run_prepared(&data, &inputs, experiment, record, Some(lock), observer)?;
        Ok(())
    }
}

fn read(trial: &Trial, Place { folder, done: reused }: Place) -> TrialResult {
    let outcome = match trial_folder::failure(&folder) {
        Some(message) => Err(message),
        None => TrialMeasures::read(&folder).map_err(|error| error.to_string()),
    };
    let (configuration, fold, seed) = (trial.configuration, trial.fold, trial.seed());
    TrialResult { configuration, fold, seed, folder, reused, outcome }
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, StudyError> {
    Ok(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?)
}
