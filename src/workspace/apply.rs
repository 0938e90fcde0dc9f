//! Carrying out actions.

use super::{Action, Workspace};

impl Workspace {
    /// Carries out what was asked for, as a step that can be undone where it has an opposite.
    pub fn apply(&mut self, action: impl Into<Action>) {
        let forth = action.into();
        match self.opposite(&forth) {
            Some(back) => {
                self.carry_out(forth.clone());
                if self.can_apply(&back) {
                    self.record(back, forth);
                }
            }
            None => self.carry_out(forth),
        }
    }

    /// Carries out an action without a step of undo.
    pub(super) fn carry_out(&mut self, action: Action) {
        match action {
            Action::Data(action) => self.apply_data(action),
            Action::Selection(action) => self.apply_selection(action),
            Action::Embedding(action) => self.apply_embedding(action),
            Action::Explain(action) => self.apply_explaining(action),
            Action::Training(action) => self.apply_training(action),
            Action::Runs(action) => self.apply_runs(action),
            Action::Studies(action) => self.apply_studies(action),
            Action::Settings(action) => self.apply_settings(action),
            Action::Filter(action) => self.apply_filter(action),
            Action::Export(action) => self.apply_export(action),
            Action::Message(action) => self.apply_message(action),
            Action::Search(action) => self.apply_search(action),
            Action::Judging(action) => self.apply_judging(action),
            Action::Propagation(action) => self.apply_propagation(action),
            Action::TwoGraphs(action) => self.apply_two_graphs(action),
            Action::Lens(action) => self.apply_lens(action),
            Action::History(action) => self.apply_history(action),
        }
        self.filter_images();
    }
}
