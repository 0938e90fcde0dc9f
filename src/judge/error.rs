//! Why judgements cannot be read or saved.

use std::io;
use std::path::Path;

use crate::base::FileError;
use crate::dataset::DatasetError;

/// Why a journal cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveFault {
    /// The disk, or the user's share of it, is full.
    Full,
    /// The file or its folder may not be written.
    ReadOnly,
    /// Anything else.
    Other,
}

impl SaveFault {
    /// The kind of a system error.
    pub fn of(error: &io::Error) -> Self {
        use io::ErrorKind::{FileTooLarge, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => SaveFault::Full,
            ReadOnlyFilesystem | PermissionDenied => SaveFault::ReadOnly,
            _ => SaveFault::Other,
        }
    }
}

/// Why judgements cannot be read or saved.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// Lines that are in memory only; [`super::Journal::retry`] saves them once the cause is gone.
    #[error("{} not saved: {source}", lines(*count))]
    NotSaved {
        /// How many lines are waiting.
        count: usize,
        /// The kind of the cause.
        fault: SaveFault,
        /// The system's error, with the journal's path.
        source: FileError,
    },
    /// A name that no judge can have.
    #[error("a judge's name must not {0}")]
    Name(&'static str),
    /// Grades that cannot be a scale.
    #[error("{0}")]
    Scale(String),
    /// There is no judge of this name.
    #[error("no judge \"{name}\" (there {known})")]
    NoJudge {
        /// The name.
        name: String,
        /// Those there are, as the end of a sentence.
        known: String,
    },
    /// A file that cannot be read, or is malformed.
    #[error(transparent)]
    File(#[from] FileError),
    /// A data set's file that cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
}

impl JudgeError {
    /// `count` lines could not be written to a journal.
    pub(super) fn not_saved(count: usize, error: io::Error, path: &Path) -> Self {
        Self::NotSaved { count, fault: SaveFault::of(&error), source: FileError::io(error, path) }
    }
}

fn lines(count: usize) -> String {
    if count == 1 { "1 judgement is".to_owned() } else { format!("{count} judgements are") }
}
