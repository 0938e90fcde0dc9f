//! Reading the kept epochs of the shown run, and showing one of them.

use super::{Asked, Epochs, ReadEpochs};
use crate::jobs::{Event, JobError};
use crate::train;
use crate::workspace::session::ModelScores;
use crate::workspace::until::Until;
use crate::workspace::{LiveRun, Session, Workspace};
use std::path::Path;

impl LiveRun {
    /// The epoch that the run's own ranking comes from; 0 without any. After a second training, its last.
    pub fn own_epoch(&self) -> usize {
        match (self.record.retrained, self.history.last()) {
            (Some(_), Some(last)) => last.epoch,
            _ => self.record.best_epoch,
        }
    }
}

impl Workspace {
    /// The kept epochs of the shown run.
    pub fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    /// The epoch that is shown, the run's own included.
    pub fn shown_epoch(&self) -> Option<usize> {
        self.epochs.chosen.or_else(|| self.training.run().map(LiveRun::own_epoch)).filter(|&epoch| epoch > 0)
    }

    /// Whether an action on a run's epochs is possible: it is shown, and the epoch was kept.
    pub(in crate::workspace) fn can_show_epoch(&self, run: &Path, epoch: Option<usize>) -> bool {
        let is_of_run = self.epochs.asked.as_ref().is_some_and(|asked| asked.run == run);
        is_of_run && epoch.is_none_or(|epoch| self.epochs.scores(epoch).is_some())
    }

    pub(in crate::workspace) fn show_epoch(&mut self, run: &Path, epoch: Option<usize>) {
        let is_own = |live: &LiveRun| Some(live.own_epoch()) == epoch;
        let epoch = epoch.filter(|_| !self.training.run().is_some_and(is_own));
        if !self.can_show_epoch(run, epoch) || epoch == self.epochs.chosen {
            return;
        }
        let Some(session) = &mut self.session else { return };
        let of_epoch = epoch.and_then(|epoch| self.epochs.scores(epoch).cloned());
        let shown = match of_epoch {
            Some(scores) => {
                // The run's own rankings come back later.
                let before = session.model.take();
                self.epochs.own = self.epochs.own.take().or(before);
                Some(scores)
            }
            None => self.epochs.own.take(),
        };
        session.set_model(shown);
        self.epochs.chosen = epoch;
        self.epochs.model = session.model_version();
    }

    /// Keeps up with the shown run; `true` if anything changed.
    pub(in crate::workspace) fn poll_epochs(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.epochs.job.poll() {
            changed = true;
            match event {
                Event::Done(found) => self.epochs.found = Some(Ok(found)),
                Event::Failed(JobError::Failed(reason)) => self.epochs.found = Some(Err(reason)),
                Event::Failed(JobError::Cancelled) | Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed | self.read_epochs()
    }

    /// Reads the epochs of another run than before, once; `true` if there is one.
    fn read_epochs(&mut self) -> bool {
        let version = self.session.as_ref().map_or(0, Session::model_version);
        let shown = self.session.as_ref().zip(self.training.run()).filter(|(session, run)| {
            session.model.is_some() && !self.training.is_running() && !run.path.as_os_str().is_empty()
        });
        let asked = shown.map(|(session, run)| Asked { run: run.path.clone(), generation: session.generation });
        if asked == self.epochs.asked && (version == self.epochs.model || asked.is_none()) {
            return false;
        }
        self.epochs = Epochs { asked, model: version, ..Epochs::default() };
        let Some((session, run)) = shown else { return true };
        let (data, record, folder) = (session.data.clone(), run.record.clone(), run.path.clone());
        let wake = self.wake();
        self.epochs.job.start("epochs", wake, move |worker| {
            let data = train::data_of_run(&data, &record)?;
            let Some(found) = train::epoch_scores(&data, &folder, &record, &mut Until(worker))? else {
                return Ok(None);
            };
            let mut epochs = Vec::with_capacity(found.epochs.len());
            for (epoch, scores) in found.epochs {
                worker.flow().is_continue().then_some(()).ok_or(JobError::Cancelled)?;
                epochs.push((epoch, ModelScores::new(&data, scores)));
            }
            Ok(Some(ReadEpochs { stride: found.stride, epochs }))
        });
        true
    }
}
