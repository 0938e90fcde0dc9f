//! Collecting warnings.

use std::path::{Path, PathBuf};

use super::{DatasetError, Warning, WarningKind};
use crate::base::FileError;

/// The warnings of one load, in the order they occurred.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<Warning>);

impl Warnings {
    /// Adds a warning about a whole file or folder.
    pub fn file(&mut self, kind: WarningKind, file: &Path, message: impl Into<String>) {
        self.0.push(Warning { kind, message: message.into(), file: file.to_path_buf(), line: None });
    }

    /// Adds a warning about a line (from 1) of a file.
    pub fn line(&mut self, kind: WarningKind, file: &Path, line: usize, message: impl Into<String>) {
        self.0.push(Warning { kind, message: message.into(), file: file.to_path_buf(), line: Some(line) });
    }

    /// Records the error of an optional file as a warning.
    pub fn error(&mut self, error: DatasetError) {
        let (message, file, line) = match error {
            DatasetError::File(FileError::Io { source, path }) => (source.to_string(), path, None),
            DatasetError::File(FileError::Malformed { message, path, line }) => (message, path, line),
            DatasetError::Unrecognised { reason, path } => (reason, path, None),
        };
        self.0.push(Warning { kind: WarningKind::BadFile, message, file, line });
    }

    /// Appends warnings that were collected elsewhere.
    pub fn extend(&mut self, other: Warnings) {
        self.0.extend(other.0);
    }

    /// The warnings as plain values.
    pub fn into_vec(self) -> Vec<Warning> {
        self.0
    }
}

/// The path as an owned value, shortened at the call sites of errors.
pub(super) fn owned(path: &Path) -> PathBuf {
    path.to_path_buf()
}

/// "a, b, c and 4 more": the first names of a list that may be long.
pub(super) fn some_of<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    let rest = names.len().saturating_sub(SHOWN);
    if rest == 0 { shown.join(", ") } else { format!("{} and {rest} more", shown.join(", ")) }
}
