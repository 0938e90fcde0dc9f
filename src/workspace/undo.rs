//! Undo and redo.
//!
//! A [`Step`] is a pair of actions, plain data: the one that was asked for, and the one that takes it back. Whatever has
//! an opposite in [`Workspace::opposite`] can be undone; another theme joins by giving its opposite there. Steps are not
//! kept from one session to the next.

mod describe;

use super::embedding::COMPUTED;
use super::{
    Action, DataAction, HistoryAction, Message, RunsAction, Session, Settings, SettingsAction, StudiesAction, Workspace,
};
use describe::{Description, describe};
use std::time::{Duration, Instant};

/// Steps kept at most. The oldest go first, but for deletions: those can be undone until the program ends.
const MOST: usize = 200;

/// Changes of the same kind that follow each other within this time are one step, such as those of a key held down.
const RAPID: Duration = Duration::from_secs(1);

/// Something that was done, and can be taken back.
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
    fn new(back: Action, forth: Action) -> Self {
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

/// What was done and what was taken back, each oldest first.
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
    pub(super) fn record(&mut self, back: Action, forth: Action) {
        self.undone.clear();
        let step = Step::new(back, forth);
        let last = self.done.pop_if(|last| {
            let is_rapid = last.at.elapsed() < RAPID || self.held.is_some_and(|since| last.at >= since);
            is_rapid && !last.is_closed && !step.is_deletion() && last.description.kind == step.description.kind
        });
        let step = match last {
            Some(last) => Step::new(last.back, step.forth),
            None => step,
        };
        // What came back to where it was is no change.
        if step.back != step.forth {
            self.done.push(step);
        }
        if self.done.len() > MOST {
            let mut is_first = true;
            self.done.retain(|step| step.is_deletion() || !std::mem::take(&mut is_first));
        }
    }

    /// After undo and redo the next change is a step of its own, however soon it comes.
    fn close(&mut self) {
        if let Some(last) = self.done.last_mut() {
            last.is_closed = true;
        }
    }

    fn hold(&mut self, hold: bool) {
        self.held = hold.then(Instant::now);
    }

    /// Another data set is open: steps that only the last one could take go, and no step asks for signals that this one
    /// lacks.
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
                !matches!(step.forth, Action::Data(_)) && step.back != step.forth
            });
        }
    }
}

impl Settings {
    /// The action that brings back what another one will change; nothing where it changes nothing, or what is not
    /// undone: how the panels are laid out.
    fn opposite(&self, action: &SettingsAction) -> Option<SettingsAction> {
        let now = match action {
            SettingsAction::SetExperiment(_) => SettingsAction::SetExperiment(Box::new(self.experiment.clone())),
            SettingsAction::SetEncoder(_) => SettingsAction::SetEncoder(Box::new(self.encoder.clone())),
            SettingsAction::SetRunTable(_) => SettingsAction::SetRunTable(Box::new(self.run_table.clone())),
            SettingsAction::SetGraphLook(_) => SettingsAction::SetGraphLook(self.look),
            SettingsAction::SetTheme(_) => SettingsAction::SetTheme(self.theme),
            SettingsAction::SetQuerySort(_) => SettingsAction::SetQuerySort(self.query_sort),
            SettingsAction::SetPanels(_) => return None,
        };
        (now != *action).then_some(now)
    }
}

impl Workspace {
    /// What can be undone and redone.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The action that takes another one back, as things are before it; nothing where there is none.
    pub(super) fn opposite(&self, action: &Action) -> Option<Action> {
        match action {
            Action::Settings(action) => self.settings.opposite(action).map(Action::from),
            Action::Data(DataAction::ChooseVectors(names)) => {
                let now = self.loading.pending_vectors().or(Some(&self.session.as_ref()?.data.vector_names))?;
                let is_change = !now.is_empty() && !names.is_empty() && now != names;
                is_change.then(|| DataAction::ChooseVectors(now.to_vec()).into())
            }
            Action::Runs(RunsAction::Delete(path)) => Some(RunsAction::Restore(path.clone()).into()),
            Action::Studies(StudiesAction::Delete(path)) => Some(StudiesAction::Restore(path.clone()).into()),
            _ => None,
        }
    }

    /// Whether a step can go this way as things are: vectors may be gone from the data set, and a folder from the disk.
    pub(super) fn can_apply(&self, action: &Action) -> bool {
        match action {
            Action::Data(DataAction::ChooseVectors(names)) => self.session.as_ref().is_some_and(|session| {
                let sources = &session.data.dataset.vectors;
                names.iter().all(|name| name == COMPUTED || sources.iter().any(|source| source.name == *name))
            }),
            Action::Runs(RunsAction::Restore(path)) | Action::Studies(StudiesAction::Restore(path)) => {
                self.trash.holds(path)
            }
            Action::Runs(RunsAction::Delete(path)) | Action::Studies(StudiesAction::Delete(path)) => {
                path.is_dir() && !self.trash.holds(path)
            }
            _ => true,
        }
    }

    pub(super) fn apply_history(&mut self, action: HistoryAction) {
        match action {
            HistoryAction::Undo => self.undo(),
            HistoryAction::Redo => self.redo(),
            HistoryAction::Hold(hold) => self.history.hold(hold),
        }
    }

    /// Takes back the last step that can be; what stands in the way of one is told, and the step stays.
    fn undo(&mut self) {
        while let Some(step) = self.history.done.pop() {
            if !self.can_apply(&step.back) {
                continue;
            }
            self.carry_out(step.back.clone());
            if self.can_apply(&step.forth) {
                self.tell(Message::notice(format!("Undid: {}", step.name())));
                self.history.undone.push(step);
            } else {
                self.history.done.push(step);
            }
            return self.history.close();
        }
    }

    /// Brings again the step that was taken back last.
    fn redo(&mut self) {
        while let Some(step) = self.history.undone.pop() {
            if !self.can_apply(&step.forth) {
                continue;
            }
            self.carry_out(step.forth.clone());
            if self.can_apply(&step.back) {
                self.tell(Message::notice(format!("Redid: {}", step.name())));
                self.history.done.push(step);
            } else {
                self.history.undone.push(step);
            }
            return self.history.close();
        }
    }
}
