//! What the window can ask of the workspace: plain data, grouped by theme, that can be compared, logged and replayed.
//!
//! Each theme has a file of its own with its enum and the one method of [`Workspace`] that carries it out.

mod data;
mod embedding;
mod export;
mod history;
mod message;
mod runs;
mod selection;
mod settings;
mod studies;
mod training;

pub use data::DataAction;
pub use embedding::EmbeddingAction;
pub use export::ExportAction;
pub use history::HistoryAction;
pub use message::MessageAction;
pub use runs::RunsAction;
pub use selection::SelectionAction;
pub use settings::SettingsAction;
pub use studies::StudiesAction;
pub use training::TrainingAction;

use super::Workspace;

/// A change of state that someone asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// What is open, and what is added to it.
    Data(DataAction),
    /// Which query and image are looked at.
    Selection(SelectionAction),
    /// Computing, comparing and mapping embeddings.
    Embedding(EmbeddingAction),
    /// The run in training.
    Training(TrainingAction),
    /// The runs on disk.
    Runs(RunsAction),
    /// The studies on disk and the one running.
    Studies(StudiesAction),
    /// What persists from one session to the next.
    Settings(SettingsAction),
    /// Files made of what is shown.
    Export(ExportAction),
    /// Notices and warnings.
    Message(MessageAction),
    /// Undo and redo.
    History(HistoryAction),
}

/// So that one theme's action can be given wherever any action can.
macro_rules! from_theme {
    ($($theme:ident: $action:ident),* $(,)?) => {
        $(impl From<$action> for Action {
            fn from(action: $action) -> Self {
                Self::$theme(action)
            }
        })*
    };
}

from_theme! {
    Data: DataAction,
    Selection: SelectionAction,
    Embedding: EmbeddingAction,
    Training: TrainingAction,
    Runs: RunsAction,
    Studies: StudiesAction,
    Settings: SettingsAction,
    Export: ExportAction,
    Message: MessageAction,
    History: HistoryAction,
}

impl Workspace {
    /// Carries out what was asked for, as a step that can be undone where it has an opposite.
    pub fn apply(&mut self, action: impl Into<Action>) {
        let forth = action.into();
        match self.opposite(&forth) {
            Some(back) => {
                self.carry_out(forth.clone());
                if self.can_apply(&back) {
                    self.history.record(back, forth);
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
            Action::Training(action) => self.apply_training(action),
            Action::Runs(action) => self.apply_runs(action),
            Action::Studies(action) => self.apply_studies(action),
            Action::Settings(action) => self.apply_settings(action),
            Action::Export(action) => self.apply_export(action),
            Action::Message(action) => self.apply_message(action),
            Action::History(action) => self.apply_history(action),
        }
    }
}
