//! Parameters of the losses.

use serde::{Deserialize, Serialize};

use crate::base::named;

/// Parameters of some losses.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LossSettings {
    /// How smooth the ranks of ApproxNDCG and the sort of NeuralNDCG are; `None` for [`Loss::temperature`](super::Loss::temperature).
    pub temperature: Option<f64>,
    /// The last rank that counts in LambdaRank on nDCG and in NeuralNDCG; `None` for all.
    pub truncation: Option<usize>,
    /// Whether the gain of a grade in nDCG is 2^grade − 1 instead of the grade.
    pub exponential_gain: bool,
    /// Rounds of Sinkhorn scaling in NeuralNDCG, after which each image is chosen about once; without any (0) the
    /// smooth sort may choose an image for several ranks.
    pub sinkhorn: usize,
}

impl Default for LossSettings {
    fn default() -> Self {
        Self { temperature: None, truncation: None, exponential_gain: false, sinkhorn: 5 }
    }
}

/// What a batch's losses are averaged over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weighting {
    /// All terms of all queries ([`Loss::units`](super::Loss::units)): pairs for BPR, so that long queries weigh more. This is what the
    /// paper's authors do. Listwise losses have one term per query.
    #[default]
    PerPair,
    /// Queries: all weigh the same.
    PerQuery,
}

named!(Weighting, "weighting": PerPair = "per-pair", PerQuery = "per-query");
