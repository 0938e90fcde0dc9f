//! What a network is to be, in plain values.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Dcmm, ModelError, init};

/// The widest layer and the longest vector that a configuration may ask for.
const MAX_WIDTH: usize = 1 << 20;
/// The deepest stack of layers of one kind.
const MAX_LAYERS: usize = 64;
/// The most weights in one network.
const MAX_PARAMETERS: usize = 1 << 28;

/// A name that is not among those there are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{given}” is none of {known}")]
pub struct UnknownName {
    given: String,
    known: &'static str,
}

impl UnknownName {
    /// `given` is none of `known` (a list for people).
    pub fn new(given: &str, known: &'static str) -> Self {
        Self { given: given.into(), known }
    }
}

/// Which network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Graph convolution weighted by a learned similarity, `v_iᵀ diag(a) v_j`.
    #[default]
    DcmmEdge,
    /// Graph convolution weighted by the cosine.
    DcmmCos,
    /// Learning to rank from the signals alone: the MLP and its head, no graph.
    Mlp,
}

impl ModelKind {
    /// All of them.
    pub const ALL: [ModelKind; 3] = [ModelKind::DcmmEdge, ModelKind::DcmmCos, ModelKind::Mlp];

    /// `dcmm-edge`, `dcmm-cos` or `mlp`.
    pub fn name(self) -> &'static str {
        match self {
            ModelKind::DcmmEdge => "dcmm-edge",
            ModelKind::DcmmCos => "dcmm-cos",
            ModelKind::Mlp => "mlp",
        }
    }
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ModelKind {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text.trim());
        found.ok_or_else(|| UnknownName::new(text, "dcmm-edge, dcmm-cos, mlp"))
    }
}

/// What follows a convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// Nothing, as in the authors' code.
    #[default]
    None,
    /// max(0, x), as in the paper.
    Relu,
}

impl Activation {
    /// Both.
    pub const ALL: [Activation; 2] = [Activation::None, Activation::Relu];

    /// `none` or `relu`.
    pub fn name(self) -> &'static str {
        match self {
            Activation::None => "none",
            Activation::Relu => "relu",
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Activation {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|activation| activation.name() == text.trim());
        found.ok_or_else(|| UnknownName::new(text, "none, relu"))
    }
}

/// A network's shape and the seed of its first weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DcmmConfig {
    /// Which network.
    pub kind: ModelKind,
    /// Signals per image (F).
    pub feature_count: usize,
    /// Numbers per visual vector (d); only [`ModelKind::DcmmEdge`] looks at them.
    pub visual_dim: usize,
    /// Widths of the MLP's layers; none passes the signals on as they are.
    pub mlp: Vec<usize>,
    /// Widths of the convolutions; not used by [`ModelKind::Mlp`].
    pub conv: Vec<usize>,
    /// What follows every convolution.
    pub activation: Activation,
    /// Share of values dropped in training, in [0, 1).
    pub dropout: f32,
    /// Seed of the initial weights.
    pub seed: u64,
}

impl Default for DcmmConfig {
    /// The authors' recommended shape: two MLP layers and one convolution of 32.
    fn default() -> Self {
        Self {
            kind: ModelKind::DcmmEdge,
            feature_count: 1,
            visual_dim: 1,
            mlp: vec![32, 32],
            conv: vec![32],
            activation: Activation::None,
            dropout: 0.2,
            seed: 1,
        }
    }
}

impl DcmmConfig {
    /// How many weights the network learns.
    pub fn parameter_count(&self) -> usize {
        let size = |shape: &[usize]| shape.iter().fold(1usize, |size, &side| size.saturating_mul(side));
        self.shapes().iter().fold(0, |sum, (_, shape)| sum.saturating_add(size(shape)))
    }

    /// A network with its initial weights, decided by [`Self::seed`] alone.
    ///
    /// # Errors
    /// If the configuration describes no network.
    pub fn init(&self) -> Result<Dcmm, ModelError> {
        let mut draw = init::Initialiser::new(self.seed);
        Dcmm::assemble(self, |name, shape| Ok(draw.weights(name, shape)))
    }

    /// Every weight's name and shape, in the order in which they are drawn. Names are those of PyTorch.
    pub fn shapes(&self) -> Vec<(String, Vec<usize>)> {
        let mut shapes = Vec::new();
        let mut linear = |name: String, input: usize, output: usize| {
            shapes.push((format!("{name}.weight"), vec![output, input]));
            shapes.push((format!("{name}.bias"), vec![output]));
        };
        let mut width = self.feature_count;
        for (layer, &next) in self.mlp.iter().enumerate() {
            linear(format!("mlp.{layer}"), width, next);
            width = next;
        }
        linear("head_text".into(), width, 1);
        if self.kind != ModelKind::Mlp {
            for (layer, &next) in self.conv.iter().enumerate() {
                linear(format!("conv.{layer}"), width, next);
                width = next;
            }
            linear("head_conv".into(), width, 1);
        }
        if self.kind == ModelKind::DcmmEdge {
            shapes.extend((0..self.conv.len()).map(|layer| (format!("conv.{layer}.a"), vec![self.visual_dim])));
        }
        shapes
    }

    /// Whether this describes a network that can be made.
    ///
    /// # Errors
    /// With a sentence that names the value that is out of range.
    pub fn check(&self) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Config(message));
        let width = |what: &str, value: usize| match value {
            1..=MAX_WIDTH => Ok(()),
            _ => Err(ModelError::Config(format!("{what} must be from 1 to {MAX_WIDTH}, not {value}"))),
        };
        width("the number of signals", self.feature_count)?;
        self.mlp.iter().try_for_each(|&value| width("an MLP layer's width", value))?;
        if self.mlp.len() > MAX_LAYERS || self.conv.len() > MAX_LAYERS {
            return fail(format!("at most {MAX_LAYERS} layers of a kind"));
        }
        if self.kind != ModelKind::Mlp {
            self.conv.iter().try_for_each(|&value| width("a convolution's width", value))?;
            if self.conv.is_empty() {
                return fail("a graph network needs at least one convolution".into());
            }
        }
        if self.kind == ModelKind::DcmmEdge {
            width("the length of the visual vectors", self.visual_dim)?;
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return fail(format!("dropout must be at least 0 and below 1, not {}", self.dropout));
        }
        match self.parameter_count() {
            0..=MAX_PARAMETERS => Ok(()),
            count => fail(format!("{count} weights; at most {MAX_PARAMETERS}")),
        }
    }
}
