//! A slot for one job at a time.

use super::{Event, Job, JobError, Wake, Worker};
use crate::base::Progress;
use std::time::Duration;

/// A slot for one job: starting another retires the previous one, and a job that has ended leaves the slot empty.
pub struct Slot<E, T> {
    job: Option<Job<E, T>>,
}

impl<E, T> Default for Slot<E, T> {
    fn default() -> Self {
        Self { job: None }
    }
}

impl<E: Send + 'static, T: Send + 'static> Slot<E, T> {
    /// Starts `work` in a thread called `name` (see [`Job::spawn`]); any job running in the slot is retired.
    pub fn start(
        &mut self,
        name: impl Into<String>,
        wake: Wake,
        work: impl FnOnce(&Worker<E, T>) -> Result<T, JobError> + Send + 'static,
    ) {
        self.retire();
        self.job = Some(Job::spawn(name, wake, work));
    }

    /// The next event of the job, if there is one. After [`Event::Done`] or [`Event::Failed`] the slot is empty.
    pub fn poll(&mut self) -> Option<Event<E, T>> {
        let event = self.job.as_mut()?.poll()?;
        if matches!(event, Event::Done(_) | Event::Failed(_)) {
            self.job = None;
        }
        Some(event)
    }

    /// What became of the job, once it has ended; not if it was cancelled. Progress and updates are passed over.
    pub fn ended(&mut self) -> Option<Result<T, JobError>> {
        loop {
            match self.poll()? {
                Event::Done(value) => return Some(Ok(value)),
                Event::Failed(JobError::Cancelled) | Event::Progress(_) | Event::Update(_) => {}
                Event::Failed(error) => return Some(Err(error)),
            }
        }
    }
}

impl<E, T> Slot<E, T> {
    /// Whether a job is running.
    pub fn is_running(&self) -> bool {
        self.job.is_some()
    }

    /// The job's progress.
    pub fn progress(&self) -> Option<&Progress> {
        self.job.as_ref().map(Job::progress)
    }

    /// The job's progress, and how long it has been running without pauses.
    pub fn worked(&self) -> Option<(&Progress, Duration)> {
        self.job.as_ref().map(|job| (job.progress(), job.worked()))
    }

    /// Asks the job to end; its end is still reported.
    pub fn cancel(&self) {
        if let Some(job) = &self.job {
            job.cancel();
        }
    }

    /// Pauses or resumes the job.
    pub fn pause(&self, pause: bool) {
        if let Some(job) = &self.job {
            job.pause(pause);
        }
    }

    /// Whether the job is paused.
    pub fn is_paused(&self) -> bool {
        self.job.as_ref().is_some_and(Job::is_paused)
    }

    /// Empties the slot without waiting, when the result is no longer needed.
    pub fn retire(&mut self) {
        if let Some(job) = self.job.take() {
            job.retire();
        }
    }

    /// Takes the job out, to be polled elsewhere.
    pub fn take(&mut self) -> Option<Job<E, T>> {
        self.job.take()
    }
}

/// Dropping a slot retires its job rather than waiting for it.
impl<E, T> Drop for Slot<E, T> {
    fn drop(&mut self) {
        self.retire();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::mpsc::channel;

    fn end<T: Send + 'static>(slot: &mut Slot<(), T>) -> Event<(), T> {
        loop {
            match slot.poll() {
                Some(event @ (Event::Done(_) | Event::Failed(_))) => return event,
                _ => std::thread::yield_now(),
            }
        }
    }

    #[test]
    fn a_job_that_ended_leaves_the_slot_empty() {
        let mut slot = Slot::default();
        slot.start("seven", Arc::new(|| {}), |_| Ok(7));
        assert!(slot.is_running());
        assert!(matches!(end(&mut slot), Event::Done(7)));
        assert!(!slot.is_running() && slot.poll().is_none());
    }

    #[test]
    fn another_start_retires_the_job_before() {
        let mut slot = Slot::default();
        let (ended, end_of_first) = channel();
        slot.start("first", Arc::new(|| {}), move |worker| {
            while !worker.is_cancelled() {
                std::thread::yield_now();
            }
            let _ = ended.send(());
            Ok(1)
        });
        slot.start("second", Arc::new(|| {}), |_| Ok(2));
        assert!(matches!(end(&mut slot), Event::Done(2)), "only the second reports");
        end_of_first.recv().expect("the first was asked to end");
    }

    #[test]
    fn being_cancelled_is_not_a_failure() {
        let mut slot: Slot<(), ()> = Slot::default();
        slot.start("waits", Arc::new(|| {}), |worker| {
            while !worker.is_cancelled() {
                std::thread::yield_now();
            }
            Err(JobError::Cancelled)
        });
        slot.cancel();
        assert!(matches!(end(&mut slot), Event::Failed(JobError::Cancelled)));
    }

    #[test]
    fn an_end_is_seen_past_progress_and_a_cancelled_job_has_none() {
        let mut slot = Slot::<(), i32>::default();
        let mut ended = |work: fn(&Worker<(), i32>) -> Result<i32, JobError>| {
            slot.start("work", Arc::new(|| {}), work);
            while slot.is_running() {
                if let Some(ended) = slot.ended() {
                    return Some(ended);
                }
                std::thread::yield_now();
            }
            None
        };
        let done = ended(|worker| worker.stage("Working", 1, 2).map(|()| 7));
        assert!(matches!(done, Some(Ok(7))));
        assert!(matches!(ended(|_| Err(JobError::Failed("no".to_owned()))), Some(Err(JobError::Failed(_)))));
        assert!(ended(|_| Err(JobError::Cancelled)).is_none());
    }
}
