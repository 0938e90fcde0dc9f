//! Ranks.

use serde::Serialize;

/// Where an image stands in a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Place {
    /// Its rank, from 1.
    pub rank: usize,
    /// Of how many.
    pub of: usize,
    /// Its score.
    pub score: f32,
    /// Average precision of the whole ranking, if the query is judged.
    pub average_precision: Option<f64>,
}
