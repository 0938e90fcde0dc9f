//! Downloading one file from the hub into the cache.

use std::fs::{File, TryLockError};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::transfer::{self, Meter, TransferError};
use super::{HubModel, HubOptions};
use crate::base::{At, FileError};
use crate::vision::VisionError;

/// Interval at which the observer is called while nothing happens.
const TICK: Duration = Duration::from_millis(80);

/// Progress of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubProgress {
    /// The file's name.
    pub file: String,
    /// Bytes downloaded, including those of an earlier attempt.
    pub done: u64,
    /// Total bytes; 0 until the hub has reported it.
    pub total: u64,
}

/// Why a download failed.
pub(super) enum DownloadError {
    /// The hub has no such file.
    Absent,
    /// The observer asked to stop.
    Cancelled,
    /// Anything else, as a message.
    Failed(String),
}

enum Outcome {
    Done(PathBuf),
    Failed(DownloadError),
    /// The partial download cannot be resumed.
    BadPartial,
}

type Observer<'a> = &'a mut dyn FnMut(HubProgress) -> ControlFlow<()>;

/// Waits until no other process downloads the same model; dropping the file releases the lock.
pub(super) fn lock(cache: &Path, model: &str, observe: Observer<'_>) -> Result<File, VisionError> {
    let folder = cache.join(".locks").join(model);
    std::fs::create_dir_all(&folder).at(&folder)?;
    let path = folder.join("crossrank.lock");
    let file = File::create(&path).at(&path)?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(FileError::io(error, &path).into()),
            Err(TryLockError::WouldBlock) => {
                let waiting = HubProgress { file: "the other download".to_string(), done: 0, total: 0 };
                if observe(waiting).is_break() {
                    return Err(VisionError::Cancelled);
                }
                std::thread::sleep(TICK);
            }
        }
    }
}

/// Downloads a file into the cache and returns its path there.
pub(super) fn download(
    options: &HubOptions,
    model: &HubModel,
    file: &str,
    observe: Observer<'_>,
) -> Result<PathBuf, DownloadError> {
    for _ in 0..2 {
        let shared = Arc::new(Shared::default());
        match attempt(options, model, file, &shared, observe) {
            Outcome::Failed(error) => return Err(error),
            Outcome::Done(path) if is_whole(&path, &shared) => return Ok(path),
            // A hub that ignores the range of a resumed download sends the whole file again.
            Outcome::Done(path) => discard(&path),
            Outcome::BadPartial => {}
        }
        let blobs = options.cache.join(model.folder_name()).join("blobs");
        clear_partials(&blobs, shared.total.load(Ordering::Relaxed));
    }
    Err(DownloadError::Failed(format!("{} sent {file} in a different size than announced", options.endpoint)))
}

/// State shared by the downloading and the waiting thread.
#[derive(Default)]
struct Shared {
    done: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
}

impl Meter for Shared {
    fn begin(&self, size: u64, there: u64) {
        self.total.store(size, Ordering::Relaxed);
        self.done.store(there, Ordering::Relaxed);
    }

    fn advance(&self, bytes: usize) -> bool {
        self.done.fetch_add(bytes as u64, Ordering::Relaxed);
        !self.stop.load(Ordering::Relaxed)
    }
}

/// The client blocks while the server is silent, so it runs in a separate thread. A cancelled thread stops when the
/// next bytes arrive; it is not joined.
fn attempt(options: &HubOptions, model: &HubModel, file: &str, shared: &Arc<Shared>, observe: Observer<'_>) -> Outcome {
    let (sender, receiver) = channel();
    let (meter, asked, model, name) = (shared.clone(), options.clone(), model.clone(), file.to_owned());
    let work = move || {
        let fetched = transfer::fetch(&asked, &model, &name, &*meter);
        // After a stop the receiver is gone.
        let _ = sender.send(fetched.map_or_else(|error| outcome(error, &asked), Outcome::Done));
    };
    let failed = |message: String| Outcome::Failed(DownloadError::Failed(message));
    if let Err(error) = std::thread::Builder::new().name("hub".to_string()).spawn(work) {
        return failed(error.to_string());
    }
    let progress = || HubProgress {
        file: file.to_string(),
        done: shared.done.load(Ordering::Relaxed),
        total: shared.total.load(Ordering::Relaxed),
    };
    let mut moved = (Instant::now(), progress());
    loop {
        let now = progress();
        if now != moved.1 {
            moved = (Instant::now(), now.clone());
        }
        if observe(now).is_break() {
            shared.stop.store(true, Ordering::Relaxed);
            // It usually ends at once, so the next call finds the file unlocked.
            let _ = receiver.recv_timeout(TICK);
            return Outcome::Failed(DownloadError::Cancelled);
        }
        match receiver.recv_timeout(TICK) {
            Ok(answer) => {
                if matches!(answer, Outcome::Done(_)) && observe(progress()).is_break() {
                    return Outcome::Failed(DownloadError::Cancelled);
                }
                return answer;
            }
            Err(RecvTimeoutError::Timeout) if moved.0.elapsed() < options.patience => {}
            Err(RecvTimeoutError::Timeout) => {
                shared.stop.store(true, Ordering::Relaxed);
                let seconds = options.patience.as_secs();
                return failed(format!("{} has sent nothing for {seconds} s", options.endpoint));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return failed(format!("invalid response from {}", options.endpoint));
            }
        }
    }
}

fn outcome(error: TransferError, options: &HubOptions) -> Outcome {
    let endpoint = &options.endpoint;
    let message = match error {
        TransferError::Status(404) => return Outcome::Failed(DownloadError::Absent),
        TransferError::Stopped => return Outcome::Failed(DownloadError::Cancelled),
        // With status 416 the partial file is at least as long as the whole.
        TransferError::BadPartial | TransferError::Status(416) => return Outcome::BadPartial,
        TransferError::Status(status @ (401 | 403)) => {
            let unsent = options.token.is_some() && !endpoint.starts_with("https://");
            let token =
                if unsent { "the token is only sent over https" } else { "HF_TOKEN must hold a token with access" };
            format!("{endpoint} refuses access ({status}): it does not exist, or {token}")
        }
        TransferError::Status(status) => format!("{endpoint} responded with error {status}"),
        TransferError::Unreachable(reason) => format!("{endpoint} cannot be reached ({reason})"),
        TransferError::Response(reason) => format!("invalid response from {endpoint} ({reason})"),
        TransferError::Busy => "another program is downloading it".to_owned(),
        TransferError::Io(error) => format!("the download from {endpoint} was cut off ({error})"),
    };
    Outcome::Failed(DownloadError::Failed(message))
}

fn is_whole(path: &Path, shared: &Shared) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.len() == shared.total.load(Ordering::Relaxed))
}

/// Removes a file from the cache: the link and its target.
fn discard(path: &Path) {
    let content = std::fs::canonicalize(path);
    // If removal fails, the wrong size is detected again next time.
    let _ = std::fs::remove_file(path);
    let _ = content.and_then(std::fs::remove_file);
}

/// Removes partial downloads that are at least as long as the whole file.
fn clear_partials(blobs: &Path, total: u64) {
    let entries = std::fs::read_dir(blobs).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|part| part == "part")) {
        if std::fs::metadata(&path).is_ok_and(|meta| meta.len() >= total) {
            let _ = std::fs::remove_file(&path);
        }
    }
}
