//! Atomic file writes.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Atomically replaces a file by the concatenation of these parts: readers, and a crash, see the old content or the
/// new, never a mixture. It is written to a temporary file alongside and then renamed.
///
/// # Errors
/// If the file cannot be written.
pub fn write_whole(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    replace(path, parts, fs::File::sync_all)
}

/// The same without syncing, for files written many times a minute: it survives a crash of the program, but a power
/// failure soon after may leave a damaged file.
///
/// # Errors
/// If the file cannot be written.
pub fn write_unsynced(path: &Path, content: &[u8]) -> io::Result<()> {
    replace(path, &[content], |_| Ok(()))
}

fn replace(path: &Path, parts: &[&[u8]], finish: impl FnOnce(&fs::File) -> io::Result<()>) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(name);
    let written = fs::File::create(&beside).and_then(|mut file| {
        parts.iter().try_for_each(|part| file.write_all(part))?;
        finish(&file)
    });
    let moved = written.and_then(|()| fs::rename(&beside, path));
    if moved.is_err() {
        // The remains of a failed attempt are of no use; the failure itself is reported.
        let _ = fs::remove_file(&beside);
    }
    moved
}
