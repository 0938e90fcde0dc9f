//! Progress of a run.

use crate::cli::interrupt::Interrupt;
use crate::cli::output::note;
use crate::cli::progress::Progress;
use crate::eval::Measure;
use crate::model::{Network, RankingInput};
use crate::train::{EpochReport, Experiment, RunObserver};
use std::ops::ControlFlow;

/// Shows each epoch.
pub(super) struct Watcher<'a> {
    progress: &'a mut Progress,
    interrupt: &'a Interrupt,
    /// Name of the training stage, with the seed if there are several.
    training: String,
    epoch: usize,
    epochs: usize,
    detail: String,
}

impl<'a> Watcher<'a> {
    pub fn new(progress: &'a mut Progress, interrupt: &'a Interrupt, experiment: &Experiment, several: bool) -> Self {
        let training = match several {
            true => format!("Training with seed {}", experiment.training.seed),
            false => "Training".to_owned(),
        };
        Self { progress, interrupt, training, epoch: 0, epochs: experiment.training.epochs, detail: String::new() }
    }

    /// For a run that already has this many epochs.
    pub fn after(mut self, epochs: usize) -> Self {
        self.epoch = epochs;
        self
    }
}

impl Watcher<'_> {
    fn flow(&self) -> ControlFlow<()> {
        if self.interrupt.is_requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl RunObserver for Watcher<'_> {
    fn step(&mut self, stage: &str, done: usize, total: usize) -> ControlFlow<()> {
        match stage {
            "Training" => self.progress.step(&self.training, self.epoch, self.epochs, &self.detail),
            _ => self.progress.step(stage, done, total, ""),
        }
        self.flow()
    }

    fn notice(&mut self, text: &str) {
        self.progress.finish();
        note(text);
    }

    fn epoch(&mut self, report: &EpochReport, _: &Network, _: &[RankingInput]) -> ControlFlow<()> {
        self.epoch = report.epoch;
        let value = report.validation.get(Measure::Map).unwrap_or_default();
        self.detail = format!("{} {value:.4}, best epoch {}", Measure::Map.label(), report.best_epoch);
        if report.retraining {
            self.progress.line(&format!("{}, epoch {} on train and validation", self.training, self.epoch));
        } else {
            self.progress.step(&self.training, self.epoch, self.epochs, &self.detail);
            let of = format!("epoch {} of {}", self.epoch, self.epochs);
            self.progress.line(&format!("{}, {of}: {}", self.training, self.detail));
        }
        self.flow()
    }
}
