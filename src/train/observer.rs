//! Observers, which follow training and can stop it. By default each method lets the work continue.

use std::ops::ControlFlow;

use super::{EpochReport, Standing};
use crate::model::{Network, RankingInput};

/// Observes one training.
pub trait Observer {
    /// Called before the first batch of an epoch (`done` = 0) and after every batch. A break stops training; the
    /// current epoch is discarded.
    fn batch(&mut self, _done: usize, _total: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Called after every epoch; `model` has that epoch's weights. A break stops training.
    fn epoch(&mut self, _report: &EpochReport, _model: &Network) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Called with the state of training after every epoch, before [`Observer::epoch`]. A break stops training.
    fn standing(&mut self, _: &Standing<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Observes a whole run: reading, preparing, one or two trainings.
pub trait RunObserver {
    /// Called as steps of a stage are done. A break stops the run.
    fn step(&mut self, _stage: &str, _done: usize, _total: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Called with something worth knowing, in a sentence.
    fn notice(&mut self, _text: &str) {}

    /// Called after every epoch; `model` has its weights. A break stops the run.
    fn epoch(&mut self, _report: &EpochReport, _model: &Network, _inputs: &[RankingInput]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Ignores everything and never stops.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Observer for Quiet {}

impl RunObserver for Quiet {}
