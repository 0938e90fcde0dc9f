//! What can go wrong with a study as a whole. What goes wrong with one of its trials is kept with that trial.

use crate::base::FileError;

/// Why a study could not be made or ended early.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// A parameter that does not exist, or a value it can't have.
    #[error("{0}")]
    Parameter(String),
    /// A file that can't be read, written or understood.
    #[error(transparent)]
    File(#[from] FileError),
    /// What was asked for can't be done with these data.
    #[error("{0}")]
    Plan(String),
    /// The system has no threads for it.
    #[error("threads can't be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The observer broke.
    #[error("cancelled")]
    Cancelled,
}

impl StudyError {
    /// Whether the observer asked to stop, so that nothing went wrong.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }
}
