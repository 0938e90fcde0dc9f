//! Collecting warnings.

use std::path::{Path, PathBuf};

use super::{DatasetError, Warning, WarningKind};
use crate::base::{FileError, printable};

/// The warnings of one load, in the order they occurred.
#[derive(Debug, Default)]
pub(crate) struct Warnings(Vec<Warning>);

impl Warnings {
    /// Adds a warning about a whole file or folder.
    pub fn file(&mut self, kind: WarningKind, file: &Path, message: impl Into<String>) {
        self.add(kind, file, message.into(), None);
    }

    /// Adds a warning about a line (from 1) of a file.
    pub fn line(&mut self, kind: WarningKind, file: &Path, line: usize, message: impl Into<String>) {
        self.add(kind, file, message.into(), Some(line));
    }

    fn add(&mut self, kind: WarningKind, file: &Path, message: String, line: Option<usize>) {
        // Messages quote names and fields of files.
        self.0.push(Warning { kind, message: printable(&message).into_owned(), file: file.to_path_buf(), line });
    }

    /// Records the error of an optional file as a warning.
    pub fn error(&mut self, error: DatasetError) {
        self.0.push(Warning::from(&error));
    }

    /// The first file that could not be read, or was left out for being elsewhere, as an error; one that may define the
    /// data set before any other.
    pub fn first_error(self) -> Option<DatasetError> {
        let is_one = |warning: &Warning| matches!(warning.kind, WarningKind::BadFile | WarningKind::Outside);
        let defines = |warning: &Warning| {
            let ending = warning.file.extension().map(|ending| ending.to_ascii_lowercase());
            ending.is_some_and(|ending| ["csv", "tsv", "xml", "txt", "qrels"].iter().any(|known| ending == *known))
        };
        let found = self.0.into_iter().filter(is_one).min_by_key(|warning| !defines(warning));
        let Warning { message, file, line, .. } = found?;
        Some(FileError::Malformed { message, path: file, line }.into())
    }

    /// Leaves the first ones.
    pub fn truncate(&mut self, most: usize) {
        self.0.truncate(most);
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

impl From<&DatasetError> for Warning {
    /// An error about a part that the rest can do without.
    fn from(error: &DatasetError) -> Self {
        let (message, file, line) = match error {
            DatasetError::File(FileError::Io { source, path }) => (source.to_string(), path, None),
            DatasetError::File(FileError::Malformed { message, path, line }) => (message.clone(), path, *line),
            DatasetError::Unrecognised { reason, path } => (reason.clone(), path, None),
        };
        Self { kind: WarningKind::BadFile, message: printable(&message).into_owned(), file: file.clone(), line }
    }
}

/// The path as an owned value, shortened at the call sites of errors.
pub(super) fn owned(path: &Path) -> PathBuf {
    path.to_path_buf()
}
