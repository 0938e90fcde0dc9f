//! Asking for explanations, and receiving them.

use super::Explaining;
use super::explained::{ExplainObstacle, ExplainRequest, Explained};
use super::work::explain;
use crate::jobs::{Event, JobError};
use crate::train::Changes;
use crate::workspace::{ExplainAction, Order, Workspace};
use std::sync::Arc;

impl Workspace {
    /// Why the selected image has its rank.
    pub fn explaining(&self) -> &Explaining {
        &self.explaining
    }

    /// Why the selected image has its rank, if the answer at hand is about what is shown.
    pub fn explained(&self) -> Option<&Explained> {
        let found = self.explaining.found.as_deref()?;
        self.explain_request().is_ok_and(|request| request == found.request).then_some(found)
    }

    /// What there is to explain now.
    ///
    /// # Errors
    /// If there is nothing.
    pub fn explain_request(&self) -> Result<ExplainRequest, ExplainObstacle> {
        let session = self.session.as_ref().ok_or(ExplainObstacle::NoModel)?;
        if self.training.is_running() {
            return Err(ExplainObstacle::InTraining);
        }
        let run = self.training.run().filter(|_| session.ranking(Order::Model).is_some());
        let run = run.ok_or(ExplainObstacle::NoModel)?.path.clone();
        let image = session.candidate().ok_or(ExplainObstacle::NoImage)?;
        let query = session.query();
        let is_about = self.explaining.about == Some((query, image));
        Ok(ExplainRequest {
            generation: session.generation,
            run,
            epoch: self.epochs.chosen(),
            model: session.model_version(),
            vectors: Arc::as_ptr(&session.data.vectors) as usize,
            judgements: session.data.judgements.version(),
            query,
            image,
            other: self.explaining.other.filter(|&other| is_about && other != image),
            changes: if is_about { self.explaining.changes.clone() } else { Changes::default() },
        })
    }

    pub(in crate::workspace) fn apply_explaining(&mut self, action: ExplainAction) {
        let Some(about) = self.session.as_ref().and_then(|session| Some((session.query(), session.candidate()?)))
        else {
            return;
        };
        if self.explaining.about != Some(about) {
            self.explaining.about = Some(about);
            self.explaining.changes = Changes::default();
            self.explaining.other = None;
        }
        match action {
            ExplainAction::Explain => {}
            ExplainAction::Change(changes) => self.explaining.changes = *changes,
            ExplainAction::Compare(other) => self.explaining.other = other,
        }
        self.explain();
    }

    fn explain(&mut self) {
        let Ok(request) = self.explain_request() else { return };
        if self.explaining.asked.as_ref() == Some(&request) {
            return;
        }
        let Some(open) = self.session.as_ref().map(|session| session.data.clone()) else { return };
        let known = self.explaining.known.clone();
        self.explaining.asked = Some(request.clone());
        self.explaining.failure = None;
        let wake = self.wake();
        self.explaining.job.start("explain", wake, move |worker| explain(&open, &request, known, worker));
    }

    pub(in crate::workspace) fn poll_explaining(&mut self) -> bool {
        if self.session.is_none() && self.explaining.asked.is_some() {
            self.explaining = Explaining::default();
        }
        let mut changed = false;
        while let Some(event) = self.explaining.job.poll() {
            changed = true;
            match event {
                Event::Done(done) => {
                    self.explaining.found = Some(Arc::new(done.explained));
                    self.explaining.known = Some(done.known);
                }
                Event::Failed(JobError::Cancelled) | Event::Progress(_) | Event::Update(()) => {}
                Event::Failed(error) => {
                    self.explaining.found = None;
                    self.explaining.failure = Some(error.to_string());
                }
            }
        }
        changed
    }
}
