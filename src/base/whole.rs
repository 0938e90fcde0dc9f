//! Writing a file as a whole.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file by these parts, one after the other: a reader, and a crash, see the old content or the new, never a
/// part. It is written beside its place first and then moved there.
///
/// # Errors
/// What the system says.
pub fn write_whole(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    replace(path, parts, fs::File::sync_all)
}

/// The same without waiting for the disk, for what is written many times a minute: it survives the death of the
/// program, but a power failure soon after may leave a damaged file.
///
/// # Errors
/// What the system says.
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
        // What is left of a failed attempt helps no one; that it failed is reported.
        let _ = fs::remove_file(&beside);
    }
    moved
}
