//! The shown run over graphs of other numbers of neighbours.

mod apply;

use crate::base::Progress;
use crate::dataset::Split;
use crate::jobs::Slot;
use crate::study::Sensitivity;
use std::path::PathBuf;
use std::time::Duration;

/// Results that are kept, so that one can go back to another epoch or run.
const MOST: usize = 8;

/// What a result depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Measured {
    run: PathBuf,
    /// When the run ended: it may have been continued since.
    ended: u64,
    epoch: Option<usize>,
    generation: u64,
    /// The visual vectors, by name and by where they lie.
    vectors: (String, usize),
    judgements: u64,
}

/// Which run was measured over graphs of other numbers of neighbours, and what was found.
#[derive(Default)]
pub struct NeighbourLens {
    job: Slot<(), Sensitivity>,
    running: Option<Measured>,
    /// Oldest first.
    found: Vec<(Measured, Sensitivity)>,
    failure: Option<(Measured, String)>,
    over: Option<Split>,
}

impl NeighbourLens {
    /// The progress of measuring, and how long it has gone on.
    pub fn progress(&self) -> Option<(&Progress, Duration)> {
        self.job.worked()
    }

    /// Whether it is being measured.
    pub fn is_running(&self) -> bool {
        self.job.is_running()
    }

    /// The split whose mean is shown.
    pub fn over(&self) -> Split {
        self.over.unwrap_or(Split::Validation)
    }
}
