//! Folders known by a file in them.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The folder itself if it has this file, otherwise the folders in it that have, sorted by name.
///
/// # Errors
/// If the folder cannot be read.
pub fn folders_with(file: &str, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let has_file = |folder: &PathBuf| folder.join(file).is_file();
    let folder = folder.to_owned();
    if has_file(&folder) {
        return Ok(vec![folder]);
    }
    let mut found: Vec<PathBuf> = fs::read_dir(&folder)?.flatten().map(|entry| entry.path()).filter(has_file).collect();
    found.sort();
    Ok(found)
}
