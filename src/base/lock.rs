//! Locks on folders: one process at a time writes into one.
//!
//! A lock is a file in the folder that names its owner: host, process and the process's start. It also works on network
//! file systems, where a system's own locks often do not: the file is complete when it appears, and appears only if there
//! is none. Its owner renews it every few seconds. Another process takes it over if its owner is gone: if the process no
//! longer exists, or, where that cannot be seen, after two minutes without a sign of life.

mod owner;

pub use owner::{Owner, host_name};

use super::{At, FileError};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

/// The lock's name in its folder.
pub(super) const NAME: &str = "run.lock";
/// How often a lock is renewed.
const BEAT: Duration = Duration::from_secs(15);
/// A lock that has not been renewed for this long is stale, if its owner cannot be seen.
const STALE: Duration = Duration::from_secs(120);
/// Attempts to get a lock that others keep taking away at the same moment.
const ATTEMPTS: usize = 50;

/// Why a folder cannot be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process writes into it.
    #[error("{owner} is working here; wait for it, or stop it: {path}")]
    Held {
        /// Who.
        owner: Owner,
        /// The folder.
        path: PathBuf,
    },
    /// Another process has taken it over.
    #[error("{owner} has taken over, having seen no sign of life for two minutes: {path}")]
    Lost {
        /// Who.
        owner: Owner,
        /// The folder.
        path: PathBuf,
    },
    /// The lock could not be written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// The right to write into a folder, until dropped.
#[derive(Debug)]
pub struct Lock {
    folder: PathBuf,
    path: PathBuf,
    content: Vec<u8>,
    /// Whether the folder was created for it.
    created: bool,
    beat: Option<(Arc<Stop>, JoinHandle<()>)>,
}

impl Lock {
    /// Locks a folder, which is created if it does not exist. The second value is the owner whose stale lock was taken
    /// over, if there was one.
    ///
    /// # Errors
    /// [`LockError::Held`] if another process has it, this one included; [`LockError::File`] if it cannot be written.
    pub fn acquire(folder: &Path) -> Result<(Self, Option<Owner>), LockError> {
        let created = !folder.exists();
        fs::create_dir_all(folder).at(folder)?;
        let path = folder.join(NAME);
        let own = Owner::this_process();
        let content = own.bytes();
        let beside = Beside::write(folder.join(format!("{NAME}.{}", own.key())), &content)?;
        let mut before = None;
        for _ in 0..ATTEMPTS {
            if let Some(file) = beside.claim(&path, &content)? {
                let beat = beat(file, content.clone(), path.clone());
                return Ok((Self { folder: folder.to_owned(), path, content, created, beat }, before));
            }
            match judge(&path, &beside) {
                Standing::Gone => {}
                Standing::Live(owner) => return Err(LockError::Held { owner, path: folder.to_owned() }),
                Standing::Stale(stale) => before = remove_stale(&path, &beside, &stale).or(before),
            }
        }
        let owner = Owner::read(&path).unwrap_or_default();
        Err(LockError::Held { owner, path: folder.to_owned() })
    }

    /// Checks that nobody has taken the lock over: if this process was suspended for minutes, another may have.
    ///
    /// # Errors
    /// [`LockError::Lost`].
    pub fn check(&self) -> Result<(), LockError> {
        match fs::read(&self.path) {
            Ok(content) if content == self.content => Ok(()),
            // A folder that was moved or deleted is reported by whatever is written next.
            Err(_) => Ok(()),
            Ok(content) => {
                let owner = Owner::parse(&content).unwrap_or_default();
                Err(LockError::Lost { owner, path: self.folder.clone() })
            }
        }
    }

    /// Unlocks the folder, and removes it if it is then empty.
    pub(super) fn discard(mut self) {
        self.created = true;
    }

    /// The folder that is locked.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.beat.take() {
            stop.set();
            let _ = thread.join();
        }
        if fs::read(&self.path).is_ok_and(|content| content == self.content) {
            // What cannot be removed is stale as soon as this process ends.
            let _ = fs::remove_file(&self.path);
        }
        if self.created {
            // Only an empty folder can be removed like this.
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

/// Checks that no living process has a folder's lock, without taking it.
///
/// # Errors
/// [`LockError::Held`].
pub fn check_unlocked(folder: &Path) -> Result<(), LockError> {
    match lock_owner(folder) {
        Some(owner) => Err(LockError::Held { owner, path: folder.to_owned() }),
        None => Ok(()),
    }
}

/// The owner of a folder's lock, if there is one who is alive.
pub fn lock_owner(folder: &Path) -> Option<Owner> {
    let path = folder.join(NAME);
    let owner = Owner::read(&path)?;
    let live = match owner.is_alive() {
        Some(alive) => alive,
        None => age(&path, SystemTime::now()).is_some_and(|age| age < STALE),
    };
    live.then_some(owner)
}

/// A complete copy of the lock beside it, from which the lock is made. It also tells the file system's time, which may
/// differ from this machine's.
struct Beside(PathBuf);

impl Beside {
    fn write(path: PathBuf, content: &[u8]) -> Result<Self, FileError> {
        let beside = Self(path);
        fs::write(&beside.0, content).at(&beside.0)?;
        Ok(beside)
    }

    /// Makes the lock, unless there is one.
    fn claim(&self, path: &Path, content: &[u8]) -> Result<Option<File>, FileError> {
        let own = || fs::read(path).is_ok_and(|now| now == content);
        match fs::hard_link(&self.0, path) {
            Ok(()) => {}
            // Some network file systems report an error although the link was made.
            Err(_) if own() => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            // A file system without links.
            Err(_) => match OpenOptions::new().write(true).create_new(true).open(path) {
                Ok(mut file) => file.write_all(content).at(path)?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
                Err(error) => return Err(FileError::io(error, path)),
            },
        }
        OpenOptions::new().write(true).open(path).map(Some).at(path)
    }

    fn time(&self) -> Option<SystemTime> {
        fs::metadata(&self.0).and_then(|data| data.modified()).ok()
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// What a lock that stands in the way is.
enum Standing {
    Gone,
    Live(Owner),
    /// Its content.
    Stale(Vec<u8>),
}

fn judge(path: &Path, beside: &Beside) -> Standing {
    let Ok(content) = fs::read(path) else { return Standing::Gone };
    let owner = Owner::parse(&content);
    let alive = owner.as_ref().and_then(Owner::is_alive).unwrap_or_else(|| {
        let now = beside.time().unwrap_or_else(SystemTime::now);
        age(path, now).is_none_or(|age| age < STALE)
    });
    if alive { Standing::Live(owner.unwrap_or_default()) } else { Standing::Stale(content) }
}

/// How long ago a lock was last renewed; `None` if it is gone.
fn age(path: &Path, now: SystemTime) -> Option<Duration> {
    let renewed = fs::metadata(path).and_then(|data| data.modified()).ok()?;
    Some(now.duration_since(renewed).unwrap_or_default())
}

/// Removes a stale lock, and only that: another process may have replaced it meanwhile. Returns its owner.
fn remove_stale(path: &Path, beside: &Beside, stale: &[u8]) -> Option<Owner> {
    let away = beside.0.with_extension("stale");
    fs::rename(path, &away).ok()?;
    let content = fs::read(&away).ok()?;
    let owner = (content == stale).then(|| Owner::parse(stale).unwrap_or_default());
    if owner.is_none() {
        // It was a new one: back with it.
        let _ = fs::hard_link(&away, path);
    }
    let _ = fs::remove_file(&away);
    owner
}

/// Ends a thread's sleep.
#[derive(Debug, Default)]
struct Stop {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn set(&self) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits; whether it was stopped.
    fn wait(&self, time: Duration) -> bool {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(stopped, time, |stopped| !*stopped);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Renews a lock until stopped, by writing the same content: a file server then sets its own time.
fn beat(mut file: File, content: Vec<u8>, path: PathBuf) -> Option<(Arc<Stop>, JoinHandle<()>)> {
    let stop = Arc::new(Stop::default());
    let seen = stop.clone();
    let renew = move || {
        while !seen.wait(BEAT) {
            let written =
                file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&content)).and_then(|()| file.flush());
            let is_own = || fs::read(&path).is_ok_and(|now| now == content);
            // A server that was restarted no longer knows the open file.
            if written.is_err()
                && is_own()
                && let Ok(again) = OpenOptions::new().write(true).open(&path)
            {
                file = again;
            }
        }
    };
    let thread = std::thread::Builder::new().name("lock".to_owned()).spawn(renew).ok()?;
    Some((stop, thread))
}

/// Waits for another process.
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}
