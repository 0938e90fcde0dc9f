//! The runs on disk.

mod apply;

use super::session::ModelScores;
use crate::dataset::VectorTable;
use crate::jobs::{JobError, Slot};
use crate::study::runs::{RunFacts, SavedRun};
use crate::train::{EpochReport, RunRecord};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// What reading a run back gives.
pub struct Reopened {
    path: PathBuf,
    record: RunRecord,
    history: Vec<EpochReport>,
    scored: Result<Scored, JobError>,
}

/// A run's scores, and the visual vectors it was trained on where those are not in use.
struct Scored {
    scores: ModelScores,
    /// What has changed in the data since.
    changed: Vec<String>,
    vectors: Option<Arc<VectorTable>>,
}

/// The runs on disk, newest first.
#[derive(Default)]
pub struct RunList {
    known: Vec<Arc<SavedRun>>,
    listing: Slot<(), Vec<RunFacts>>,
    /// When the runs were last listed.
    listed: Option<Instant>,
    reading: Slot<(), Reopened>,
}

impl RunList {
    /// The runs, newest first; shared with [`super::Experiments::runs`].
    pub fn known(&self) -> &[Arc<SavedRun>] {
        &self.known
    }

    pub(super) fn forget_reading(&mut self) {
        self.reading.retire();
    }

    /// Whether a run is being read.
    pub fn is_reading(&self) -> bool {
        self.reading.is_running() || self.listing.is_running()
    }
}
