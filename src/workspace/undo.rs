//! Undo and redo.
//!
//! A [`Step`] is a pair of actions, plain data: the one that was asked for, and the one that takes it back. Whatever has
//! an opposite in [`Workspace::opposite`] can be undone; another theme joins by giving its opposite there. Steps are not
//! saved between sessions.

mod apply;
mod steps;

use super::{Action, RunsAction, Session, SettingsAction, StudiesAction};
use std::time::{Duration, Instant};

/// Most steps that are kept. The oldest are dropped first, except for deletions, which can be undone until the program ends.
const MOST: usize = 200;

/// Changes of the same kind within this time are one step, such as those of a key held down.
const RAPID: Duration = Duration::from_secs(1);

/// What a step did.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Description {
    /// A short name: `12 neighbours`.
    name: String,
    /// What it changed; steps of the same kind can be merged.
    kind: Vec<String>,
}

/// Describes a step by the action that takes it back and the one that does it.
type Describe = fn(&Action, &Action) -> Description;

/// Something that was done and can be undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Takes it back.
    pub back: Action,
    /// Does it again.
    pub forth: Action,
    description: Description,
    /// When it was last added to.
    at: Instant,
    /// Whether nothing is added to it any more.
    is_closed: bool,
}

impl Step {
    fn new(back: Action, forth: Action, describe: Describe) -> Self {
        Self { description: describe(&back, &forth), back, forth, at: Instant::now(), is_closed: false }
    }

    /// What was done, in a few words: `12 neighbours`.
    pub fn name(&self) -> &str {
        &self.description.name
    }

    fn is_deletion(&self) -> bool {
        matches!(self.forth, Action::Runs(RunsAction::Delete(_)) | Action::Studies(StudiesAction::Delete(_)))
    }
}

/// Steps that were done and steps that were undone, each oldest first.
#[derive(Debug, Default)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
    /// Since when something is being dragged: until it is let go, changes of the same kind are one step.
    held: Option<Instant>,
}

impl History {
    /// What the next undo takes back.
    pub fn next_undo(&self) -> Option<&Step> {
        self.done.last()
    }

    /// What the next redo brings again.
    pub fn next_redo(&self) -> Option<&Step> {
        self.undone.last()
    }

    /// How many steps can be taken back.
    pub fn len(&self) -> usize {
        self.done.len()
    }

    /// Whether nothing can be taken back.
    pub fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    /// Whether something is being dragged.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Adds a step, or adds to the last one.
    pub(super) fn record(&mut self, back: Action, forth: Action, describe: Describe) {
        self.undone.clear();
        let step = Step::new(back, forth, describe);
        let last = self.done.pop_if(|last| {
            let is_rapid = last.at.elapsed() < RAPID || self.held.is_some_and(|since| last.at >= since);
            is_rapid && !last.is_closed && !step.is_deletion() && last.description.kind == step.description.kind
        });
        let step = match last {
            Some(last) => Step::new(last.back, step.forth, describe),
            None => step,
        };
        // A change that was reversed is no change.
        if step.back != step.forth {
            self.done.push(step);
        }
        if self.done.len() > MOST {
            let mut is_first = true;
            self.done.retain(|step| step.is_deletion() || !std::mem::take(&mut is_first));
        }
    }

    /// Adds a step of its own, however soon it follows another.
    fn record_apart(&mut self, back: Action, forth: Action, describe: Describe) {
        self.close();
        self.record(back, forth, describe);
        self.close();
    }

    /// Starts a new step with the next change, however soon it follows an undo or redo.
    fn close(&mut self) {
        if let Some(last) = self.done.last_mut() {
            last.is_closed = true;
        }
    }

    fn hold(&mut self, hold: bool) {
        self.held = hold.then(Instant::now);
    }

    /// For another data set: drops the steps that only the previous one could take, and signals that this one lacks.
    pub(super) fn fit_to(&mut self, session: &Session) {
        let known = |name: &String| session.data.signals.infos.iter().any(|info| info.name == *name);
        let fit = |action: &mut Action| {
            if let Action::Settings(SettingsAction::SetExperiment(experiment)) = action {
                experiment.features.take_if(|names| !names.iter().all(known));
            }
        };
        for steps in [&mut self.done, &mut self.undone] {
            steps.retain_mut(|step| {
                fit(&mut step.back);
                fit(&mut step.forth);
                !matches!(step.forth, Action::Data(_) | Action::Judging(_) | Action::Lens(_)) && step.back != step.forth
            });
        }
    }
}
