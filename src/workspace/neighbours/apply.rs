//! Measuring the shown run over graphs of other numbers of neighbours.

use super::{MOST, Measured, NeighbourLens};
use crate::base::Progress;
use crate::jobs::{Event, JobError, Worker};
use crate::study::{Sensitivity, StudyError, sensitivity};
use crate::train::{RunObserver, SavedRun};
use crate::workspace::{LensAction, Workspace};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Passes on progress, and ends the work when its worker is cancelled.
struct Steps<'a>(&'a Worker<(), Sensitivity>);

impl RunObserver for Steps<'_> {
    fn step(&mut self, stage: &str, done: usize, total: usize) -> ControlFlow<()> {
        self.0.progress(Progress { stage: stage.to_owned(), done, total, ..Progress::default() });
        self.0.flow()
    }
}

impl Workspace {
    pub(in crate::workspace) fn apply_lens(&mut self, action: LensAction) {
        match action {
            LensAction::ShowEpoch { run, epoch } => self.show_epoch(&run, epoch),
            LensAction::MeasureNeighbours => self.measure_neighbours(),
            LensAction::CancelNeighbours => self.neighbours.job.cancel(),
            LensAction::AverageNeighbours(split) => self.neighbours.over = Some(split),
        }
    }

    /// The run over graphs of other numbers of neighbours.
    pub fn neighbours(&self) -> &NeighbourLens {
        &self.neighbours
    }

    /// What was measured of the shown run at the shown epoch, and whether by the judgements of now.
    pub fn sensitivity(&self) -> Option<(&Sensitivity, bool)> {
        let now = self.to_measure()?;
        let mut found = self.neighbours.found.iter().rev();
        let (measured, found) = found.find(|(of, _)| Measured { judgements: now.judgements, ..of.clone() } == now)?;
        Some((found, measured.judgements == now.judgements))
    }

    /// Why measuring the shown run failed, if it did.
    pub fn neighbours_failure(&self) -> Option<&str> {
        let (of, reason) = self.neighbours.failure.as_ref()?;
        (Some(of) == self.to_measure().as_ref()).then_some(reason)
    }

    /// Why nothing can be measured now, if so.
    pub fn neighbours_obstacle(&self) -> Option<&'static str> {
        if self.session.is_none() {
            return Some("Open a data set first.");
        }
        if self.training.is_running() {
            return Some("A run is in training.");
        }
        match self.to_measure() {
            None => Some("Train a network or open a run first."),
            Some(_) => self.neighbours.is_running().then_some("It is being measured."),
        }
    }

    /// The run and epoch that are shown, on the data as they are.
    fn to_measure(&self) -> Option<Measured> {
        let (session, run) = self.session.as_ref().zip(self.training.run())?;
        let is_there = session.model.is_some() && !self.training.is_running();
        is_there.then(|| Measured {
            run: run.path.clone(),
            ended: run.record.ended,
            epoch: self.epochs.chosen(),
            generation: session.generation,
            vectors: (session.data.vectors.name.clone(), Arc::as_ptr(&session.data.vectors) as usize),
            judgements: session.data.judgements.version(),
        })
    }

    fn measure_neighbours(&mut self) {
        if self.neighbours_obstacle().is_some() {
            return;
        }
        let Some((measured, session)) = self.to_measure().zip(self.session.as_ref()) else { return };
        let (data, folder, epoch) = (session.data.clone(), measured.run.clone(), measured.epoch);
        self.neighbours.running = Some(measured);
        self.neighbours.failure = None;
        let wake = self.wake();
        self.neighbours.job.start("neighbours", wake, move |worker| {
            let (run, data) = SavedRun::open_on(&data, &folder, epoch)?;
            sensitivity(&data, &run, None, &mut Steps(worker)).map_err(|error| match error {
                StudyError::Cancelled => JobError::Cancelled,
                other => JobError::Failed(other.to_string()),
            })
        });
    }

    /// Receives what was measured; `true` if anything changed.
    pub(in crate::workspace) fn poll_neighbours(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.neighbours.job.poll() {
            changed = true;
            match event {
                Event::Done(found) => {
                    if let Some(measured) = self.neighbours.running.take() {
                        self.neighbours.found.retain(|(of, _)| *of != measured);
                        self.neighbours.found.push((measured, found));
                        let surplus = self.neighbours.found.len().saturating_sub(MOST);
                        self.neighbours.found.drain(..surplus);
                    }
                }
                Event::Failed(JobError::Failed(reason)) => {
                    self.neighbours.failure = self.neighbours.running.take().map(|measured| (measured, reason));
                }
                Event::Failed(JobError::Cancelled) => self.neighbours.running = None,
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed
    }
}
