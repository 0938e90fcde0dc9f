//! Errors about files.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use super::{printable_lines, shown};

/// A file or folder that cannot be used; the text ends with its path.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system could not read or write it.
    #[error("{source}: {}", shown(path))]
    Io {
        /// The system's error.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// Its content is malformed.
    #[error(
        "{}: {}{}",
        printable_lines(message),
        shown(path),
        line.map(|line| format!(":{line}")).unwrap_or_default()
    )]
    Malformed {
        /// The fault.
        message: String,
        /// The file.
        path: PathBuf,
        /// The line, from 1, where the error concerns one.
        line: Option<usize>,
    },
}

impl FileError {
    /// A file that the system could not read or write.
    pub fn io(source: io::Error, path: &Path) -> Self {
        Self::Io { source, path: path.to_owned() }
    }

    /// A file with malformed content. A message that already ends with the path loses it, so that it is named once.
    pub fn malformed(message: impl Display, path: &Path) -> Self {
        let message = message.to_string();
        let ending = format!(": {}", shown(path));
        let message = message.strip_suffix(&ending).unwrap_or(&message).to_owned();
        Self::Malformed { message, path: path.to_owned(), line: None }
    }
}

/// Adds the path to an error about a file.
pub trait At {
    /// The value on success.
    type Value;

    /// The value, or the error with the path of the file that it is about.
    ///
    /// # Errors
    /// The error, as a [`FileError`].
    fn at(self, path: &Path) -> Result<Self::Value, FileError>;
}

impl<T> At for io::Result<T> {
    type Value = T;

    fn at(self, path: &Path) -> Result<T, FileError> {
        self.map_err(|source| FileError::io(source, path))
    }
}

impl<T> At for serde_json::Result<T> {
    type Value = T;

    fn at(self, path: &Path) -> Result<T, FileError> {
        self.map_err(|error| FileError::malformed(error, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    #[test]
    fn the_path_comes_last_after_the_systems_error() {
        let path = Path::new("/no/such/file");
        let error = std::fs::read(path).at(path).expect_err("it does not exist");
        assert!(error.to_string().ends_with(": /no/such/file"), "{error}");
        assert!(error.source().is_some_and(|source| source.is::<io::Error>()));
    }

    #[test]
    fn a_line_follows_the_path() {
        let path = Path::new("run.json");
        let error = serde_json::from_str::<u8>("x").at(path).expect_err("no number");
        assert_eq!(error.to_string(), "expected value at line 1 column 1: run.json");
        let error = FileError::Malformed { message: "no name".into(), path: path.into(), line: Some(3) };
        assert_eq!(error.to_string(), "no name: run.json:3");
    }

    #[test]
    fn a_path_is_named_once() {
        let path = Path::new("a/run.json");
        let inner = FileError::malformed("no name", path);
        assert_eq!(FileError::malformed(inner, path).to_string(), "no name: a/run.json");
    }

    #[test]
    fn control_characters_of_a_path_are_escaped() {
        let error = FileError::malformed("bad '\u{7}'", Path::new("a\n\u{1b}[2J.csv"));
        assert_eq!(error.to_string(), "bad '\\u{7}': a\\n\\u{1b}[2J.csv");
    }
}
