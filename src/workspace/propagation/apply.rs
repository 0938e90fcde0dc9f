//! Opening, computing and playing.

use super::{By, MOST_TRACED, Stages, StagesRequest};
use crate::dataset::TEXT_FEATURE;
use crate::jobs::JobError;
use crate::train::{self, RunData, SavedRun};
use crate::workspace::{Order, PropagationAction, Session, Workspace};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A number that no stages have had before.
fn next_version() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

impl Workspace {
    pub(in crate::workspace) fn apply_propagation(&mut self, action: PropagationAction) {
        let stages = self.propagation.stages.as_ref().map_or(0, |stages| stages.all.len());
        let playhead = &mut self.propagation.playhead;
        match action {
            PropagationAction::Show(show) => {
                self.propagation.is_open = show;
                (playhead.at, playhead.is_playing) = (0.0, show);
            }
            PropagationAction::Play(play) => playhead.play(play, stages),
            PropagationAction::Seek(at) => playhead.seek(at, stages),
            PropagationAction::Step(by) => playhead.step(by, stages),
            PropagationAction::Loop(is_looping) => playhead.is_looping = is_looping,
            PropagationAction::Speed(speed) => {
                playhead.speed = if speed.is_finite() { speed.clamp(0.05, 8.0) } else { 1.0 }
            }
        }
        self.refresh_propagation();
    }

    /// Goes on playing, and receives the stages; `true` if anything changed.
    pub(in crate::workspace) fn poll_propagation(&mut self) -> bool {
        let now = Instant::now();
        let state = &mut self.propagation;
        let passed = now.saturating_duration_since(state.seen.replace(now).unwrap_or(now));
        let count = state.stages.as_ref().map_or(0, |stages| stages.all.len());
        let mut changed = state.playhead.advance(passed, count);
        match state.job.ended() {
            Some(Ok(Some(stages))) => {
                state.playhead.seek(state.playhead.at, stages.all.len());
                state.stages = Some(Arc::new(stages));
                changed = true;
            }
            Some(Ok(None)) => {
                let text = "This model sends nothing along a graph: nothing travels from image to image.";
                state.problem = Some(text.to_owned());
                changed = true;
            }
            Some(Err(error)) => {
                state.problem = (error != JobError::Cancelled).then(|| format!("There are no steps to show: {error}"));
                changed = true;
            }
            None => {}
        }
        self.refresh_propagation();
        changed
    }

    /// Computes the stages where those at hand are not of what is shown.
    fn refresh_propagation(&mut self) {
        if !self.propagation.is_open {
            self.propagation.forget();
            return;
        }
        let wanted = self.wanted_stages();
        let state = &mut self.propagation;
        let (request, data) = match wanted {
            Ok(wanted) => wanted,
            Err(problem) => {
                state.forget();
                state.problem = Some(problem.to_owned());
                return;
            }
        };
        if state.wanted.as_ref() == Some(&request) {
            return;
        }
        state.forget();
        state.wanted = Some(request.clone());
        let wake = self.wake.clone();
        self.propagation.job.start("propagation", wake, move |_| {
            let query = request.query;
            let traced = match &request.by {
                By::Run(folder, _, epoch) => {
                    let run = SavedRun::open_at(folder, *epoch)?;
                    let data = train::data_of_run(&data, run.record())?;
                    run.trace(&data, query)?
                }
                By::Untrained => {
                    train::trace_untrained(&data, data.signals.index(TEXT_FEATURE).unwrap_or(usize::MAX), query)?
                }
            };
            Ok(traced.map(|traced| Stages::new(&data, query, &traced, next_version())))
        });
    }

    /// The stages of what is shown, or why there can be none, in a sentence.
    fn wanted_stages(&self) -> Result<(StagesRequest, RunData), &'static str> {
        let session = self.session.as_ref().ok_or("Open a data set first.")?;
        if session.data.dataset.queries[session.query()].candidates.len() > MOST_TRACED {
            return Err("The steps of queries with up to 4,000 images are shown.");
        }
        if self.training.is_running() {
            return Err("The steps of this run can be watched once it is trained.");
        }
        let by = match (session.best(), self.training.run()) {
            (Some((Order::Model, _)), Some(run)) => {
                By::Run(run.path.clone(), session.model_version(), self.epochs.chosen())
            }
            (Some((Order::Untrained, _)), _) => By::Untrained,
            _ => return Err("Train a graph network, or open a run: its steps are shown here."),
        };
        Ok((request(session, by), session.data.clone()))
    }
}

fn request(session: &Session, by: By) -> StagesRequest {
    let query = session.query();
    StagesRequest {
        generation: session.generation,
        query,
        by,
        judgements: session.data.judgements.version_of(query),
        vectors: session.data.vectors.name.clone(),
    }
}
