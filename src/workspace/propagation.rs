//! How the scores of the current query come about: the stages from the initial order to the ranking, and a player that
//! walks through them.

mod apply;
mod playhead;
mod stages;

pub use playhead::{Playhead, SPEEDS};
pub use stages::{Pair, Sent, Stage, StageKind, Stages};

use super::answer::Answer;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Most images of a query whose propagation is shown.
pub const MOST_TRACED: usize = 4_000;

/// What the stages depend on; they are computed again if this changes.
#[derive(Clone, Debug, PartialEq)]
struct StagesRequest {
    /// Tells one opening of a data set from another.
    generation: u64,
    query: usize,
    by: By,
    /// Version of the query's judgements, by which the stages are measured.
    judgements: u64,
    vectors: String,
}

/// What ranks.
#[derive(Clone, Debug, PartialEq)]
enum By {
    /// A saved run, by its folder, the version of its scores and the epoch that is looked at.
    Run(PathBuf, u64, Option<usize>),
    /// DCMM-PRF with default weights.
    Untrained,
}

/// The propagation player.
#[derive(Default)]
pub struct Propagation {
    is_open: bool,
    playhead: Playhead,
    /// `None` where the model sends nothing along a graph.
    answer: Answer<StagesRequest, Option<Arc<Stages>>>,
    /// When it was last looked at.
    seen: Option<Instant>,
}

impl Propagation {
    /// Whether the player is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the stages are being computed.
    pub fn is_computing(&self) -> bool {
        self.answer.is_running()
    }

    /// The stages of the current query, once they are there.
    pub fn stages(&self) -> Option<&Arc<Stages>> {
        self.answer.found()?.as_ref()
    }

    /// Why there are none, in a sentence.
    pub fn problem(&self) -> Option<&str> {
        match self.answer.found() {
            Some(None) => Some("This model sends nothing along a graph: nothing travels from image to image."),
            _ => self.answer.problem(),
        }
    }

    /// Where the player is.
    pub fn playhead(&self) -> &Playhead {
        &self.playhead
    }

    /// How many stages there are.
    fn count(&self) -> usize {
        self.stages().map_or(0, |stages| stages.all.len())
    }
}
