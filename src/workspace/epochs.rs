//! The shown run as it was after its earlier epochs.

mod apply;

use super::session::ModelScores;
use crate::jobs::Slot;
use std::path::PathBuf;

/// What was kept of a run, measured.
pub struct ReadEpochs {
    /// From one regularly kept epoch to the next.
    stride: usize,
    /// Epochs in ascending order, and how the network ranked then.
    epochs: Vec<(usize, ModelScores)>,
}

/// Why no epochs can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoEpochs {
    /// No run is shown, or it is still in training.
    NoRun,
    /// They are being read.
    Reading,
    /// The run kept none.
    NoneKept,
    /// They cannot be read or do not belong to the data as they are now, with the reason.
    Failed(String),
}

/// Which run the epochs are read for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    run: PathBuf,
    generation: u64,
}

/// The kept epochs of the shown run, and which one is shown.
#[derive(Default)]
pub struct Epochs {
    job: Slot<(), Option<ReadEpochs>>,
    asked: Option<Asked>,
    found: Option<Result<Option<ReadEpochs>, String>>,
    chosen: Option<usize>,
    /// How the run itself ranks, while an epoch is shown.
    own: Option<ModelScores>,
    /// The scores that were set last, here or for the run itself; others mean that another run is shown.
    model: u64,
}

impl Epochs {
    /// The epoch that is shown; `None` for the run itself.
    pub fn chosen(&self) -> Option<usize> {
        self.chosen
    }

    /// The numbers of the kept epochs, in ascending order; none without any.
    pub fn kept(&self) -> impl DoubleEndedIterator<Item = usize> + Clone {
        let found = self.found.as_ref().and_then(|found| found.as_ref().ok()?.as_ref());
        found.map_or(&[][..], |found| &found.epochs).iter().map(|(epoch, _)| *epoch)
    }

    /// From one regularly kept epoch to the next: 1 if all were kept.
    pub fn stride(&self) -> usize {
        let found = self.found.as_ref().and_then(|found| found.as_ref().ok()?.as_ref());
        found.map_or(1, |found| found.stride)
    }

    /// Why none can be shown, if none can.
    pub fn obstacle(&self) -> Option<NoEpochs> {
        match &self.found {
            None if self.job.is_running() => Some(NoEpochs::Reading),
            None => Some(NoEpochs::NoRun),
            Some(Err(reason)) => Some(NoEpochs::Failed(reason.clone())),
            Some(Ok(None)) => Some(NoEpochs::NoneKept),
            Some(Ok(Some(_))) => None,
        }
    }

    /// The kept epoch nearest to this number; the earlier of two.
    pub fn nearest(&self, epoch: f64) -> Option<usize> {
        self.kept().min_by(|a, b| (*a as f64 - epoch).abs().total_cmp(&(*b as f64 - epoch).abs()))
    }

    /// The next kept epoch after this one, or before it.
    pub fn step(&self, from: usize, later: bool) -> Option<usize> {
        match later {
            true => self.kept().find(|&epoch| epoch > from),
            false => self.kept().rev().find(|&epoch| epoch < from),
        }
    }

    /// How the network ranked after a kept epoch.
    fn scores(&self, epoch: usize) -> Option<&ModelScores> {
        let found = self.found.as_ref()?.as_ref().ok()?.as_ref()?;
        found.epochs.iter().find(|(kept, _)| *kept == epoch).map(|(_, scores)| scores)
    }

    /// The scores of a query's candidates after a kept epoch.
    pub(super) fn scores_of(&self, epoch: usize, query: usize) -> Option<Vec<f32>> {
        self.scores(epoch)?.scores.get(query).cloned()
    }

    /// Whether they are being read.
    pub(super) fn is_reading(&self) -> bool {
        self.job.is_running()
    }
}
