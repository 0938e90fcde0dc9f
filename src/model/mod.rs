//! The networks: DCMM (deep cross-modal graph convolution; Formal et al., ECIR 2020) and those it is compared with, each
//! in a file of its own.
//!
//! ```text
//! h⁰ = MLP(x)
//! hˡ⁺¹_i = σ( Σ_{j ∈ N(i)} g(v_i, v_j) · (W hˡ_j + b) )     g = cos, or v_iᵀ diag(a) v_j with a learned a per layer
//! s_i = w₀ᵀ h⁰_i + b₀ + w₁ᵀ hᴸ_i + b₁
//! ```
//! All share the MLP and the text score `w₀ᵀ h⁰ + b₀`. What a graph network adds to it is its `Design`: its weights, its
//! edges and its score. A stack of convolutions, as above, only says how one `Convolution` sums over neighbours.
//!
//! A [`NetworkConfig`] describes a network and [`NetworkConfig::init`] creates one; a [`RankingInput`] is one query as
//! its input. Weights are named as PyTorch names them. Everything runs on the CPU: with a few thousand weights and sums
//! over a few hundred nodes an accelerator would gain nothing. Queries run in parallel, each in a fixed order, so no
//! result depends on the number of threads.
//!
//! Weights and activations are f64, products over the long visual vectors f32. Ranking losses are invariant in some
//! directions (a shift of all scores), where the gradient is zero up to rounding, and Adam divides a gradient by its
//! own size. In f64 that residue is far below Adam's ε; in f32 it would become full steps.
//!
//! ```
//! use crossrank::graph::{Csr, GraphRequest, Similarities, unit_rows};
//! use crossrank::model::{NetworkConfig, RankingInput};
//!
//! // Four images with one signal each; the first two and the last two look alike.
//! let rows = unit_rows(&[1.0, 0.0, 1.0, 0.1, 0.0, 1.0, 0.1, 1.0], 2);
//! let graph = Csr::nearest(&Similarities::new(&rows, 2), GraphRequest { k: 1, ..GraphRequest::default() });
//! let input = RankingInput {
//!     query: 0,
//!     n: 4,
//!     features: vec![0.5, -1.0, 1.0, -0.5],
//!     feature_count: 1,
//!     visual: rows.into(),
//!     dim: 2,
//!     graph,
//!     relevance: vec![None; 4],
//!     others: Vec::new(),
//!     ids: ["a", "b", "c", "d"].map(Into::into).to_vec(),
//! };
//! let network = NetworkConfig { feature_count: 1, visual_dim: 2, ..NetworkConfig::default() }.init()?;
//! assert_eq!(network.score(&input)?.total.len(), 4);
//! # Ok::<(), crossrank::model::ModelError>(())
//! ```

mod checkpoint;
mod config;
mod dcmm_cos;
mod dcmm_edge;
mod dcmm_prf;
mod design;
mod dropout;
mod edge_conv;
mod edge_similarity;
mod edges;
mod error;
mod explain;
mod feedback;
mod gat;
mod gcn;
mod input;
mod kind;
mod mlp;
mod network;
mod pairs;
mod prepared;
mod propagate;
mod shapes;
mod stack;
mod tile;
mod trace;
mod visual;
mod weight;

use design::Design;
use stack::stack_of;

pub use checkpoint::Metadata;
pub use config::{ModelSettings, NetworkConfig};
pub use error::ModelError;
pub use explain::{Contribution, Explanation, Mixture, Source};
pub use feedback::{Feedback, FeedbackScores};
pub use input::RankingInput;
pub use kind::{Activation, Degree, Messages, ModelKind};
pub use network::{MemberOutput, Network, Output, Scores, Weights};
pub use prepared::Prepared;
pub use trace::{MOST_FEEDBACK, Message, Part, Trace, TraceStep};
pub use visual::Visual;

/// The table of graph networks; `None` for a model without a graph.
fn design_of(kind: ModelKind) -> Option<&'static dyn Design> {
    match kind {
        ModelKind::Initial | ModelKind::Signal | ModelKind::Cm => None,
        ModelKind::Linear | ModelKind::Mlp | ModelKind::LtrCm => None,
        ModelKind::Gcn => Some(stack_of::<gcn::Gcn>()),
        ModelKind::Gat => Some(stack_of::<gat::Gat>()),
        ModelKind::EdgeConv => Some(stack_of::<edge_conv::EdgeConv>()),
        ModelKind::DcmmCos => Some(stack_of::<dcmm_cos::DcmmCos>()),
        ModelKind::DcmmEdge => Some(stack_of::<dcmm_edge::DcmmEdge>()),
        ModelKind::DcmmPrf => Some(&dcmm_prf::DcmmPrf),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_models_that_use_the_graph_have_a_design() {
        for kind in ModelKind::ALL {
            assert_eq!(design_of(kind).is_some(), kind.uses_graph(), "{kind}");
        }
    }
}
