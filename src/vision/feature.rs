//! The layer that gives the vector, and its pooling.

use std::fmt;

use crate::base::named;

/// How a feature map is pooled to one number per channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// The mean, which the networks are trained with.
    #[default]
    Mean,
    /// Generalised mean, `(mean max(x, 1e-6)³)^⅓` (Radenović et al., 2019, arXiv 1711.02512): between mean and maximum;
    /// the usual choice for image retrieval.
    Gem,
}

/// The layer and the pooling that give the vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Feature {
    /// The stage, 1 to 4, whose output is taken. The last is the classifier's input.
    pub stage: usize,
    /// The pooling to one vector.
    pub pooling: Pooling,
}

/// No supported network has this stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no stage {0} (expected 1 to 4)")]
pub struct UnknownStage(pub usize);

impl Default for Feature {
    fn default() -> Self {
        Self { stage: Self::STAGES, pooling: Pooling::Mean }
    }
}

impl Feature {
    /// Number of stages of every supported network. Each ends with maps of half the side of the one before it.
    pub const STAGES: usize = 4;

    /// A feature of stage 1 to 4.
    ///
    /// # Errors
    /// [`UnknownStage`] for any other stage.
    pub fn new(stage: usize, pooling: Pooling) -> Result<Self, UnknownStage> {
        match stage {
            1..=Self::STAGES => Ok(Self { stage, pooling }),
            _ => Err(UnknownStage(stage)),
        }
    }

    /// What follows the name of a network in that of its vectors: `, stage 3, gem`; nothing for the usual layer.
    pub fn suffix(self) -> String {
        if self == Self::default() { String::new() } else { format!(", {self}") }
    }
}

named!(Pooling, "pooling": Mean = "mean", Gem = "gem");

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stage {}, {}", self.stage, self.pooling)
    }
}
