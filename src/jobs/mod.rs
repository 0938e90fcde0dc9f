//! Threads and nothing else.
//!
//! A [`Job`] runs one plain function in a named thread. It reports through a channel, polls a flag that asks it to
//! stop, and wakes the window through a callback. Dropping a job cancels it and waits for it; a worker that panics is
//! reported as failed, never as running for ever.

mod pool;
mod sequence;
mod slot;

pub use pool::Pool;
pub use sequence::Sequence;
pub use slot::Slot;

use crate::base::{Progress, give_memory_back};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A job that ran for longer than this has used enough memory to give it back at its end.
const LONG: Duration = Duration::from_millis(100);

/// Called from a worker when there is a new event.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// An event from a job to its owner.
#[derive(Debug)]
pub enum Event<E, T> {
    /// Progress.
    Progress(Progress),
    /// An intermediate result.
    Update(E),
    /// It succeeded.
    Done(T),
    /// It ended without a result.
    Failed(JobError),
}

/// Why a job ended without a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// It failed, with a message.
    #[error("{0}")]
    Failed(String),
}

impl From<String> for JobError {
    fn from(message: String) -> Self {
        Self::Failed(message)
    }
}

/// How long a job has been paused.
#[derive(Clone, Copy, Default)]
struct Pauses {
    since: Option<Instant>,
    before: Duration,
}

#[derive(Default)]
struct Control {
    cancelled: AtomicBool,
    paused: Mutex<bool>,
    pauses: Mutex<Pauses>,
    resumed: Condvar,
}

/// A worker's handle to its job.
pub struct Worker<E, T> {
    control: Arc<Control>,
    events: Sender<Event<E, T>>,
    wake: Wake,
}

impl<E, T> Worker<E, T> {
    /// Whether the work should end now. Blocks while the job is paused.
    pub fn is_cancelled(&self) -> bool {
        let Ok(mut paused) = self.control.paused.lock() else { return true };
        while *paused && !self.control.cancelled.load(Ordering::Relaxed) {
            match self.control.resumed.wait(paused) {
                Ok(guard) => paused = guard,
                Err(_) => return true,
            }
        }
        self.control.cancelled.load(Ordering::Relaxed)
    }

    /// Whether to continue, as the return value of observers.
    pub fn flow(&self) -> ControlFlow<()> {
        if self.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Waits so long, or until the job is cancelled; whether to continue.
    pub fn wait(&self, time: Duration) -> ControlFlow<()> {
        if let Ok(paused) = self.control.paused.lock() {
            let is_wanted = |_: &mut bool| !self.control.cancelled.load(Ordering::Relaxed);
            let _ = self.control.resumed.wait_timeout_while(paused, time, is_wanted);
        }
        self.flow()
    }

    /// Reports a stage of the work, and fails if the job is cancelled.
    ///
    /// # Errors
    /// [`JobError::Cancelled`].
    pub fn stage(&self, stage: &str, done: usize, total: usize) -> Result<(), JobError> {
        self.progress(Progress { stage: stage.to_owned(), done, total, ..Progress::default() });
        if self.is_cancelled() { Err(JobError::Cancelled) } else { Ok(()) }
    }

    /// Reports progress.
    pub fn progress(&self, progress: Progress) {
        self.send(Event::Progress(progress));
    }

    /// Reports an intermediate result.
    pub fn update(&self, update: E) {
        self.send(Event::Update(update));
    }

    fn send(&self, event: Event<E, T>) {
        // The owner may be gone; the cancel flag then ends the work soon.
        let _ = self.events.send(event);
        (self.wake)();
    }
}

/// One long task in its own thread.
pub struct Job<E, T> {
    name: String,
    control: Arc<Control>,
    events: Receiver<Event<E, T>>,
    thread: Option<JoinHandle<()>>,
    started: Instant,
    progress: Progress,
}

impl<E: Send + 'static, T: Send + 'static> Job<E, T> {
    /// Starts `work` in a thread called `name`.
    ///
    /// `work` must call [`Worker::is_cancelled`] often, at least once per batch.
    pub fn spawn(
        name: impl Into<String>,
        wake: Wake,
        work: impl FnOnce(&Worker<E, T>) -> Result<T, JobError> + Send + 'static,
    ) -> Self {
        let name = name.into();
        let control = Arc::new(Control::default());
        let (sender, events) = channel();
        let worker = Worker { control: control.clone(), events: sender, wake };
        let started = Instant::now();
        let run = move || {
            let end = match catch_unwind(AssertUnwindSafe(|| work(&worker))) {
                Ok(Ok(value)) => Event::Done(value),
                Ok(Err(error)) => Event::Failed(error),
                Err(panic) => Event::Failed(panic_message(panic.as_ref()).into()),
            };
            if started.elapsed() > LONG {
                give_memory_back();
            }
            worker.send(end);
        };
        let mut job =
            Self { name: name.clone(), control, events, thread: None, started, progress: Progress::default() };
        // If no thread can be started the channel is closed at once, and `poll` reports a failure.
        job.thread = std::thread::Builder::new().name(name).spawn(run).ok();
        job
    }

    /// The worker's next event, if there is one. After `Done` or `Failed` the job is over.
    pub fn poll(&mut self) -> Option<Event<E, T>> {
        match self.events.try_recv() {
            Ok(event) => {
                if let Event::Progress(progress) = &event {
                    self.progress = progress.clone();
                }
                Some(event)
            }
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => (self.thread.is_none() || self.is_finished())
                .then(|| Event::Failed(format!("{} could not run", self.name).into())),
        }
    }

    fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl<E, T> Job<E, T> {
    /// Asks the worker to end; does not wait.
    pub fn cancel(&self) {
        // Under the lock, or a worker between its check and its wait would miss the notification and sleep for ever.
        let guard = self.control.paused.lock();
        self.control.cancelled.store(true, Ordering::Relaxed);
        drop(guard);
        self.control.resumed.notify_all();
    }

    /// Asks the worker to end and detaches it: for work whose result is no longer needed, where waiting would delay a
    /// frame.
    pub fn retire(mut self) {
        self.cancel();
        // Without its handle the thread continues on its own until it next polls the flag.
        drop(self.thread.take());
    }

    /// Pauses the worker the next time it polls the flag, or resumes it.
    pub fn pause(&self, pause: bool) {
        if let Ok(mut paused) = self.control.paused.lock() {
            *paused = pause;
        }
        if let Ok(mut pauses) = self.control.pauses.lock() {
            match (pause, pauses.since) {
                (true, None) => pauses.since = Some(Instant::now()),
                (false, Some(since)) => {
                    *pauses = Pauses { since: None, before: pauses.before + since.elapsed() };
                }
                _ => {}
            }
        }
        self.control.resumed.notify_all();
    }

    /// Whether the job is paused.
    pub fn is_paused(&self) -> bool {
        self.control.paused.lock().is_ok_and(|paused| *paused)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Progress.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// How long it has been running: the time since it was started, without pauses.
    pub fn worked(&self) -> Duration {
        let pauses = self.control.pauses.lock().map(|pauses| *pauses).unwrap_or_default();
        let halted = pauses.before + pauses.since.map_or(Duration::ZERO, |since| since.elapsed());
        self.elapsed().saturating_sub(halted)
    }

    /// How long ago it was started.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl<E, T> Drop for Job<E, T> {
    fn drop(&mut self) {
        self.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    format!("internal error: {text}")
}
