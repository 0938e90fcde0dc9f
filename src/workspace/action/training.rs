//! Actions on the run in training.

use std::path::PathBuf;

/// The run in training.
#[derive(Clone, Debug, PartialEq)]
pub enum TrainingAction {
    /// Start a training run with the settings as they are.
    Start,
    /// Train the settings as they are with each of these seeds, one run after another, behind those already queued.
    Queue(Vec<u64>),
    /// Take a queued run out of the queue, by its number.
    Unqueue(u64),
    /// Move a queued run, by its number, so many places back (or forward, if negative).
    MoveQueued(u64, isize),
    /// Pause (`true`) or continue.
    Pause(bool),
    /// End the run and keep its best epoch.
    Stop,
    /// Continue a saved run that was interrupted.
    Resume(PathBuf),
}
