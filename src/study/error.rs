//! What can go wrong with a study as a whole. What goes wrong with one of its trials is kept with that trial.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why a study could not be made or ended early.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// A parameter that does not exist, or a value it can't have.
    #[error("{0}")]
    Parameter(String),
    /// A file that can't be understood.
    #[error("{message}: {place}")]
    File {
        /// What is wrong.
        message: String,
        /// Where.
        place: Place,
    },
    /// What was asked for can't be done with these data.
    #[error("{0}")]
    Plan(String),
    /// The observer broke.
    #[error("cancelled")]
    Cancelled,
}

/// A file, and a line in it where one is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// From 1.
    pub line: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}

impl StudyError {
    /// An error about a whole file.
    pub fn at(message: impl fmt::Display, path: &Path) -> Self {
        Self::File { message: message.to_string(), place: Place { path: path.to_owned(), line: None } }
    }
}
