//! Which of a query's images are shown: in the graph, in the rankings and at the judge's desk.

mod apply;
mod conditions;

pub use conditions::{Between, ByJudge, Chosen, Condition, Filter, InColumn, Ranks};

use std::sync::Arc;

/// What the images that pass depend on.
#[derive(Clone, Debug, PartialEq)]
struct Version {
    generation: u64,
    query: usize,
    filter: u64,
    labels: (u64, u64),
    rankings: u64,
}

/// The current query's images that pass the filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Passing {
    /// For each candidate, whether it passes.
    pub is_shown: Arc<[bool]>,
    /// How many do.
    pub count: usize,
}

/// The filter, and what passes it.
#[derive(Default)]
pub(super) struct Filtering {
    filter: Filter,
    changes: u64,
    version: Option<Version>,
    passing: Option<Passing>,
}
