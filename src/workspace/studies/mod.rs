//! Studies: ablations, cross-validations and sweeps, as jobs and as what is on disk.

mod apply;
mod listing;
mod request;
mod result;

pub use listing::SavedStudy;
pub use request::{StudyKind, StudyRequest, StudySize};
pub use result::{StudyResult, StudyRow};

use crate::base::Progress;
use crate::jobs::Slot;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The studies on disk and the running one.
#[derive(Default)]
pub struct StudyState {
    known: Vec<SavedStudy>,
    listing: Slot<(), Vec<SavedStudy>>,
    /// It reports what is worth knowing, in a sentence each.
    job: Slot<String, ()>,
    running: Option<PathBuf>,
    listed_done: usize,
}

impl StudyState {
    /// The studies, newest first.
    pub fn known(&self) -> &[SavedStudy] {
        &self.known
    }

    /// The folder of the running study.
    pub fn running(&self) -> Option<&Path> {
        self.running.as_deref().filter(|_| self.job.is_running())
    }

    /// Whether a study is running or being listed.
    pub fn is_busy(&self) -> bool {
        self.job.is_running() || self.listing.is_running()
    }

    /// The progress of the running study, and how long it has run.
    pub fn progress(&self) -> Option<(&Progress, Duration)> {
        self.job.worked()
    }

    pub(super) fn retire(&mut self) {
        self.listing.retire();
        self.job.retire();
    }
}
