//! Deleted runs and studies, until the program ends.
//!
//! Every session has a folder of its own beside the runs, named by its process and its start, and made with the first
//! deletion. A file beside it is locked for as long as the session lives: the system lets go of the lock however the
//! process ends, so the next start knows a crashed session's folder from one that another process still needs.

use crate::base::{At, FileError, sweep, sweep_stubs};
use crate::jobs::{Slot, Wake};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Levels below the folder of runs or studies: that of a study's trials.
const DEEPEST: usize = 3;

/// The ending of the locked files.
const LOCK: &str = "lock";

/// Sessions of this process so far: two that start in the same moment must not share a folder.
static SESSIONS: AtomicU64 = AtomicU64::new(0);

/// One session's trash.
pub(super) struct Trash {
    /// The folder of all sessions' trash.
    root: PathBuf,
    /// This session's own folder, and the file that is locked for it.
    own: Option<(PathBuf, File)>,
    /// Where each folder was, and where it is now.
    held: Vec<(PathBuf, PathBuf)>,
    /// Folders taken so far, so that two of one name do not meet.
    count: usize,
    cleaning: Slot<(), ()>,
}

impl Trash {
    /// An empty trash below `root`.
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, own: None, held: Vec::new(), count: 0, cleaning: Slot::default() }
    }

    /// Removes what crashed sessions have left, in a thread of its own: their trash, and in the folders of `written`
    /// folders without content and half-written files.
    pub(super) fn clean(&mut self, written: Vec<PathBuf>, wake: Wake) {
        let root = self.root.clone();
        if root.is_dir() || written.iter().any(|folder| folder.is_dir()) {
            self.cleaning.start("trash", wake, move |_| {
                remove_leftovers(&root);
                for folder in written {
                    // First: a folder in which something was just removed looks as if it were in use.
                    sweep_stubs(&folder, DEEPEST - 1);
                    sweep(&folder, DEEPEST);
                }
                Ok(())
            });
        }
    }

    /// Whether leftovers are being removed.
    pub(super) fn is_cleaning(&self) -> bool {
        self.cleaning.is_running()
    }

    pub(super) fn poll(&mut self) {
        while self.cleaning.poll().is_some() {}
    }

    /// Moves a folder into the trash, in one step.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub(super) fn put(&mut self, path: &Path) -> Result<(), FileError> {
        let own = match &self.own {
            Some((own, _)) => own.clone(),
            None => {
                let (own, lock) = own_folder(&self.root).at(&self.root)?;
                self.own.insert((own, lock)).0.clone()
            }
        };
        self.count += 1;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let inside = own.join(format!("{}-{name}", self.count));
        fs::rename(path, &inside).at(path)?;
        self.held.push((path.to_owned(), inside));
        Ok(())
    }

    /// Moves a folder back to where it was, in one step.
    ///
    /// # Errors
    /// If it is not in the trash, something else has taken its place, or what the system says; with the path.
    pub(super) fn restore(&mut self, path: &Path) -> Result<(), FileError> {
        let Some(at) = self.held.iter().rposition(|(before, _)| before == path) else {
            return Err(FileError::malformed("not in the trash", path));
        };
        if path.exists() {
            return Err(FileError::malformed("a folder of this name exists", path));
        }
        fs::rename(&self.held[at].1, path).at(path)?;
        self.held.remove(at);
        Ok(())
    }

    /// Whether a folder that was at `path` can be brought back.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.held.iter().any(|(before, _)| before == path)
    }
}

impl Drop for Trash {
    /// Empties the trash: nothing can be undone any more.
    fn drop(&mut self) {
        if let Some((own, _lock)) = self.own.take() {
            remove(&own, &own.with_extension(LOCK));
        }
    }
}

/// Makes a session's folder. The file beside it is locked before the folder is there, so that no folder is ever without
/// its lock while its session lives.
fn own_folder(root: &Path) -> std::io::Result<(PathBuf, File)> {
    fs::create_dir_all(root)?;
    loop {
        let start = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let number = SESSIONS.fetch_add(1, Ordering::Relaxed);
        let own = root.join(format!("{}-{start}-{number}", std::process::id()));
        let path = own.with_extension(LOCK);
        let lock = File::create_new(&path)?;
        // Another session's cleaning may have come between the file and its lock: then the file is gone.
        if lock.try_lock().is_ok() && path.exists() {
            fs::create_dir(&own)?;
            return Ok((own, lock));
        }
    }
}

/// Removes every session's folder whose lock nobody holds.
fn remove_leftovers(root: &Path) {
    let Ok(entries) = fs::read_dir(root) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|ending| ending == LOCK)
            && let Ok(lock) = File::open(&path)
            && lock.try_lock().is_ok()
        {
            remove(&path.with_extension(""), &path);
        }
    }
}

/// Removes a session's folder, then its lock: a folder never outlives its lock. What cannot be removed is left to the
/// next start.
fn remove(own: &Path, lock: &Path) {
    if !own.exists() || fs::remove_dir_all(own).is_ok() {
        let _ = fs::remove_file(lock);
    }
}
