//! What follows from a network's configuration: its weights, and whether it is valid.

use super::design_of;
use super::weight::{Init, Weight};
use super::{ModelError, NetworkConfig};

/// The widest layer and the longest vector that a configuration may ask for.
const MAX_WIDTH: usize = 1 << 20;
/// The deepest stack of layers of one kind.
const MAX_LAYERS: usize = 64;
/// The most weights in one network.
const MAX_PARAMETERS: usize = 1 << 28;
/// The most networks whose scores are averaged.
const MAX_MEMBERS: usize = 64;

impl NetworkConfig {
    /// Number of learned weights, over all members.
    pub fn parameter_count(&self) -> usize {
        let of_one = self.member_weights().iter().fold(0usize, |sum, weight| sum.saturating_add(weight.count()));
        of_one.saturating_mul(self.members)
    }

    /// Every weight's name and shape, in the order of initialisation. Names are those of PyTorch; with several members
    /// each name begins with `member.<number>.`.
    pub fn shapes(&self) -> Vec<(String, Vec<usize>)> {
        self.weights().into_iter().map(|weight| (weight.name, weight.shape)).collect()
    }

    /// Every weight, in the order of initialisation.
    pub(super) fn weights(&self) -> Vec<Weight> {
        let of_one = self.member_weights();
        let of_member = |member: usize| {
            let prefix = self.member_prefix(member);
            of_one.iter().map(move |weight| Weight { name: format!("{prefix}{}", weight.name), ..weight.clone() })
        };
        (0..self.members).flat_map(of_member).collect()
    }

    /// What the names of a member's weights begin with: nothing if there is only one.
    pub(super) fn member_prefix(&self, member: usize) -> String {
        if self.members == 1 { String::new() } else { format!("member.{member}.") }
    }

    fn member_weights(&self) -> Vec<Weight> {
        let mut weights = Vec::new();
        let mut width = self.feature_count;
        for (layer, &next) in self.mlp.iter().enumerate() {
            weights.extend(Weight::linear(&format!("mlp.{layer}"), width, next));
            width = next;
        }
        let head = Weight::linear("head_text", width, 1);
        match design_of(self.kind) {
            None => weights.extend(head),
            Some(design) => {
                let zero = |weight: Weight| Weight { init: Init::Constant(0.0), ..weight };
                weights.extend(if design.starts_at_zero() { head.map(zero) } else { head });
                weights.extend(design.weights(self, width));
            }
        }
        weights
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
        if let Some(design) = design_of(self.kind) {
            self.conv.iter().try_for_each(|&value| width("a convolution's width", value))?;
            design.check(self)?;
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
