//! Actions on studies.

use crate::workspace::StudyRequest;
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
