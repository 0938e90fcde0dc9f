//! The trainings of one run: each epoch is saved before it is reported.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use super::kept::EpochKeeper;
use super::run_folder::{FIRST_STATE, RunFolder, SECOND_STATE, START};
use super::warm_start::{before_training, read_start};
use super::{
    EpochReport, Observer, Outcome, RunObserver, Standing, Stop, TrainConfig, TrainData, TrainError, TrainState,
    retrain, train_from,
};
use crate::base::Lock;
use crate::dataset::Split;
use crate::model::{Network, NetworkConfig, Weights};

/// The saved states of a run's trainings.
#[derive(Default)]
pub(super) struct Saved {
    first: Option<TrainState>,
    second: Option<TrainState>,
    /// The state before the first epoch, if the weights are those of another run.
    start: Option<TrainState>,
}

impl Saved {
    /// From a run's folder.
    ///
    /// # Errors
    /// If there is no state of the first training, or a file is damaged.
    pub(super) fn read(folder: &Path) -> Result<Self, TrainError> {
        let first = folder.join(FIRST_STATE);
        if !first.is_file() {
            return Err(TrainError::NoState { file: FIRST_STATE, path: folder.to_owned() });
        }
        let second = folder.join(SECOND_STATE);
        // A damaged state of the second training only costs that training, which starts over.
        let second = second.is_file().then(|| TrainState::read(&second).ok()).flatten();
        let start = folder.join(START);
        let start = start.is_file().then(|| read_start(&start)).transpose()?;
        Ok(Self { first: Some(TrainState::read(&first)?), second, start })
    }

    /// Of a run that starts from these weights.
    pub(super) fn starting_from(weights: &Weights) -> Self {
        let start = Some(before_training(weights));
        Self { first: start.clone(), second: None, start }
    }

    /// Number of epochs of the first training.
    pub(super) fn epochs(&self) -> usize {
        self.first.as_ref().map_or(0, |state| state.history.len())
    }

    /// Number of epochs of all trainings.
    pub(super) fn all_epochs(&self) -> usize {
        self.epochs() + self.second.as_ref().map_or(0, |state| state.history.len())
    }

    /// Its epochs.
    pub(super) fn history(&self) -> Vec<EpochReport> {
        self.first.as_ref().map(|state| state.history.clone()).unwrap_or_default()
    }
}

/// The epochs of a run's first training, from which it can be continued.
///
/// # Errors
/// If there is no state to continue from, or it is damaged.
pub fn saved_history(folder: &Path) -> Result<Vec<EpochReport>, TrainError> {
    Ok(Saved::read(folder)?.history())
}

/// The result of a run's trainings.
pub(super) struct Trained {
    /// The final network, and all epochs.
    pub(super) outcome: Outcome,
    /// If that was trained on the validation queries too, the network that had not seen them.
    pub(super) chosen: Option<Network>,
}

/// Writes each epoch to the run's folder before it is reported.
pub(super) struct RunWriter<'a> {
    observer: &'a mut dyn RunObserver,
    folder: Option<&'a RunFolder>,
    lock: Option<&'a Lock>,
    inputs: &'a TrainData,
    /// Epochs so far, including those before an interruption.
    pub(super) epochs: usize,
    pub(super) failed: Option<TrainError>,
    second: Option<Second>,
    /// A state not yet written.
    pending: Option<TrainState>,
    /// When the last state was written, and how long it took.
    written: Option<(Instant, Duration)>,
    keeper: Option<EpochKeeper>,
}

/// A state is written once this many times the duration of the last write has passed. That is every epoch, except for
/// networks and data so small that writing would slow down training; a kill then costs a few milliseconds of epochs.
const PAUSE: u32 = 50;

/// The second training of a run.
struct Second {
    /// Number of epochs of the first.
    after: usize,
    /// Number of epochs to train: the best epoch of the first.
    epochs: usize,
    done: usize,
    note: String,
}

impl<'a> RunWriter<'a> {
    /// For a run that is saved in a locked folder, if in any, and keeps epochs there if there is a `keeper`.
    pub(super) fn new(
        observer: &'a mut dyn RunObserver,
        locked: Option<(&'a RunFolder, &'a Lock)>,
        inputs: &'a TrainData,
        keeper: Option<EpochKeeper>,
    ) -> Self {
        let (folder, lock) = locked.unzip();
        let (failed, second, pending, written) = (None, None, None, None);
        Self { observer, folder, lock, inputs, epochs: 0, failed, second, pending, written, keeper }
    }

    /// The first training, and the second if requested.
    ///
    /// # Errors
    /// As [`train_from`].
    pub(super) fn train(
        &mut self,
        network: &NetworkConfig,
        config: &TrainConfig,
        saved: Saved,
    ) -> Result<Trained, TrainError> {
        self.epochs = saved.epochs();
        let inputs = self.inputs;
        let first = train_from(inputs, network, config, saved.first.as_ref(), self);
        self.write_pending();
        let first = first?;
        self.close(network, (first.best_epoch, &first.model), first.history.len())?;
        let finished = self.failed.is_none() && first.stopped != Stop::Interrupted && first.best_epoch > 0;
        // Without validation queries, a second training would give the best epoch's network again.
        if !(config.retrain && finished && inputs.split.contains(&Split::Validation)) {
            return Ok(Trained { outcome: first, chosen: None });
        }
        let (after, epochs) = (first.history.len(), first.best_epoch);
        // Ignore the state of a second training that followed a different first one.
        let note = format!("{epochs} epochs after {after}");
        let state = saved.second.filter(|state| state.note == note);
        let done = state.as_ref().map_or(0, |state| state.history.len());
        self.second = Some(Second { after, epochs, done, note });
        if let Some(keeper) = &mut self.keeper {
            keeper.rewind(after + done);
        }
        if let Some(state) = &state {
            for report in &state.history {
                self.save_report(&self.numbered(report));
            }
        }
        let state = state.or(saved.start);
        let second = retrain(inputs, network, config, epochs, state.as_ref(), self);
        self.write_pending();
        let second = second?;
        let end = after + second.history.len();
        self.close(network, (end, &second.model), end)?;
        let mut history = first.history;
        history.extend(second.history.iter().map(|report| self.numbered(report)));
        let outcome = |model, stopped| Outcome { model, best_epoch: epochs, history, stopped };
        if second.stopped == Stop::Interrupted {
            return Ok(Trained { outcome: outcome(first.model, Stop::Interrupted), chosen: None });
        }
        Ok(Trained { outcome: outcome(second.model, first.stopped), chosen: Some(first.model) })
    }

    /// Keeps the best epoch and the last of a training that has ended.
    fn close(&mut self, network: &NetworkConfig, best: (usize, &Network), end: usize) -> Result<(), TrainError> {
        let Some(keeper) = self.keeper.as_mut().filter(|_| self.failed.is_none()) else { return Ok(()) };
        self.lock.map_or(Ok(()), Lock::check)?;
        keeper.close(network, &self.inputs.inputs, best, end)
    }

    /// A report as it is saved: those of the second training continue the numbering.
    fn numbered(&self, report: &EpochReport) -> EpochReport {
        match &self.second {
            None => report.clone(),
            Some(second) => {
                EpochReport { epoch: second.after + report.epoch, best_epoch: second.epochs, ..report.clone() }
            }
        }
    }

    fn save_report(&mut self, report: &EpochReport) {
        if let Some(Err(error)) = self.folder.map(|folder| folder.append(report)) {
            self.failed = Some(error.into());
        }
    }

    fn save(&mut self, standing: &Standing<'_>) -> Result<(), TrainError> {
        let Some(folder) = self.folder else { return Ok(()) };
        self.lock.map_or(Ok(()), Lock::check)?;
        let mut state = standing.state()?;
        if let Some(keeper) = &mut self.keeper {
            let epoch = self.second.as_ref().map_or(0, |second| second.after) + standing.history.len();
            keeper.offer(epoch, state.weights.clone(), standing.scores)?;
        }
        match &self.second {
            Some(second) => state.note.clone_from(&second.note),
            // Weights come first, so that a state with a best epoch never lacks them.
            None if standing.best.epoch == standing.history.len() => folder.checkpoint(standing.model)?,
            None => {}
        }
        self.pending = Some(state);
        if self.written.is_none_or(|(at, took)| at.elapsed() >= took * PAUSE) {
            self.write_pending();
        }
        Ok(())
    }

    /// Writes the last state if it has not been written.
    fn write_pending(&mut self) {
        let (Some(folder), Some(state)) = (self.folder, self.pending.take()) else { return };
        if let Err(error) = self.lock.map_or(Ok(()), Lock::check) {
            self.failed = Some(error.into());
            return;
        }
        let started = Instant::now();
        let name = if self.second.is_some() { SECOND_STATE } else { FIRST_STATE };
        if let Err(error) = folder.save_state(name, &state) {
            self.failed = Some(error.into());
        }
        self.written = Some((Instant::now(), started.elapsed()));
    }
}

impl Observer for RunWriter<'_> {
    fn batch(&mut self, done: usize, total: usize) -> ControlFlow<()> {
        if self.failed.is_some() {
            return ControlFlow::Break(());
        }
        match &self.second {
            None => self.observer.step("Training", done, total),
            Some(second) => self.observer.step("Retraining on train and validation", second.done, second.epochs),
        }
    }

    fn standing(&mut self, standing: &Standing<'_>) -> ControlFlow<()> {
        if let Err(error) = self.save(standing) {
            self.failed = Some(error);
        }
        if self.failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn epoch(&mut self, report: &EpochReport, model: &Network) -> ControlFlow<()> {
        self.epochs += 1;
        if let Some(second) = &mut self.second {
            second.done = report.epoch;
        }
        let report = self.numbered(report);
        self.save_report(&report);
        if self.failed.is_some() {
            return ControlFlow::Break(());
        }
        self.observer.epoch(&report, model, &self.inputs.inputs)
    }
}
