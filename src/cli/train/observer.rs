//! Following a run.

use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Progress;
use crate::eval::Measure;
use crate::model::{Network, RankingInput};
use crate::train::{EpochReport, Experiment, RunObserver};
use std::ops::ControlFlow;

/// Tells of each epoch.
pub(super) struct Watcher<'a> {
    progress: &'a mut Progress,
    interrupt: &'a Interrupt,
    /// What the training stage is called; it names the seed where there are several.
    training: String,
    epoch: usize,
    epochs: usize,
    more: String,
}

impl<'a> Watcher<'a> {
    pub fn new(progress: &'a mut Progress, interrupt: &'a Interrupt, experiment: &Experiment, several: bool) -> Self {
        let training = match several {
            true => format!("Training with seed {}", experiment.training.seed),
            false => "Training".to_owned(),
        };
        Self { progress, interrupt, training, epoch: 0, epochs: experiment.training.epochs, more: String::new() }
    }

    /// For a run that has finished this number of epochs.
    pub fn after(mut self, epochs: usize) -> Self {
        self.epoch = epochs;
        self
    }
}

impl Watcher<'_> {
    fn flow(&self) -> ControlFlow<()> {
        if self.interrupt.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl RunObserver for Watcher<'_> {
    fn step(&mut self, stage: &str, done: usize, total: usize) -> ControlFlow<()> {
        match stage {
            "Training" => self.progress.step(&self.training, self.epoch, self.epochs, &self.more),
            _ => self.progress.step(stage, done, total, ""),
        }
        self.flow()
    }

    fn epoch(&mut self, report: &EpochReport, _: &Network, _: &[RankingInput]) -> ControlFlow<()> {
        self.epoch = report.epoch;
        let value = report.validation.get(Measure::Map).unwrap_or_default();
        self.more = format!("{} {value:.4}, best epoch {}", Measure::Map.label(), report.best_epoch);
        if !report.retraining {
            self.progress.step(&self.training, self.epoch, self.epochs, &self.more);
        }
        self.flow()
    }
}
