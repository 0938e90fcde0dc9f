//! Undoing and redoing steps.

use super::History;
use crate::workspace::embedding::COMPUTED;
use crate::workspace::{
    Action, DataAction, HistoryAction, Message, RunsAction, Settings, SettingsAction, StudiesAction, Workspace,
};

impl Settings {
    /// The action that restores what another one will change; `None` if it changes nothing, or only the layout of
    /// the panels, which is not undone.
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

    /// The action that reverses another one that is about to be carried out, if it can be undone.
    pub(in crate::workspace) fn opposite(&self, action: &Action) -> Option<Action> {
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

    /// Whether an action is possible now: vectors may have left the data set, and a folder the disk.
    pub(in crate::workspace) fn can_apply(&self, action: &Action) -> bool {
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

    pub(in crate::workspace) fn apply_history(&mut self, action: HistoryAction) {
        match action {
            HistoryAction::Undo => self.undo(),
            HistoryAction::Redo => self.redo(),
            HistoryAction::Hold(hold) => self.history.hold(hold),
        }
    }

    /// Takes back the last step that can be taken back. If that fails, the reason is shown and the step stays.
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

    /// Redoes the step that was undone last.
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
