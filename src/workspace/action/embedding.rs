//! Actions on embeddings.

use crate::graph::GraphRequest;
use crate::workspace::{EmbeddingPair, MapRequest};

/// Computing, comparing and mapping embeddings.
#[derive(Clone, Debug, PartialEq)]
pub enum EmbeddingAction {
    /// Compute an embedding of every picture with the chosen encoder.
    Compute,
    /// Stop computing; finished pictures stay in the cache.
    Cancel,
    /// Compare two embeddings of the open data set.
    Compare(Box<EmbeddingPair>),
    /// Stop comparing.
    CancelComparison,
    /// Build the current query's graph under both embeddings that are compared.
    DrawTwoGraphs(GraphRequest),
    /// Draw an embedding as a map.
    DrawMap(Box<MapRequest>),
    /// Stop drawing the map.
    CancelMap,
}
