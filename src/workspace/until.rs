//! Observing a run from a job that tells nothing on the way.

use crate::jobs::Worker;
use crate::train::RunObserver;
use std::ops::ControlFlow;

/// Ends the work when its worker is cancelled.
pub(super) struct Until<'a, E, T>(pub(super) &'a Worker<E, T>);

impl<E, T> RunObserver for Until<'_, E, T> {
    fn step(&mut self, _: &str, _: usize, _: usize) -> ControlFlow<()> {
        self.0.flow()
    }
}
