//! One file from the hub into the cache.

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

use super::{HubModel, HubOptions, HubProgress};
use crate::base::{At, FileError};
use crate::vision::VisionError;

/// How long nothing may happen before the observer is asked again.
const TICK: Duration = Duration::from_millis(80);

/// Why a file did not come.
pub(super) enum Trouble {
    /// The hub has no such file.
    Absent,
    /// The observer asked to stop.
    Cancelled,
    /// Anything else, for people.
    Failed(String),
}

enum Answer {
    Came(PathBuf),
    Trouble(Trouble),
    /// What an earlier download left cannot be gone on with.
    BadRemainder,
}

type Observer<'a> = &'a mut dyn FnMut(HubProgress) -> ControlFlow<()>;

/// Waits until no other process downloads the same model; the lock ends with the value.
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

/// Downloads a file into the cache and gives back its place there.
pub(super) fn download(
    options: &HubOptions,
    model: &HubModel,
    file: &str,
    observe: Observer<'_>,
) -> Result<PathBuf, Trouble> {
    for _ in 0..2 {
        let shared = Arc::new(Shared::default());
        match attempt(options, model, file, &shared, observe) {
            Answer::Trouble(trouble) => return Err(trouble),
            Answer::Came(path) if is_whole(&path, &shared) => return Ok(path),
            // A hub that does not heed where a download is to go on sends all of it again.
            Answer::Came(path) => discard(&path),
            Answer::BadRemainder => {}
        }
        let blobs = options.cache.join(model.on_hub().folder_name()).join("blobs");
        clear_remainders(&blobs, shared.total.load(Ordering::Relaxed));
    }
    Err(Trouble::Failed(format!("{} sent {file} in another size than it told", options.endpoint)))
}

/// What the thread that downloads and the one that waits know of each other.
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
            // The client has no other way out of a download. This is no panic that anybody is told of: it ends the
            // thread, and lets go of the connection and of the file on the way.
            std::panic::resume_unwind(Box::new("stopped"));
        }
        self.0.done.fetch_add(size as u64, Ordering::Relaxed);
    }

    fn finish(&mut self) {}
}

/// The client blocks for as long as the other side says nothing, so it runs in a thread of its own. A thread that is to
/// stop does so with the next bytes that arrive; it is not waited for.
fn attempt(options: &HubOptions, model: &HubModel, file: &str, shared: &Arc<Shared>, observe: Observer<'_>) -> Answer {
    let (sender, receiver) = channel();
    let meter = Meter(shared.clone());
    let (repo, name, asked) = (model.on_hub(), file.to_string(), options.clone());
    let work = move || {
        let builder = ApiBuilder::from_cache(Cache::new(asked.cache.clone()));
        let builder = builder.with_endpoint(asked.endpoint.clone()).with_token(asked.token.clone());
        let api = builder.with_user_agent("crossrank", env!("CARGO_PKG_VERSION")).build();
        let came = api.and_then(|api| api.repo(repo).download_with_progress(&name, meter));
        // Nobody listens any more after a stop.
        let _ = sender.send(came.map_or_else(|error| answer(error, &asked.endpoint), Answer::Came));
    };
    let failed = |message: String| Answer::Trouble(Trouble::Failed(message));
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
            // Most often it ends at once, and the next call finds the file free.
            let _ = receiver.recv_timeout(TICK);
            return Answer::Trouble(Trouble::Cancelled);
        }
        match receiver.recv_timeout(TICK) {
            Ok(answer) => {
                if matches!(answer, Answer::Came(_)) && observe(progress()).is_break() {
                    return Answer::Trouble(Trouble::Cancelled);
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
                return failed(format!("the answer of {} makes no sense", options.endpoint));
            }
        }
    }
}

fn answer(error: ApiError, endpoint: &str) -> Answer {
    let failed = |message: String| Answer::Trouble(Trouble::Failed(message));
    match error {
        ApiError::RequestError(error) => {
            let text = error.to_string();
            match error.into_response().map(|response| response.status()) {
                Some(404) => Answer::Trouble(Trouble::Absent),
                // There is nothing behind the end of what is already here.
                Some(416) => Answer::BadRemainder,
                Some(status @ (401 | 403)) => failed(format!(
                    "{endpoint} refuses it ({status}): it does not exist, or HF_TOKEN must name who may have it"
                )),
                Some(status) => failed(format!("{endpoint} answers with the error {status}")),
                // The text begins with the address of the file.
                None => {
                    let reason = text.split_once(": ").map_or(text.as_str(), |(_, reason)| reason);
                    failed(format!("{endpoint} cannot be reached ({reason})"))
                }
            }
        }
        ApiError::InvalidResume => Answer::BadRemainder,
        ApiError::LockAcquisition(_) => failed("another program is downloading it".to_string()),
        ApiError::IoError(error) => failed(format!("the download from {endpoint} was cut off ({error})")),
        other => failed(format!("the answer of {endpoint} makes no sense ({other})")),
    }
}

fn is_whole(path: &Path, shared: &Shared) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.len() == shared.total.load(Ordering::Relaxed))
}

/// Removes a file from the cache: the link that names it and what that leads to.
fn discard(path: &Path) {
    let content = std::fs::canonicalize(path);
    // What cannot be removed is found to be of the wrong size again.
    let _ = std::fs::remove_file(path);
    let _ = content.and_then(std::fs::remove_file);
}

/// Removes what earlier downloads left that is at least as long as the whole file.
fn clear_remainders(blobs: &Path, total: u64) {
    let entries = std::fs::read_dir(blobs).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|part| part == "part")) {
        if std::fs::metadata(&path).is_ok_and(|meta| meta.len() >= total) {
            let _ = std::fs::remove_file(&path);
        }
    }
}
