//! The network: DCMM (deep cross-modal graph convolution; Formal et al., ECIR 2020), one layer per file.
//!
//! ```text
//! h⁰ = MLP(x)
//! hˡ⁺¹_i = σ( Σ_{j ∈ N(i)} g(v_i, v_j) · (W hˡ_j + b) )     g = cos, or v_iᵀ diag(a) v_j with a learned a per layer
//! s_i = w₀ᵀ h⁰_i + b₀ + w₁ᵀ hᴸ_i + b₁
//! ```
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
//!     ids: ["a", "b", "c", "d"].map(Into::into).to_vec(),
//! };
//! let network = NetworkConfig { feature_count: 1, visual_dim: 2, ..NetworkConfig::default() }.init()?;
//! assert_eq!(network.score(&input)?.total.len(), 4);
//! # Ok::<(), crossrank::model::ModelError>(())
//! ```

mod checkpoint;
mod config;
mod conv;
mod dropout;
mod edge;
mod edge_conv;
mod error;
mod feedback;
mod gat;
mod init;
mod input;
mod kind;
mod mlp;
mod network;
mod pairs;
mod prepared;
mod prf;
mod propagate;
mod tile;
mod visual;

pub use checkpoint::Metadata;
pub use config::NetworkConfig;
pub use error::ModelError;
pub use feedback::{Feedback, FeedbackScores};
pub use input::RankingInput;
pub use kind::{Activation, Degree, ModelKind};
pub use network::{MemberOutput, Network, Output, Scores, Weights};
pub use prepared::Prepared;
pub use visual::Visual;
