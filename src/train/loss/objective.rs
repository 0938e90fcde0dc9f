//! A loss with all that decides its value, in plain numbers.

use serde::{Deserialize, Serialize};

use super::neural::Sorting;
use super::{Loss, Targets, approx, lists, neural, pairs, pointwise};
use crate::base::named;

/// Numbers that some losses ask for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LossSettings {
    /// How smooth the ranks of ApproxNDCG and the sort of NeuralNDCG are; `None` takes [`Loss::temperature`].
    pub temperature: Option<f64>,
    /// The last rank that counts in LambdaRank on nDCG and in NeuralNDCG; `None` counts all.
    pub truncation: Option<usize>,
    /// Whether a grade is worth 2^grade − 1 to nDCG instead of itself.
    pub exponential_gain: bool,
    /// Rounds of Sinkhorn's scaling in NeuralNDCG, after which each image is chosen about once; without any (0) the
    /// smooth sort may choose an image for several ranks.
    pub sinkhorn: usize,
}

impl Default for LossSettings {
    fn default() -> Self {
        Self { temperature: None, truncation: None, exponential_gain: false, sinkhorn: 5 }
    }
}

/// What the mean of a batch's losses is taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weighting {
    /// All parts of all queries ([`Loss::units`]): pairs for BPR, so that long queries weigh more. What the paper's
    /// authors do. Losses of whole lists have one part a query.
    #[default]
    PerPair,
    /// Queries: each weighs the same.
    PerQuery,
}

named!(Weighting, "weighting": PerPair = "per-pair", PerQuery = "per-query");

/// A loss with all that decides its value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Objective {
    /// Which loss.
    pub loss: Loss,
    /// Its numbers.
    pub settings: LossSettings,
    /// What the mean is taken over.
    pub weighting: Weighting,
}

impl From<Loss> for Objective {
    fn from(loss: Loss) -> Self {
        Self { loss, ..Self::default() }
    }
}

impl Objective {
    /// What a query weighs in the mean; 0 where it teaches nothing.
    pub fn weight(self, targets: &Targets) -> f64 {
        let units = self.loss.units(targets);
        match self.weighting {
            Weighting::PerPair => units,
            Weighting::PerQuery => units.min(1.0),
        }
    }

    /// [`Self::sum`] and its gradient in plain numbers. `scores` are as many as the judgements.
    pub fn evaluate(self, scores: &[f64], targets: &Targets) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; scores.len()];
        let units = self.loss.units(targets);
        if units == 0.0 {
            return (0.0, gradient);
        }
        let judged: Vec<f64> = targets.places.iter().map(|&at| scores[at]).collect();
        let (mut value, parts) = self.raw(&judged, targets);
        targets.places.iter().zip(parts).for_each(|(&at, part)| gradient[at] = part);
        if self.weighting == Weighting::PerQuery {
            value /= units;
            gradient.iter_mut().for_each(|x| *x /= units);
        }
        (value, gradient)
    }

    fn raw(self, scores: &[f64], targets: &Targets) -> (f64, Vec<f64>) {
        let LossSettings { truncation, exponential_gain: exponential, sinkhorn, .. } = self.settings;
        let temperature = self.settings.temperature.or(self.loss.temperature()).unwrap_or(1.0);
        match self.loss {
            Loss::Bpr => pairs::bpr(targets, scores),
            Loss::BinaryCrossEntropy => pointwise::binary_cross_entropy(targets, scores),
            Loss::SoftmaxCrossEntropy => lists::softmax_cross_entropy(targets, scores),
            Loss::ListMle => lists::list_mle(targets, scores),
            Loss::LambdaNdcg => pairs::lambda_ndcg(targets, scores, exponential, truncation),
            Loss::LambdaMap => pairs::lambda_map(targets, scores),
            Loss::ApproxNdcg => approx::approx_ndcg(targets, scores, temperature, exponential),
            Loss::NeuralNdcg => {
                neural::neural_ndcg(targets, scores, Sorting { temperature, exponential, truncation, sinkhorn })
            }
        }
    }
}

impl Loss {
    /// [`Objective::weight`] with this loss and all else as it is by default.
    pub fn weight(self, targets: &Targets) -> f64 {
        Objective::from(self).weight(targets)
    }
}
