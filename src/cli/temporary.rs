//! A folder that lives as long as one command.

use super::output::fault;
use crate::base::is_abandoned;
use anyhow::Result;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The start of its name.
const NAME: &str = "crossrank-";
/// A file in it that is locked as long as the command lives.
const LOCK: &str = ".lock";

/// Removed with its contents on drop.
pub(super) struct TemporaryFolder {
    path: PathBuf,
    _lock: File,
}

impl TemporaryFolder {
    /// Creates a folder in the system's temporary directory.
    ///
    /// # Errors
    /// If that fails, with the path.
    pub fn new() -> Result<Self> {
        let all = std::env::temp_dir();
        sweep(&all);
        let time = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos());
        let path = all.join(format!("{NAME}{}-{time}", std::process::id()));
        std::fs::create_dir(&path).map_err(|error| fault(error, &path))?;
        let lock = path.join(LOCK);
        let file = File::create_new(&lock).map_err(|error| fault(error, &lock))?;
        // Without locks on this file system, others cannot tell either, and leave it.
        let _ = file.try_lock();
        Ok(Self { path, _lock: file })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Removes the folders that killed commands have left.
fn sweep(all: &Path) {
    for entry in std::fs::read_dir(all).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let ours = name.to_string_lossy().strip_prefix(NAME).is_some_and(|rest| {
            rest.split_once('-').is_some_and(|(a, b)| a.parse::<u32>().is_ok() && b.parse::<u128>().is_ok())
        });
        if ours && entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_abandoned(&entry.path().join(LOCK)) {
            // What cannot be removed is another user's, or left to the next command.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // The system removes later what cannot be removed now.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn folders_of_killed_commands_are_removed_and_those_in_use_are_not() {
        let all = TemporaryFolder::new().expect("a folder");
        let make = |name: &str| {
            let folder = all.path().join(name);
            std::fs::create_dir(&folder).expect("a folder");
            let lock = File::create(folder.join(LOCK)).expect("a file");
            lock.set_modified(SystemTime::now() - Duration::from_secs(120)).expect("an older file");
            (folder, lock)
        };
        let (left, _) = make("crossrank-999999-1");
        let (used, lock) = make("crossrank-999999-2");
        lock.try_lock().expect("a lock");
        let (other, _) = make("crossrank-notes-3");
        sweep(all.path());
        assert_eq!([&left, &used, &other].map(|folder| folder.exists()), [false, true, true]);
    }
}
