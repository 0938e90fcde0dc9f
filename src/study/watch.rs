//! A study's progress.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Trial;
use crate::base::Owner;
use crate::model::{Network, RankingInput};
use crate::train::{EpochReport, RunObserver};

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
    /// Whether that trial has just ended.
    pub ended: bool,
    /// Something worth knowing, in a sentence, which is reported once.
    pub notice: Option<String>,
}

/// Receives a study's progress, from any thread; called at least once per batch of every trial, and can stop the study.
pub type StudyObserver<'a> = &'a (dyn Fn(&StudyProgress) -> ControlFlow<()> + Sync);

/// What is new about a trial.
enum News {
    /// It goes on.
    None,
    Ended,
    Notice(String),
}

/// The progress of a study, shared by its threads.
pub(super) struct Watch<'a> {
    observer: StudyObserver<'a>,
    trials: &'a [Trial],
    cancelled: AtomicBool,
    finished: AtomicUsize,
    /// Epochs done of each trial.
    epochs: Mutex<Vec<usize>>,
    /// Trials that another process is training.
    elsewhere: Mutex<BTreeSet<usize>>,
    started: Instant,
    planned: usize,
}

impl<'a> Watch<'a> {
    pub(super) fn new(observer: StudyObserver<'a>, trials: &'a [Trial], open: &[usize]) -> Self {
        Self {
            observer,
            trials,
            cancelled: AtomicBool::new(false),
            finished: AtomicUsize::new(trials.len() - open.len()),
            epochs: Mutex::new(vec![0; trials.len()]),
            elsewhere: Mutex::default(),
            started: Instant::now(),
            planned: open.iter().map(|&at| trials[at].experiment.training.epochs).sum(),
        }
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Reports progress of a trial and asks whether to continue.
    fn report(&self, at: usize, news: News) -> ControlFlow<()> {
        if self.is_cancelled() {
            return ControlFlow::Break(());
        }
        let progress = StudyProgress {
            stage: "Trials".to_owned(),
            done: self.finished.load(Ordering::Relaxed),
            total: self.trials.len(),
            eta: self.eta(),
            trial: self.trials[at].name.clone(),
            ended: matches!(news, News::Ended),
            notice: if let News::Notice(text) = news { Some(text) } else { None },
        };
        let flow = (self.observer)(&progress);
        if flow.is_break() {
            self.cancel();
        }
        flow
    }

    /// Counts all epochs of a trial as done, even if it stopped early.
    pub(super) fn finished(&self, at: usize) {
        self.epoch(at, self.trials[at].experiment.training.epochs);
        self.finished.fetch_add(1, Ordering::Relaxed);
        // A break is recorded in `cancelled`.
        let _ = self.report(at, News::Ended);
    }

    /// Reports that another process is training a trial.
    pub(super) fn elsewhere(&self, at: usize, owner: &Owner) {
        let is_news = locked(&self.elsewhere).insert(at);
        let text = || News::Notice(format!("running elsewhere, by {owner}: {}", self.trials[at].name));
        let _ = self.report(at, if is_news { text() } else { News::None });
    }

    /// Reports something worth knowing about a trial.
    pub(super) fn notice(&self, at: usize, text: String) {
        let _ = self.report(at, News::Notice(text));
    }

    fn epoch(&self, at: usize, epoch: usize) {
        locked(&self.epochs)[at] = epoch;
    }

    fn eta(&self) -> Option<f64> {
        let done: usize = locked(&self.epochs).iter().sum();
        let left = self.planned.saturating_sub(done) as f64;
        (done > 0).then(|| self.started.elapsed().as_secs_f64() * left / done as f64)
    }
}

/// A trial that panicked stops the study; until then the others may continue.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Observes one trial.
pub(super) struct Follower<'a> {
    pub(super) watch: &'a Watch<'a>,
    pub(super) at: usize,
}

impl RunObserver for Follower<'_> {
    fn step(&mut self, _: &str, _: usize, _: usize) -> ControlFlow<()> {
        self.watch.report(self.at, News::None)
    }

    fn epoch(&mut self, report: &EpochReport, _: &Network, _: &[RankingInput]) -> ControlFlow<()> {
        self.watch.epoch(self.at, report.epoch);
        self.watch.report(self.at, News::None)
    }
}
