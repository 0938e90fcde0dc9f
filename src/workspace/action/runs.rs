//! Actions on saved runs.

use crate::study::runs::RunLabel;
use crate::workspace::Pair;
use std::path::PathBuf;

/// The runs on disk, by their folders.
#[derive(Clone, Debug, PartialEq)]
pub enum RunsAction {
    /// Show a saved run.
    Open(PathBuf),
    /// Delete a saved run; it can be restored until the program ends.
    Delete(PathBuf),
    /// Restore a deleted run.
    Restore(PathBuf),
    /// Look at these runs together.
    Choose(Vec<PathBuf>),
    /// Change a person's own words on a run.
    SetLabel {
        /// The run's folder.
        run: PathBuf,
        /// Name, note and tags, whole.
        label: RunLabel,
    },
    /// Compare one run, or group of seeds, with another.
    Compare(Option<Box<Pair>>),
}
