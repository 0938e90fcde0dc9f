//! Errors of a study as a whole; those of a trial are saved with that trial.

use std::path::PathBuf;

use crate::base::{FileError, LockError};

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
    /// A folder with another study, whose results would be mixed with this one's.
    #[error("this folder has another study: {difference}; choose another folder: {path}")]
    OtherStudy {
        /// What differs, and the values there and here.
        difference: String,
        /// The folder.
        path: PathBuf,
    },
    /// A trial's folder could not be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
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
