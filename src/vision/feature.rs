//! Which of a network's layers gives the vector, and how its places become one.

use std::fmt;

use super::VisionError;
use crate::base::named;

/// How the places of a feature map become one number a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// Their mean: what ResNets are trained with.
    #[default]
    Mean,
    /// Generalised mean, `(mean max(x, 1e-6)³)^⅓` (Radenović et al., 2019, arXiv 1711.02512): between mean and maximum,
    /// the usual choice of image retrieval.
    Gem,
}

/// The layer and the pooling that give the vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Feature {
    /// 1 to 4: behind which of the residual stages. The last is what a classifier would see.
    pub stage: usize,
    /// From places to one vector.
    pub pooling: Pooling,
}

impl Default for Feature {
    fn default() -> Self {
        Self { stage: Self::STAGES, pooling: Pooling::Mean }
    }
}

impl Feature {
    /// Residual stages of every network here.
    pub const STAGES: usize = 4;

    /// A feature of stage 1 to 4.
    ///
    /// # Errors
    /// [`VisionError::Stage`] for another stage.
    pub fn new(stage: usize, pooling: Pooling) -> Result<Self, VisionError> {
        match stage {
            1..=Self::STAGES => Ok(Self { stage, pooling }),
            _ => Err(VisionError::Stage(stage)),
        }
    }
}

named!(Pooling, "pooling": Mean = "mean", Gem = "gem");

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stage {}, {}", self.stage, self.pooling)
    }
}
