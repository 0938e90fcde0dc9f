//! Who watches a training, and may end it. Each method lets the work go on unless it is written otherwise.

use std::ops::ControlFlow;

use super::{EpochReport, Standing};
use crate::model::{Network, RankingInput};

/// Watches one training.
pub trait Observer {
    /// Asked before the first batch of an epoch (`done` = 0) and after every batch. A break ends the run; the epoch at
    /// hand is dropped.
    fn batch(&mut self, _done: usize, _total: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Called after every epoch; `model` has that epoch's weights. A break ends the run.
    fn epoch(&mut self, _report: &EpochReport, _model: &Network) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Shown after every epoch, before [`Observer::epoch`], where the training stands. A break ends the run.
    fn standing(&mut self, _: &Standing<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Watches a whole run: reading, preparing, one or two trainings.
pub trait RunObserver {
    /// Some steps of a stage are done. A break ends the run.
    fn step(&mut self, _stage: &str, _done: usize, _total: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// An epoch has ended; `model` holds its weights. A break ends the run.
    fn epoch(&mut self, _report: &EpochReport, _model: &Network, _inputs: &[RankingInput]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Watches nothing: the work runs to its end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Observer for Quiet {}

impl RunObserver for Quiet {}
