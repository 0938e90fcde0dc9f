//! What the window can ask of the workspace: plain data, grouped by theme, that can be compared, logged and replayed.
//!
//! Each theme's actions have a file of their own; the capability's `apply` file carries them out.

mod data;
mod embedding;
mod explaining;
mod export;
mod filter;
mod history;
mod judging;
mod lens;
mod message;
mod propagation;
mod runs;
mod searching;
mod selection;
mod settings;
mod studies;
mod training;
mod two_graphs;

pub use data::DataAction;
pub use embedding::EmbeddingAction;
pub use explaining::ExplainAction;
pub use export::ExportAction;
pub use filter::FilterAction;
pub use history::HistoryAction;
pub use judging::{JudgingAction, Verdict};
pub use lens::LensAction;
pub use message::MessageAction;
pub use propagation::PropagationAction;
pub use runs::RunsAction;
pub use searching::SearchAction;
pub use selection::SelectionAction;
pub use settings::SettingsAction;
pub use studies::StudiesAction;
pub use training::TrainingAction;
pub use two_graphs::TwoGraphsAction;

/// A change of state that someone asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// What is open, and what is added to it.
    Data(DataAction),
    /// Which query and image are looked at.
    Selection(SelectionAction),
    /// Computing, comparing and mapping embeddings.
    Embedding(EmbeddingAction),
    /// Why an image has its rank.
    Explain(ExplainAction),
    /// The run in training.
    Training(TrainingAction),
    /// The runs on disk.
    Runs(RunsAction),
    /// The studies on disk and the one running.
    Studies(StudiesAction),
    /// What persists from one session to the next.
    Settings(SettingsAction),
    /// Which images are shown.
    Filter(FilterAction),
    /// Files made of what is shown.
    Export(ExportAction),
    /// Notices and warnings.
    Message(MessageAction),
    /// Collections.
    Search(SearchAction),
    /// The judge's desk.
    Judging(JudgingAction),
    /// The propagation player.
    Propagation(PropagationAction),
    /// Two graphs of the current query.
    TwoGraphs(TwoGraphsAction),
    /// Earlier epochs and other numbers of neighbours.
    Lens(LensAction),
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
    Explain: ExplainAction,
    Training: TrainingAction,
    Runs: RunsAction,
    Studies: StudiesAction,
    Settings: SettingsAction,
    Filter: FilterAction,
    Export: ExportAction,
    Message: MessageAction,
    Search: SearchAction,
    Judging: JudgingAction,
    Propagation: PropagationAction,
    TwoGraphs: TwoGraphsAction,
    Lens: LensAction,
    History: HistoryAction,
}
