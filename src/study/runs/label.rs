//! A person's own words on a run: a name, a note, tags.
//!
//! They are in a file of their own beside `run.json`, so that the run itself stays as it was trained.

use crate::base::{At, FileError, write_whole};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The file's name in a run's folder.
pub(super) const FILE: &str = "label.json";

/// A person's own words on a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunLabel {
    /// Shown instead of the folder's name; empty for none.
    pub name: String,
    /// Any text.
    pub note: String,
    /// Words to filter by.
    pub tags: Vec<String>,
}

impl RunLabel {
    /// Reads a run's label; without a file, it is empty.
    ///
    /// # Errors
    /// If the file cannot be read or is malformed, with its path.
    pub fn read(folder: &Path) -> Result<Self, FileError> {
        let path = folder.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).at(&path),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(FileError::io(error, &path)),
        }
    }

    /// Writes the label into a run's folder; an empty one has no file.
    ///
    /// # Errors
    /// If the file cannot be written, with its path.
    pub fn write(&self, folder: &Path) -> Result<(), FileError> {
        let path = folder.join(FILE);
        if *self == Self::default() {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(FileError::io(error, &path)),
                _ => Ok(()),
            };
        }
        let text = serde_json::to_string_pretty(self).at(&path)?;
        write_whole(&path, &[text.as_bytes()]).at(&path)
    }

    /// The tags in a text, separated by commas.
    pub fn tags_in(text: &str) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }
}
