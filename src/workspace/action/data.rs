//! Actions on the open data set.

use crate::workspace::Workspace;
use std::path::PathBuf;

/// What is open, and what is added to it.
#[derive(Clone, Debug, PartialEq)]
pub enum DataAction {
    /// Open a data set, or a saved run's folder.
    Open(PathBuf),
    /// Stop opening.
    CancelLoading,
    /// Take a path off the list of recent data sets.
    ForgetRecent(PathBuf),
    /// Read TREC qrels or a run file into the open data set.
    AttachTrec(PathBuf),
    /// Add a file of visual vectors to the open data set, and use them.
    AttachVectors(PathBuf),
    /// Remove a file of visual vectors from the open data set again, by its source's name.
    DetachVectors(String),
    /// Use these visual vectors (names of sources; several are concatenated).
    ChooseVectors(Vec<String>),
}

impl Workspace {
    pub(super) fn apply_data(&mut self, action: DataAction) {
        match action {
            DataAction::Open(path) => self.open(path),
            DataAction::CancelLoading => self.loading.cancel(),
            DataAction::ForgetRecent(path) => {
                self.change(|settings| settings.recent.retain(|known| *known != path));
            }
            DataAction::AttachTrec(path) => self.attach_trec(path),
            DataAction::AttachVectors(path) => self.attach_vectors(path),
            DataAction::DetachVectors(name) => self.detach_vectors(&name),
            DataAction::ChooseVectors(names) => self.choose_vectors(names),
        }
    }
}
