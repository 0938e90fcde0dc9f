//! Actions on saved runs.

use crate::workspace::{Pair, Workspace};
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
    /// Compare one run, or group of seeds, with another.
    Compare(Option<Box<Pair>>),
}

impl Workspace {
    pub(super) fn apply_runs(&mut self, action: RunsAction) {
        match action {
            RunsAction::Open(path) => self.open_run(path),
            RunsAction::Delete(path) => self.delete_run(&path),
            RunsAction::Restore(path) => self.restore(&path),
            RunsAction::Choose(paths) => self.choose_runs(paths),
            RunsAction::Compare(pair) => self.compare_runs(pair.map(|pair| *pair)),
        }
    }
}
