//! Undoing and redoing steps.

use super::History;
use crate::workspace::{HistoryAction, Message, Workspace};

impl Workspace {
    /// What can be undone and redone.
    pub fn history(&self) -> &History {
        &self.history
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
