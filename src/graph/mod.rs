//! Vectors to neighbours: exact k-NN graphs, their statistics and layout; two embeddings compared; maps in the plane.
//!
//! [`unit_rows`] → [`Similarities`] (once per query) → [`Csr`] (once per k: what a network sums over) →
//! [`SimilarityGraph`] (what is shown) → [`GraphStatistics`] and [`layout()`]. Two [`Similarities`] → [`agreement`] and
//! [`homophily()`]; several tables → [`neighbour_agreement`]; rows → [`principal_components`] and [`tsne`]. Everything here is exact and repeatable: ties are
//! broken by index, and no result depends on the number of threads.

mod background;
mod comparison;
mod error;
mod hubness;
mod knn;
mod layout;
mod map;
mod neighbours;
mod project;
mod rows;
mod scan;
mod shown;
pub(crate) mod simd;
mod similarity;
mod statistics;
mod whitening;

pub use comparison::{Agreement, Homophily, agreement, homophily};
pub use error::GraphError;
pub use hubness::hubness;
pub use knn::{Csr, GraphRequest, Neighbourhood};
pub use layout::{DEFAULT_RADIUS, LayoutObserver, initial_positions, layout};
pub use map::{
    MapObserver, Principal, TSNE_EPOCHS, at_unit_density, perplexity_within, principal_components, principal_plane,
    tsne,
};
pub use neighbours::{
    ImageLabels, NeighbourAgreement, NeighbourShares, neighbour_agreement, neighbour_shares, shared_labels,
};
pub use project::{Projection, project};
pub use rows::{raw_rows, visual_rows};
pub use scan::cosines_with;
pub use shown::{SimilarityGraph, SimilarityPath};
pub use similarity::{Similarities, USUAL_MEMORY, make_unit, unit_rows};
pub use statistics::{GraphStatistics, statistics};
pub use whitening::{VisualSettings, Whitening};
