//! Actions on the run in training.

use crate::workspace::Workspace;
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

impl Workspace {
    pub(super) fn apply_training(&mut self, action: TrainingAction) {
        match action {
            TrainingAction::Start => self.train(),
            TrainingAction::Pause(pause) => self.training.pause(pause),
            TrainingAction::Stop => self.training.stop(),
            TrainingAction::Resume(path) => self.resume_run(path),
        }
    }
}
