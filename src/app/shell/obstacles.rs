//! When commands are available: each function says why one is not.

use crate::workspace::{NoEpochs, Workspace};

/// Always.
pub fn never(_: &Workspace) -> Option<&'static str> {
    None
}

/// While a collection is open.
pub fn no_collection(workspace: &Workspace) -> Option<&'static str> {
    workspace.searching().open().is_none().then_some("Open a collection first, or make one of a folder of pictures.")
}

/// While a collection with visual vectors is open.
pub fn no_vectors(workspace: &Workspace) -> Option<&'static str> {
    let has_vectors = workspace.searching().open().is_some_and(|open| open.vectors.is_some());
    (!has_vectors).then_some("There are no visual vectors yet.")
}

/// While a data set is open.
pub fn no_data(workspace: &Workspace) -> Option<&'static str> {
    workspace.session().is_none().then_some("Open a data set first.")
}

/// While judgements are there, and neither read nor written.
pub fn no_judges(workspace: &Workspace) -> Option<&'static str> {
    no_data(workspace).or_else(|| match workspace.judging().judges() {
        None => Some("Judgements are still being read."),
        Some(_) => workspace.judging().is_exchanging().then_some("Judgements are being imported or exported."),
    })
}

/// While a run is in training.
pub fn not_training(workspace: &Workspace) -> Option<&'static str> {
    (!workspace.training().is_running()).then_some("No run is in training.")
}

/// While a data set with pictures is open, and none are being embedded.
pub fn no_pictures(workspace: &Workspace) -> Option<&'static str> {
    match workspace.session() {
        None => Some("Open a data set first."),
        Some(_) if workspace.embedding().is_running() => Some("Embeddings are being computed."),
        Some(session) => (session.summary.pictures == 0).then_some("The data set has no pictures."),
    }
}

/// While a run with kept epochs is shown.
pub fn no_epochs(workspace: &Workspace) -> Option<&'static str> {
    workspace.epochs().obstacle().map(|obstacle| match obstacle {
        NoEpochs::NoRun => "No run is shown, or it is in training.",
        NoEpochs::Reading => "Its epochs are being read.",
        NoEpochs::NoneKept => "No epochs were kept in this run.",
        NoEpochs::Failed(_) => "The epochs of this run cannot be shown.",
    })
}

/// While another epoch than the run's own is shown.
pub fn no_chosen_epoch(workspace: &Workspace) -> Option<&'static str> {
    workspace.epochs().chosen().is_none().then_some("The run itself is shown.")
}

/// While a trained run is shown that is not being measured.
pub fn not_measurable(workspace: &Workspace) -> Option<&'static str> {
    workspace.neighbours_obstacle()
}
