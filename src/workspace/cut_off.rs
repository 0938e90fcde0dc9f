//! Where the rankings of the current query are likely to end.

mod apply;
mod calibrate;

use super::Order;
use crate::eval::calibration::{Calibration, Uncalibrated};
use crate::jobs::Slot;
use calibrate::{Calibrated, KnownScores};

pub(super) use calibrate::untrained_scores;
pub use calibrate::{MOST_QUERIES, learned_from, scored_query};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Instant;

/// Whether and at which precision lists end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CutOffSettings {
    /// Whether rankings show it.
    pub shown: bool,
    /// The share of relevant images below which a list should not fall.
    pub precision: f64,
}

impl Default for CutOffSettings {
    fn default() -> Self {
        Self { shown: true, precision: 0.8 }
    }
}

/// Where one ranking of the current query is likely to end.
#[derive(Clone, Debug, PartialEq)]
pub struct CutOff {
    /// The probability of relevance of each candidate.
    pub probabilities: Vec<f64>,
    /// How many images can be kept.
    pub end: usize,
    /// Whether queries that were left out bear the promise out.
    pub is_sure: bool,
}

/// What calibrations depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Judged {
    generation: u64,
    judgements: u64,
    model: u64,
    /// The visual vectors, by where they lie.
    vectors: usize,
}

/// What the cut-offs of the current query depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Looked {
    calibrated: u64,
    query: usize,
    judgements: u64,
    rankings: u64,
    precision: f64,
}

/// Where the rankings of the current query are likely to end.
#[derive(Default)]
pub struct CutOffs {
    job: Slot<(), Calibrated>,
    asked: Option<Judged>,
    since: Option<Instant>,
    /// Whether judgements have come since the last time, which was too short ago.
    is_waiting: bool,
    /// Scores that do not change with judgements.
    scores: Arc<KnownScores>,
    /// By order; `None` where there is no such ranking.
    found: [Option<Result<Calibration, Uncalibrated>>; Order::ALL.len()],
    /// How often something was found.
    count: u64,
    looked: Option<Looked>,
    current: [Option<CutOff>; Order::ALL.len()],
}

impl CutOffs {
    /// What is known about the scores of one of the rankings, or why nothing is.
    pub fn calibration(&self, order: Order) -> Option<Result<&Calibration, Uncalibrated>> {
        self.found[order as usize].as_ref().map(|found| found.as_ref().map_err(|error| *error))
    }

    /// Where one ranking of the current query is likely to end.
    pub fn of(&self, order: Order) -> Option<&CutOff> {
        self.current[order as usize].as_ref()
    }

    /// Whether another calibration is due in a moment.
    pub fn is_waiting(&self) -> bool {
        self.is_waiting
    }

    /// Whether calibrations are being made. One that is due does not count: until then nothing is done for it.
    pub(super) fn is_running(&self) -> bool {
        self.job.is_running()
    }
}
