//! Errors about collections of pictures.

use std::path::PathBuf;

use crate::base::{FileError, LockError, Owner, shown};
use crate::dataset::{DatasetError, Warning};
use crate::vision::VisionError;

/// Why a collection of pictures, or a file of it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// A file or folder could not be read, or is malformed.
    #[error(transparent)]
    File(#[from] FileError),
    /// A table could not be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// A picture, an encoder or its device cannot be used.
    #[error(transparent)]
    Vision(#[from] VisionError),
    /// A collection lacks the vectors of an encoder.
    #[error("this collection has no vectors {0}")]
    NoVectors(String),
    /// A link or a path that leads out of the pictures' folder.
    #[error("the file lies outside the folder of the pictures: {}", shown(.0))]
    Outside(PathBuf),
    /// None of a collection's pictures is where they were.
    #[error(
        "none of the {count} pictures of this collection is in their folder any more; nothing was changed: name the folder \
         they moved to (collect --relink, or “Relink pictures…”): {}",
        shown(folder)
    )]
    Away {
        /// How many pictures the collection has.
        count: usize,
        /// Where they were looked for.
        folder: PathBuf,
    },
    /// Most of a collection's pictures are no longer where they were.
    #[error(
        "{gone} of the {count} pictures of this collection are no longer in their folder, as when a disk is not mounted; \
         nothing was changed. If they are gone for good, “Remove them”, or collect --remove-missing, takes them out of the \
         collection: {}",
        shown(folder)
    )]
    Missing {
        /// How many are gone, and were not found under another path.
        gone: usize,
        /// How many pictures the collection has.
        count: usize,
        /// Where they were looked for.
        folder: PathBuf,
    },
    /// Another process writes to a collection.
    #[error("{owner} is updating this collection; wait for it, or stop it: {}", shown(.path))]
    Busy {
        /// Who.
        owner: Owner,
        /// The folder.
        path: PathBuf,
    },
    /// The observer asked to stop.
    #[error("cancelled")]
    Cancelled,
}

impl IndexError {
    /// The message without the path, for a warning that names it.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Dataset(error) => Warning::from(error).message,
            Self::File(FileError::Io { source, .. }) => source.to_string(),
            Self::File(FileError::Malformed { message, .. }) => message.clone(),
            Self::Outside(_)
            | Self::Away { .. }
            | Self::Missing { .. }
            | Self::Busy { .. }
            | Self::Cancelled
            | Self::Vision(_)
            | Self::NoVectors(_) => self.to_string(),
        }
    }

    /// Whether the observer asked to stop, rather than anything failing.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled | Self::Vision(VisionError::Cancelled))
    }
}

impl From<LockError> for IndexError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::File(error) => error.into(),
            LockError::Held { owner, path } | LockError::Lost { owner, path } => Self::Busy { owner, path },
        }
    }
}
