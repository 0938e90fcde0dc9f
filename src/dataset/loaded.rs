//! What a loader returns.

use super::{Dataset, Judgements, Warning};

/// A data set and everything that was wrong with its files.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What could be read.
    pub dataset: Dataset,
    /// What people judged of it.
    pub judgements: Judgements,
    /// What could not, in the order it was met.
    pub warnings: Vec<Warning>,
}
