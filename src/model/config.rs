//! The settings of a model, and the configuration of a network that follows from them and the data.

use serde::{Deserialize, Serialize};

use super::{Activation, Degree, Messages, ModelKind};
use crate::base::short_f32;

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
    /// How often that term is computed, each time from the score with the term before.
    #[serde(default = "one")]
    pub rounds: usize,
    /// What [`ModelKind::DcmmPrf`] sends along the edges.
    #[serde(default)]
    pub messages: Messages,
    /// Attention heads of [`ModelKind::Gat`], which divide a layer's width.
    #[serde(default = "one")]
    pub heads: usize,
    /// Number of independently initialised networks whose scores are averaged.
    #[serde(default = "one")]
    pub members: usize,
    /// Share of values dropped in training, in [0, 1).
    #[serde(serialize_with = "short_f32")]
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
            rounds: 1,
            messages: Messages::All,
            heads: 1,
            members: 1,
            dropout: 0.2,
            seed: 1,
        }
    }
}

/// The model and its size, before the data determine its input sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    /// The model that ranks.
    pub kind: ModelKind,
    /// The text score that [`ModelKind::Signal`] and [`ModelKind::Cm`] use, by name; `None` for
    /// [`crate::signals::text_signal`], or the first signal if none compares words.
    pub signal: Option<String>,
    /// Width of every layer of the MLP over the signals.
    pub hidden: usize,
    /// Layers of that MLP.
    pub mlp_layers: usize,
    /// Width of every graph convolution.
    pub conv_size: usize,
    /// Number of graph convolutions.
    pub conv_layers: usize,
    /// Activation after each convolution.
    pub activation: Activation,
    /// Whether each convolution adds its input to its output.
    pub residual: bool,
    /// How DCMM's sums over neighbours are scaled.
    pub degree: Degree,
    /// Whether DCMM-PRF uses images similar to those the text ranks first.
    pub feedback: bool,
    /// Rounds of that feedback: from the second on, images similar to those ranked first by the round before.
    pub rounds: usize,
    /// What DCMM-PRF sends along the edges.
    pub messages: Messages,
    /// Attention heads of GAT.
    pub heads: usize,
    /// Networks whose scores are averaged, each with its own initial weights and dropout.
    pub members: usize,
    /// Share of units dropped while training, in [0, 1).
    #[serde(serialize_with = "short_f32")]
    pub dropout: f32,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            kind: ModelKind::DcmmCos,
            signal: None,
            hidden: 32,
            mlp_layers: 2,
            conv_size: 32,
            conv_layers: 1,
            activation: Activation::None,
            residual: false,
            degree: Degree::None,
            feedback: true,
            rounds: 1,
            messages: Messages::All,
            heads: 4,
            members: 1,
            dropout: 0.2,
        }
    }
}

impl ModelSettings {
    /// The configuration of the network to train, for the given numbers of signals and principal components, and
    /// vectors of `visual_dim` numbers; `None` for kinds without a network.
    pub fn config(
        &self,
        (feature_count, component_count): (usize, usize),
        visual_dim: usize,
        seed: u64,
    ) -> Option<NetworkConfig> {
        let kind = self.kind.network()?;
        // Without hidden layers only the head remains: a weighted sum.
        let layers = match kind {
            ModelKind::Linear => 0,
            ModelKind::DcmmPrf => self.mlp_layers,
            _ => self.mlp_layers.max(1),
        };
        Some(NetworkConfig {
            kind,
            feature_count: feature_count + component_count,
            component_count,
            visual_dim,
            mlp: vec![self.hidden; layers],
            conv: if kind.uses_graph() { vec![self.conv_size; self.conv_layers] } else { Vec::new() },
            activation: self.activation,
            residual: self.residual,
            degree: self.degree,
            feedback: self.feedback,
            rounds: self.rounds,
            messages: self.messages,
            heads: self.heads,
            members: self.members,
            dropout: self.dropout,
            seed,
        })
    }
}
