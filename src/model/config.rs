//! The configuration of a network, in plain values.

use serde::{Deserialize, Serialize};

use super::{Activation, Degree, ModelError, ModelKind};

/// The widest layer and the longest vector that a configuration may ask for.
const MAX_WIDTH: usize = 1 << 20;
/// The deepest stack of layers of one kind.
const MAX_LAYERS: usize = 64;
/// The most weights in one network.
const MAX_PARAMETERS: usize = 1 << 28;
/// The most networks whose scores are averaged.
const MAX_MEMBERS: usize = 64;

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

impl NetworkConfig {
    /// Number of learned weights, over all members.
    pub fn parameter_count(&self) -> usize {
        let size = |shape: &[usize]| shape.iter().fold(1usize, |size, &side| size.saturating_mul(side));
        let of_one = self.member_shapes().iter().fold(0usize, |sum, (_, shape)| sum.saturating_add(size(shape)));
        of_one.saturating_mul(self.members)
    }

    /// Every weight's name and shape, in the order of initialisation. Names are those of PyTorch; with several members
    /// each name begins with `member.<number>.`.
    pub fn shapes(&self) -> Vec<(String, Vec<usize>)> {
        let of_one = self.member_shapes();
        if self.members == 1 {
            return of_one;
        }
        let of_member = |member: usize| {
            let named = of_one.iter().map(move |(name, shape)| (format!("member.{member}.{name}"), shape.clone()));
            named.collect::<Vec<_>>()
        };
        (0..self.members).flat_map(of_member).collect()
    }

    fn member_shapes(&self) -> Vec<(String, Vec<usize>)> {
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
        if !self.kind.uses_graph() {
            return shapes;
        }
        if self.kind == ModelKind::DcmmPrf {
            // Components act only through the text score unless an MLP mixes them in.
            let said = if self.mlp.is_empty() { width.saturating_sub(self.component_count) } else { width };
            shapes.extend((0..self.conv.len()).map(|hop| (format!("hop.{hop}.weight"), vec![1, said + 1])));
            if self.feedback {
                shapes.extend([("feedback.beta".into(), vec![1]), ("feedback.gamma".into(), vec![1])]);
            }
            return shapes;
        }
        for (layer, &next) in self.conv.iter().enumerate() {
            // An edge convolution reads a node and the difference to its neighbour side by side.
            let input = if self.kind == ModelKind::EdgeConv { width.saturating_mul(2) } else { width };
            linear(format!("conv.{layer}"), input, next);
            width = next;
        }
        linear("head_conv".into(), width, 1);
        for (layer, &width) in self.conv.iter().enumerate() {
            match self.kind {
                ModelKind::DcmmEdge => shapes.push((format!("conv.{layer}.a"), vec![self.visual_dim])),
                ModelKind::Gat => shapes.extend(["att_src", "att_dst"].map(|part| {
                    (format!("conv.{layer}.{part}"), vec![self.heads, width.checked_div(self.heads).unwrap_or(0)])
                })),
                _ => {}
            }
        }
        shapes
    }

    /// Checks that this describes a valid network.
    ///
    /// # Errors
    /// [`ModelError::Config`] with a sentence that names the invalid value.
    pub fn check(&self) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Config(message));
        let width = |what: &str, value: usize| match value {
            1..=MAX_WIDTH => Ok(()),
            _ => Err(ModelError::Config(format!("{what} must be from 1 to {MAX_WIDTH}, not {value}"))),
        };
        width("the number of signals", self.feature_count)?;
        self.mlp.iter().try_for_each(|&value| width("an MLP layer's width", value))?;
        if self.mlp.len() > MAX_LAYERS || self.conv.len() > MAX_LAYERS {
            return fail(format!("at most {MAX_LAYERS} layers of each kind"));
        }
        if self.kind.network() != Some(self.kind) {
            return fail(format!("{} has no network", self.kind));
        }
        if self.members == 0 || self.members > MAX_MEMBERS {
            return fail(format!("from 1 to {MAX_MEMBERS} members, not {}", self.members));
        }
        if self.kind.uses_graph() {
            self.conv.iter().try_for_each(|&value| width("a convolution's width", value))?;
            if self.conv.is_empty() && self.kind != ModelKind::DcmmPrf {
                return fail("a graph network needs at least one convolution".into());
            }
        }
        if self.kind == ModelKind::Gat
            && let Some(width) = self.conv.iter().find(|&width| self.heads == 0 || width % self.heads != 0)
        {
            return fail(format!("{} heads do not share a width of {width} evenly", self.heads));
        }
        if self.component_count >= self.feature_count {
            return fail(format!("{} components among {} inputs", self.component_count, self.feature_count));
        }
        if self.kind.reads_vectors() {
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
