//! A loss with all its parameters, in plain numbers.

use serde::{Deserialize, Serialize};

use super::neural::Sorting;
use super::{Loss, Targets, approx, lists, neural, pairs, pointwise};
use crate::base::named;

/// Parameters of some losses.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LossSettings {
    /// How smooth the ranks of ApproxNDCG and the sort of NeuralNDCG are; `None` for [`Loss::temperature`].
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
    /// All terms of all queries ([`Loss::units`]): pairs for BPR, so that long queries weigh more. This is what the
    /// paper's authors do. Listwise losses have one term per query.
    #[default]
    PerPair,
    /// Queries: all weigh the same.
    PerQuery,
}

named!(Weighting, "weighting": PerPair = "per-pair", PerQuery = "per-query");

/// A loss with all its parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Objective {
    /// The loss.
    pub loss: Loss,
    /// Its parameters.
    pub settings: LossSettings,
    /// What the mean is over.
    pub weighting: Weighting,
}

impl From<Loss> for Objective {
    fn from(loss: Loss) -> Self {
        Self { loss, ..Self::default() }
    }
}

impl Objective {
    /// The weight of a query in the mean; 0 if nothing can be learned from it.
    pub fn weight(self, targets: &Targets) -> f64 {
        let units = self.loss.units(targets);
        match self.weighting {
            Weighting::PerPair => units,
            Weighting::PerQuery => units.min(1.0),
        }
    }

    /// [`Self::sum`] and its gradient as plain numbers. `scores` has one value per judgement.
    pub fn evaluate(self, scores: &[f64], targets: &Targets) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; scores.len()];
        let units = self.loss.units(targets);
        if units == 0.0 {
            return (0.0, gradient);
        }
        let judged: Vec<f64> = targets.positions.iter().map(|&at| scores[at]).collect();
        let (mut value, parts) = self.raw(&judged, targets);
        targets.positions.iter().zip(parts).for_each(|(&at, part)| gradient[at] = part);
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
    /// [`Objective::weight`] of this loss with default parameters.
    pub fn weight(self, targets: &Targets) -> f64 {
        Objective::from(self).weight(targets)
    }
}
