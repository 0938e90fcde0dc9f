//! Two graphs of the current query: other numbers of neighbours, other similarities, other rankings.

mod apply;
mod learned;

pub use learned::{Moved, Taught};

use super::answer::Answer;
use super::ranking::{Order, Ranking};
use super::view::QueryView;
use crate::base::named;
use std::collections::HashSet;
use std::path::PathBuf;

/// Most images of a query for which two graphs are drawn.
pub const MOST_TWICE: usize = 4_000;

/// By what images are neighbours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Near {
    /// The cosine of the vectors in use.
    #[default]
    Cosine,
    /// The cosine of the vectors that the run's network sees: whitened, if the run whitens.
    Seen,
    /// The run's learned similarity.
    Learned,
}

named!(Near, "similarity": Cosine = "cosine", Seen = "as the run sees it", Learned = "learned");

/// What one side shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphSide {
    /// By what images are neighbours.
    pub near: Near,
    /// Neighbours of each image; `None` for as many as in the Graph panel.
    pub k: Option<usize>,
    /// The ranking that gives sizes and numbers.
    pub order: Order,
    /// The kept epoch of the shown run that this side shows; `None` for what the window shows. With one, the ranking and the
    /// learned similarity are those of the epoch.
    pub epoch: Option<usize>,
}

impl GraphSide {
    /// The vectors in use against what the run sees, by the text and by the model.
    pub const USUAL: [Self; 2] = [
        Self { near: Near::Cosine, k: None, order: Order::Text, epoch: None },
        Self { near: Near::Seen, k: None, order: Order::Model, epoch: None },
    ];
}

/// What both graphs depend on; they are made again if this changes.
#[derive(Clone, Debug, PartialEq)]
struct TwoRequest {
    generation: u64,
    query: usize,
    vectors: String,
    run: Option<(PathBuf, u64)>,
    sides: [(Near, usize, Option<usize>); 2],
}

/// Both graphs.
pub struct TwoViews {
    /// The graphs, whose nodes lie where they lie in the Graph panel once that is at rest.
    pub views: [QueryView; 2],
    /// Pairs of neighbours that only one side has.
    pub only: [HashSet<(usize, usize)>; 2],
    /// How many pairs both have.
    pub shared: usize,
    /// The ranking of each side with an epoch of its own.
    pub rankings: [Option<Ranking>; 2],
    /// What the run's similarity has learned, if it has.
    pub taught: Option<Taught>,
}

/// Two graphs of the current query.
pub struct TwoGraphs {
    is_open: bool,
    sides: [GraphSide; 2],
    answer: Answer<TwoRequest, TwoViews>,
}

impl Default for TwoGraphs {
    fn default() -> Self {
        Self { is_open: false, sides: GraphSide::USUAL, answer: Answer::default() }
    }
}

impl TwoGraphs {
    /// Whether two graphs are shown in place of one.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// What both sides are to show.
    pub fn sides(&self) -> &[GraphSide; 2] {
        &self.sides
    }

    /// Both graphs, once they are there.
    pub fn shown(&self) -> Option<&TwoViews> {
        self.answer.found()
    }

    /// Whether they are being made.
    pub fn is_drawing(&self) -> bool {
        self.answer.is_running()
    }

    /// Why there are none, in a sentence.
    pub fn problem(&self) -> Option<&str> {
        self.answer.problem()
    }
}
