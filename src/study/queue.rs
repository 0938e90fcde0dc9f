//! The trials that are still to be done.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Trials by their index, each with whether another process was found to be training it.
pub(super) struct Queue(Mutex<VecDeque<(usize, bool)>>);

impl Queue {
    /// Of these trials, in their order.
    pub(super) fn of(open: Vec<usize>) -> Self {
        Self(Mutex::new(open.into_iter().map(|at| (at, false)).collect()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.locked().is_empty()
    }

    /// The next trial. Those of other processes come last.
    pub(super) fn next(&self) -> Option<(usize, bool)> {
        self.locked().pop_front()
    }

    /// Leaves a trial to another process until all others are done.
    pub(super) fn put_off(&self, at: usize) {
        self.locked().push_back((at, true));
    }

    fn locked(&self) -> MutexGuard<'_, VecDeque<(usize, bool)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
