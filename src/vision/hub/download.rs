//! Downloading one file from the hub into the cache.

use std::fs::{File, TryLockError};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use hf_hub::Cache;
use hf_hub::api::Progress;
use hf_hub::api::sync::{ApiBuilder, ApiError};

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
        let blobs = options.cache.join(model.on_hub().folder_name()).join("blobs");
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

struct Meter(Arc<Shared>);

impl Progress for Meter {
    fn init(&mut self, size: usize, _file: &str) {
        self.0.total.store(size as u64, Ordering::Relaxed);
        self.0.done.store(0, Ordering::Relaxed);
    }

    fn update(&mut self, size: usize) {
        if self.0.stop.load(Ordering::Relaxed) {
            // The client offers no other way to abort a download. This unwinds without a panic message: it ends the
            // thread and releases the connection and the file.
            std::panic::resume_unwind(Box::new("stopped"));
        }
        self.0.done.fetch_add(size as u64, Ordering::Relaxed);
    }

    fn finish(&mut self) {}
}

/// The client blocks while the server is silent, so it runs in a separate thread. A cancelled thread stops when the
/// next bytes arrive; it is not joined.
fn attempt(options: &HubOptions, model: &HubModel, file: &str, shared: &Arc<Shared>, observe: Observer<'_>) -> Outcome {
    let (sender, receiver) = channel();
    let meter = Meter(shared.clone());
    let (repo, name, asked) = (model.on_hub(), file.to_string(), options.clone());
    let work = move || {
        let builder = ApiBuilder::from_cache(Cache::new(asked.cache.clone()));
        let builder = builder.with_endpoint(asked.endpoint.clone()).with_token(asked.token.clone());
        let api = builder.with_user_agent("crossrank", env!("CARGO_PKG_VERSION")).build();
        let fetched = api.and_then(|api| api.repo(repo).download_with_progress(&name, meter));
        // After a stop the receiver is gone.
        let _ = sender.send(fetched.map_or_else(|error| outcome(error, &asked.endpoint), Outcome::Done));
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

fn outcome(error: ApiError, endpoint: &str) -> Outcome {
    let failed = |message: String| Outcome::Failed(DownloadError::Failed(message));
    match error {
        ApiError::RequestError(error) => {
            let text = error.to_string();
            match error.into_response().map(|response| response.status()) {
                Some(404) => Outcome::Failed(DownloadError::Absent),
                // The partial file is at least as long as the whole.
                Some(416) => Outcome::BadPartial,
                Some(status @ (401 | 403)) => failed(format!(
                    "{endpoint} refuses access ({status}): it does not exist, or HF_TOKEN must hold a token with access"
                )),
                Some(status) => failed(format!("{endpoint} responded with error {status}")),
                // The text begins with the file's URL.
                None => {
                    let reason = text.split_once(": ").map_or(text.as_str(), |(_, reason)| reason);
                    failed(format!("{endpoint} cannot be reached ({reason})"))
                }
            }
        }
        ApiError::InvalidResume => Outcome::BadPartial,
        ApiError::LockAcquisition(_) => failed("another program is downloading it".to_string()),
        ApiError::IoError(error) => failed(format!("the download from {endpoint} was cut off ({error})")),
        other => failed(format!("invalid response from {endpoint} ({other})")),
    }
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
