//! Folders that a process made and was killed before it wrote into them.

use super::lock::{Lock, NAME, lock_owner};
use super::whole::is_left;
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder changed later than this may just have been made, and not be locked yet.
const SETTLED: Duration = Duration::from_secs(60);

/// Removes such folders from a folder and, up to `deeper` levels down, from the folders in it: those that hold nothing
/// but a lock that no live process has, empty files, and what was only half written.
pub fn sweep_stubs(folder: &Path, deeper: usize) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let path = entry.path();
            if deeper > 0 {
                sweep_stubs(&path, deeper - 1);
            }
            remove_stub(&path);
        }
    }
}

fn remove_stub(folder: &Path) {
    if !is_settled(folder) || remains(folder).is_none() || lock_owner(folder).is_some() {
        return;
    }
    // With its lock, nobody else is writing there.
    let Ok((lock, _)) = Lock::acquire(folder) else { return };
    if let Some(remains) = remains(folder) {
        for path in remains.iter().filter(|path| !path.ends_with(NAME)) {
            // If it cannot be removed, the folder stays until the next start.
            let _ = fs::remove_file(path);
        }
        lock.discard();
    }
}

/// Whether a folder has not changed for a while.
fn is_settled(folder: &Path) -> bool {
    let changed = fs::metadata(folder).and_then(|metadata| metadata.modified());
    changed.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > SETTLED))
}

/// The files of a folder that holds nothing of use; `None` if it does.
fn remains(folder: &Path) -> Option<Vec<PathBuf>> {
    let is_remains = |entry: &DirEntry| {
        let name = entry.file_name();
        let is_lock =
            name.to_string_lossy().strip_prefix(NAME).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let is_empty_file = || entry.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0);
        is_lock || is_empty_file() || is_left(&entry.path())
    };
    let entries = fs::read_dir(folder).ok()?.collect::<Result<Vec<_>, _>>().ok()?;
    entries.iter().all(is_remains).then(|| entries.iter().map(DirEntry::path).collect())
}
