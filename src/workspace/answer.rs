//! An answer worked out by a job, kept for as long as its question stays the same.

use crate::jobs::{JobError, Slot, Wake, Worker};

/// A question, the job that answers it, and the answer.
pub(super) struct Answer<Q, A> {
    job: Slot<(), A>,
    question: Option<Q>,
    found: Option<A>,
    problem: Option<String>,
}

impl<Q, A> Default for Answer<Q, A> {
    fn default() -> Self {
        Self { job: Slot::default(), question: None, found: None, problem: None }
    }
}

impl<Q: Clone + PartialEq, A: Send + 'static> Answer<Q, A> {
    /// Whether this question, or why there can be none, is the one that was last asked.
    pub(super) fn is_to(&self, question: &Result<Q, &'static str>) -> bool {
        match question {
            Ok(question) => self.question.as_ref() == Some(question),
            Err(problem) => self.question.is_none() && self.problem.as_deref() == Some(problem),
        }
    }

    /// Asks; returns the question if it is another than before, and is now to be worked out by [`Answer::start`].
    pub(super) fn ask(&mut self, question: Result<Q, &'static str>) -> Option<Q> {
        if self.is_to(&question) {
            return None;
        }
        self.forget();
        match question {
            Ok(question) => self.question.insert(question).clone().into(),
            Err(problem) => {
                self.problem = Some(problem.to_owned());
                None
            }
        }
    }

    /// Works out the answer.
    pub(super) fn start(
        &mut self,
        name: &str,
        wake: Wake,
        work: impl FnOnce(&Worker<(), A>) -> Result<A, JobError> + Send + 'static,
    ) {
        self.job.start(name, wake, work);
    }

    /// Receives the answer; `true` if anything changed. `failed` begins the sentence on a failure.
    pub(super) fn poll(&mut self, failed: &str) -> bool {
        match self.job.ended() {
            Some(Ok(found)) => self.found = Some(found),
            Some(Err(error)) => self.problem = Some(format!("{failed}: {error}")),
            None => return false,
        }
        true
    }

    /// The answer, once it is there.
    pub(super) fn found(&self) -> Option<&A> {
        self.found.as_ref()
    }

    /// The answer, to be changed.
    pub(super) fn found_mut(&mut self) -> Option<&mut A> {
        self.found.as_mut()
    }

    /// Why there is none, in a sentence.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Whether it is being worked out.
    pub(super) fn is_running(&self) -> bool {
        self.job.is_running()
    }

    /// Drops question and answer.
    pub(super) fn forget(&mut self) {
        self.job.retire();
        (self.question, self.found, self.problem) = (None, None, None);
    }
}
