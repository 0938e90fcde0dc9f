//! Undoing and redoing steps.

use super::{History, Step};
use crate::workspace::{Action, HistoryAction, Message, Workspace};

impl Workspace {
    /// What can be undone and redone.
    pub fn history(&self) -> &History {
        &self.history
    }

    pub(in crate::workspace) fn apply_history(&mut self, action: HistoryAction) {
        match action {
            HistoryAction::Undo if self.history.done.is_empty() => self.travel_journal(true),
            HistoryAction::Redo if self.history.undone.is_empty() => self.travel_journal(false),
            HistoryAction::Undo => self.undo(),
            HistoryAction::Redo => self.redo(),
            HistoryAction::Hold(hold) => self.history.hold(hold),
        }
    }

    fn undo(&mut self) {
        self.travel(
            "Undid",
            |history| (&mut history.done, &mut history.undone),
            |step| (step.back.clone(), step.forth.clone()),
        );
    }

    fn redo(&mut self) {
        self.travel(
            "Redid",
            |history| (&mut history.undone, &mut history.done),
            |step| (step.forth.clone(), step.back.clone()),
        );
    }

    /// Carries out the last step of the first stack that is possible and moves it to the second, unless it cannot be
    /// reversed afterwards: it has then failed with a message, and stays.
    fn travel(
        &mut self,
        verb: &str,
        stacks: fn(&mut History) -> (&mut Vec<Step>, &mut Vec<Step>),
        ways: fn(&Step) -> (Action, Action),
    ) {
        while let Some(step) = stacks(&mut self.history).0.pop() {
            let (there, back) = ways(&step);
            if !self.can_apply(&there) {
                continue;
            }
            self.carry_out(there);
            let is_done = self.can_apply(&back);
            if is_done {
                self.tell(Message::notice(format!("{verb}: {}", step.name())));
            }
            let (from, to) = stacks(&mut self.history);
            if is_done { to } else { from }.push(step);
            return self.history.close();
        }
    }
}
