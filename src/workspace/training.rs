//! Training as a job, and the run it makes.

mod apply;
mod obstacle;
mod queue;
mod seeds;

pub use queue::QueuedRun;
pub use seeds::seeds_in;

use super::session::ModelScores;
use crate::base::Progress;
use crate::jobs::{Job, Slot};
use crate::train::{EpochReport, RunRecord};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What a run reports.
pub enum TrainingUpdate {
    /// After each epoch.
    Epoch(EpochUpdate),
    /// Something worth knowing, in a sentence.
    Notice(String),
}

/// What a run reports after each epoch.
pub struct EpochUpdate {
    report: EpochReport,
    query: usize,
    scores: Option<Vec<f32>>,
}

/// The result of a run.
pub struct TrainDone {
    record: RunRecord,
    history: Vec<EpochReport>,
    scores: ModelScores,
}

/// A run as it is shown: in training, finished, or opened from disk.
#[derive(Clone, Debug, Default)]
pub struct LiveRun {
    /// Configuration and, at the end, measures.
    pub record: RunRecord,
    /// Every epoch so far.
    pub history: Vec<EpochReport>,
    /// Its folder.
    pub path: PathBuf,
}

/// The run in training, or the one last trained or opened.
#[derive(Default)]
pub struct TrainingState {
    job: Slot<TrainingUpdate, TrainDone>,
    run: Option<LiveRun>,
    /// Abandoned jobs whose runs are still being written.
    ending: Vec<Job<TrainingUpdate, TrainDone>>,
    followed: Arc<AtomicUsize>,
    queue: Vec<QueuedRun>,
    /// How many runs have been queued so far.
    queued: u64,
}

impl TrainingState {
    /// Runs that wait for the one in training, the next one first.
    pub fn queue(&self) -> &[QueuedRun] {
        &self.queue
    }

    /// Whether a run is in training, paused or not.
    pub fn is_running(&self) -> bool {
        self.job.is_running()
    }

    /// Whether the run in training is paused.
    pub fn is_paused(&self) -> bool {
        self.job.is_paused()
    }

    /// Whether an abandoned run is still being written.
    pub fn is_ending(&self) -> bool {
        !self.ending.is_empty()
    }

    /// The progress of the run in training, and how long it has run without pauses.
    pub fn progress(&self) -> Option<(&Progress, Duration)> {
        self.job.worked()
    }

    /// The run shown.
    pub fn run(&self) -> Option<&LiveRun> {
        self.run.as_ref()
    }

    pub(super) fn pause(&self, pause: bool) {
        self.job.pause(pause);
    }

    pub(super) fn stop(&self) {
        self.job.pause(false);
        self.job.cancel();
    }

    pub(super) fn follow(&self, query: usize) {
        self.followed.store(query, Ordering::Relaxed);
    }

    pub(super) fn show(&mut self, run: LiveRun) {
        self.run = Some(run);
    }

    pub(super) fn forget(&mut self) {
        if let Some(job) = self.job.take() {
            job.cancel();
            self.ending.push(job);
        }
        self.run = None;
        // They were meant for the data set that is closed.
        self.queue.clear();
    }
}

/// Closing waits until a run that is still in training is written completely.
impl Drop for TrainingState {
    fn drop(&mut self) {
        drop(self.job.take());
    }
}
