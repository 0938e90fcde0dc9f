//! The result of a loader.

use super::{Dataset, Judgements, Warning};

/// A data set, its judgements, and warnings about its files.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The data set as far as it could be read.
    pub dataset: Dataset,
    /// Its relevance judgements.
    pub judgements: Judgements,
    /// Problems, in the order they were found.
    pub warnings: Vec<Warning>,
}
