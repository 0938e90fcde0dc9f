//! Studies: ablations, cross-validations and sweeps, as jobs and as what is on disk.

mod apply;
mod request;
mod result;

pub use request::{StudyKind, StudyRequest};
pub use result::{StudyResult, StudyRow};

use crate::base::Progress;
use crate::jobs::Slot;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A study on disk.
#[derive(Clone, Debug)]
pub struct SavedStudy {
    /// Its folder.
    pub path: PathBuf,
    /// What was asked for, where it was started here.
    pub request: Option<StudyRequest>,
    /// What came of it; nothing while it has not ended.
    pub result: Option<StudyResult>,
    /// Trials that have ended.
    pub trials: usize,
}

impl SavedStudy {
    /// Its folder's name.
    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn read(path: PathBuf) -> Option<Self> {
        let request = std::fs::read_to_string(path.join(REQUEST)).ok();
        let request = request.and_then(|text| serde_json::from_str(&text).ok());
        let result = StudyResult::read(&path).ok();
        let trials = std::fs::read_dir(path.join("trials"))
            .map_or(0, |entries| entries.flatten().filter(|entry| entry.path().join("trial.json").is_file()).count());
        (request.is_some() || result.is_some()).then_some(Self { path, request, result, trials })
    }
}

/// The file that holds what was asked for.
const REQUEST: &str = "request.json";

/// The studies on disk and the one at work.
#[derive(Default)]
pub struct StudyState {
    known: Vec<SavedStudy>,
    listing: Slot<(), Vec<SavedStudy>>,
    job: Slot<(), ()>,
    running: Option<PathBuf>,
    listed_done: usize,
}

impl StudyState {
    /// The studies, newest first.
    pub fn known(&self) -> &[SavedStudy] {
        &self.known
    }

    /// The folder of the study at work.
    pub fn running(&self) -> Option<&Path> {
        self.running.as_deref().filter(|_| self.job.is_running())
    }

    /// Whether a study is at work or being listed.
    pub fn is_busy(&self) -> bool {
        self.job.is_running() || self.listing.is_running()
    }

    /// How far the study at work is, and for how long it has been at it.
    pub fn progress(&self) -> Option<(&Progress, Duration)> {
        self.job.worked()
    }

    pub(super) fn retire(&mut self) {
        self.listing.retire();
        self.job.retire();
    }
}
