//! Atomic file writes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The ending of a file that is being written, after the writer's process id.
const PART: &str = "part";
/// A younger one may just have been created, and not be locked yet.
const SETTLED: Duration = Duration::from_secs(60);

/// Atomically replaces a file by the concatenation of these parts: readers, and a crash, see the old content or the
/// new, never a mixture. It is written to a temporary file alongside and then renamed.
///
/// # Errors
/// If the file cannot be written.
pub fn write_whole(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    replace(path, parts, File::sync_all)
}

/// The same without syncing, for files written many times a minute: it survives a crash of the program, but a power
/// failure soon after may leave a damaged file.
///
/// # Errors
/// If the file cannot be written.
pub fn write_unsynced(path: &Path, content: &[u8]) -> io::Result<()> {
    replace(path, &[content], |_| Ok(()))
}

/// As [`write_whole`], for content that is written piece by piece. `fault` makes an error of the file one of `write`'s.
///
/// # Errors
/// If the file cannot be written, and that of `write`.
pub fn write_whole_by<E>(
    path: &Path,
    fault: impl Fn(io::Error) -> E,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    beside(path, &fault, |file| {
        write(file)?;
        file.sync_all().map_err(&fault)
    })
}

fn replace(path: &Path, parts: &[&[u8]], finish: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    beside(path, &|error| error, |file| {
        parts.iter().try_for_each(|part| file.write_all(part))?;
        finish(file)
    })
}

/// Writes a temporary file alongside and renames it.
fn beside<E>(
    path: &Path,
    fault: &impl Fn(io::Error) -> E,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    sweep_once(path.parent().unwrap_or(Path::new("")));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.{PART}", std::process::id()));
    let beside = path.with_file_name(name);
    let written = File::create(&beside).map_err(fault).and_then(|mut file| {
        // Shows others that it is in use; without locks on this file system, its age does for a while.
        let _ = file.try_lock();
        write(&mut file)
    });
    let moved = written.and_then(|()| fs::rename(&beside, path).map_err(fault));
    if moved.is_err() {
        // The remains of a failed attempt are of no use; the failure itself is reported.
        let _ = fs::remove_file(&beside);
    }
    moved
}

/// Sweeps a folder before this process first writes to it.
fn sweep_once(folder: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let is_first = SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
    if is_first {
        sweep(folder, 0);
    }
}

/// Removes the temporary files that killed processes have left in a folder and, up to `deeper` levels down, in the folders
/// in it. Only files named as ours are, that no live process has locked, are removed.
pub fn sweep(folder: &Path, deeper: usize) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && deeper > 0 => sweep(&path, deeper - 1),
            Ok(kind) if kind.is_file() && is_left(&path) => {
                // If it cannot be removed, the next start tries again.
                let _ = fs::remove_file(&path);
            }
            _ => {}
        }
    }
}

/// Whether a file is one of ours that nobody is writing any more.
pub(super) fn is_left(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let process =
        name.strip_suffix(PART).and_then(|rest| rest.strip_suffix('.')?.rsplit('.').next()?.parse::<u32>().ok());
    if process.is_none_or(|process| process == std::process::id()) {
        return false;
    }
    is_abandoned(path)
}

/// Whether a file that its owner locks while alive is no longer locked. One made a moment ago counts as locked.
pub fn is_abandoned(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let age = file.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age > SETTLED) && file.try_lock().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("crossrank-whole-{}", std::process::id()));
        let below = folder.join("below");
        fs::create_dir_all(&below).unwrap();
        let old = SystemTime::now() - 2 * SETTLED;
        let make = |name: &str, time: SystemTime| {
            let file = File::create(folder.join(name)).unwrap();
            file.set_modified(time).unwrap();
            file
        };
        let own = format!("a.{}.part", std::process::id());
        for name in ["run.json.999999.part", "below/x.1.part", "notes.part", "a.b.part", "1.part.txt", own.as_str()] {
            make(name, old);
        }
        make("fresh.999999.part", SystemTime::now());
        let locked = make("locked.999999.part", old);
        locked.try_lock().unwrap();
        write_whole(&folder.join("new"), &[b"a", b"b"]).unwrap();
        assert_eq!(fs::read(folder.join("new")).unwrap(), b"ab");
        let there = |name: &str| folder.join(name).exists();
        assert!(!there("run.json.999999.part"), "the first write to a folder sweeps it");
        for name in
            ["below/x.1.part", "notes.part", "a.b.part", "1.part.txt", "fresh.999999.part", "locked.999999.part"]
        {
            assert!(there(name), "{name}");
        }
        assert!(there(&own));
        drop(locked);
        sweep(&folder, 1);
        assert!(!there("below/x.1.part") && !there("locked.999999.part") && there("fresh.999999.part"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
