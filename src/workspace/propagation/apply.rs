//! Opening, computing and playing.

use super::{By, MOST_TRACED, Stages, StagesRequest};
use crate::dataset::TEXT_FEATURE;
use crate::train::{self, SavedRun};
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
        let stages = self.propagation.count();
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
        let mut changed = state.playhead.advance(passed, state.count());
        if state.answer.poll("There are no steps to show") {
            // A player that waits for other stages stays where it is, if there are so many.
            if state.count() > 0 {
                state.playhead.seek(state.playhead.at, state.count());
            }
            changed = true;
        }
        self.refresh_propagation();
        changed
    }

    /// Computes the stages where those at hand are not of what is shown.
    fn refresh_propagation(&mut self) {
        if !self.propagation.is_open {
            return self.propagation.answer.forget();
        }
        let wanted = self.wanted_stages();
        let Some((request, session)) = self.propagation.answer.ask(wanted).zip(self.session.as_ref()) else { return };
        let (data, wake) = (session.data.clone(), self.wake.clone());
        self.propagation.answer.start("propagation", wake, move |_| {
            let query = request.query;
            let (data, traced) = match &request.by {
                By::Run(folder, _, epoch) => {
                    let (run, data) = SavedRun::open_on(&data, folder, *epoch)?;
                    let traced = run.trace(&data, query)?;
                    (data, traced)
                }
                By::Untrained => {
                    let signal = data.signals.index(TEXT_FEATURE).unwrap_or(usize::MAX);
                    let traced = train::trace_untrained(&data, signal, query)?;
                    (data, traced)
                }
            };
            Ok(traced.map(|traced| Arc::new(Stages::new(&data, query, &traced, next_version()))))
        });
    }

    /// The stages of what is shown, or why there can be none, in a sentence.
    fn wanted_stages(&self) -> Result<StagesRequest, &'static str> {
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
        Ok(request(session, by))
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
