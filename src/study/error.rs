//! Errors of a study as a whole; those of a trial are saved with that trial.

use crate::base::FileError;

/// Why a study could not be run or stopped early.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// A parameter that does not exist, or an invalid value.
    #[error("{0}")]
    Parameter(String),
    /// A file that cannot be read, written or parsed.
    #[error(transparent)]
    File(#[from] FileError),
    /// A plan that cannot be carried out on this data.
    #[error("{0}")]
    Plan(String),
    /// Threads could not be started.
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The observer asked to stop.
    #[error("cancelled")]
    Cancelled,
}

impl StudyError {
    /// Whether the observer asked to stop, rather than anything failing.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }
}
