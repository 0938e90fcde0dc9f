//! Runs that wait for the one in training.

mod apply;

use crate::train::{EpochReport, Experiment};
use std::path::PathBuf;
use std::time::Duration;

/// A run that waits for the one in training.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedRun {
    /// Its number, by which actions name it.
    pub number: u64,
    /// Its settings, as they were when it was queued.
    pub experiment: Experiment,
    /// The run whose weights it starts from.
    pub parent: Option<PathBuf>,
}

impl QueuedRun {
    /// How long it will take at most, at the pace of another run's epochs.
    pub fn estimate(&self, history: &[EpochReport]) -> Option<Duration> {
        let seconds = history.iter().map(|report| report.seconds).sum::<f64>() / history.len() as f64;
        let config = &self.experiment.training;
        let epochs = config.epochs * if config.retrain { 2 } else { 1 };
        Duration::try_from_secs_f64(seconds * epochs as f64).ok()
    }
}
