//! The configuration of a network, in plain values.

use serde::{Deserialize, Serialize};

use super::{Activation, Degree, ModelKind};

/// A network's shape and the seed of its first weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkConfig {
    /// Which network.
    pub kind: ModelKind,
    /// Signals per image (F).
    pub feature_count: usize,
    /// How many of them, at the end, are principal components of the visual vectors.
    #[serde(default)]
    pub component_count: usize,
    /// Dimension of the visual vectors (d), for models that read them ([`ModelKind::reads_vectors`]).
    pub visual_dim: usize,
    /// Widths of the MLP's layers; none passes the signals through.
    pub mlp: Vec<usize>,
    /// Widths of the convolutions; only graph networks use them.
    pub conv: Vec<usize>,
    /// The activation after every convolution.
    pub activation: Activation,
    /// Whether a convolution adds its input to its output, if both are equally wide.
    #[serde(default)]
    pub residual: bool,
    /// How a DCMM convolution normalises its sums.
    #[serde(default)]
    pub degree: Degree,
    /// Whether [`ModelKind::DcmmPrf`] has the feedback term, from the images that look like the text's top-ranked ones.
    #[serde(default = "yes")]
    pub feedback: bool,
    /// Attention heads of [`ModelKind::Gat`], which divide a layer's width.
    #[serde(default = "one")]
    pub heads: usize,
    /// Number of independently initialised networks whose scores are averaged.
    #[serde(default = "one")]
    pub members: usize,
    /// Share of values dropped in training, in [0, 1).
    pub dropout: f32,
    /// Seed of the initial weights.
    pub seed: u64,
}

fn yes() -> bool {
    true
}

fn one() -> usize {
    1
}

impl Default for NetworkConfig {
    /// The authors' recommended shape: two MLP layers and one convolution of 32.
    fn default() -> Self {
        Self {
            kind: ModelKind::DcmmEdge,
            feature_count: 1,
            component_count: 0,
            visual_dim: 1,
            mlp: vec![32, 32],
            conv: vec![32],
            activation: Activation::None,
            residual: false,
            degree: Degree::None,
            feedback: true,
            heads: 1,
            members: 1,
            dropout: 0.2,
            seed: 1,
        }
    }
}
