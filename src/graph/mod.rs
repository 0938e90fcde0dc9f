//! Vectors to neighbours: exact k-NN graphs, their statistics and layout.
//!
//! [`unit_rows`] → [`Similarities`] (once per query) → [`SimilarityGraph`] (once per k) → [`GraphStatistics`] and
//! [`layout`]. Everything here is exact and repeatable: ties are broken by index, and no result depends on the number
//! of threads.

mod knn;
mod layout;
pub(crate) mod simd;
mod similarity;
mod statistics;
mod whitening;

pub use knn::{Csr, GraphRequest, Neighbourhood, SimilarityGraph};
pub use layout::{DEFAULT_RADIUS, LayoutObserver, initial_positions, layout};
pub use similarity::{Similarities, unit_rows};
pub use statistics::{GraphStatistics, statistics};
pub use whitening::{VisualSettings, Whitening};
