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
    /// The request, if it was started in the window.
    pub request: Option<StudyRequest>,
    /// Its result, once it has finished.
    pub result: Option<StudyResult>,
    /// Finished trials.
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

/// The file with the request.
const REQUEST: &str = "request.json";

/// The studies on disk and the running one.
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
