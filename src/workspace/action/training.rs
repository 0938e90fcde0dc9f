//! Actions on the run in training.

use std::path::PathBuf;

/// The run in training.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrainingAction {
    /// Start a training run with the settings as they are.
    Start,
    /// Pause (`true`) or continue.
    Pause(bool),
    /// End the run and keep its best epoch.
    Stop,
    /// Continue a saved run that was interrupted.
    Resume(PathBuf),
}
