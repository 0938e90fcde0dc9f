//! Actions on studies.

use crate::workspace::{StudyRequest, Workspace};
use std::path::PathBuf;

/// The studies on disk, by their folders, and the one running.
#[derive(Clone, Debug, PartialEq)]
pub enum StudiesAction {
    /// Start a study on the open data set.
    Start(Box<StudyRequest>),
    /// Continue a study that was interrupted.
    Resume(PathBuf),
    /// End the running study; finished trials stay.
    Cancel,
    /// Delete a study with its trials; it can be restored until the program ends.
    Delete(PathBuf),
    /// Restore a deleted study.
    Restore(PathBuf),
}

impl Workspace {
    pub(super) fn apply_studies(&mut self, action: StudiesAction) {
        match action {
            StudiesAction::Start(request) => self.start_study(*request),
            StudiesAction::Resume(path) => self.resume_study(&path),
            StudiesAction::Cancel => self.cancel_study(),
            StudiesAction::Delete(path) => self.delete_study(&path),
            StudiesAction::Restore(path) => self.restore(&path),
        }
    }
}
