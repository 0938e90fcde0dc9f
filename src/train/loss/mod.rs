//! Ranking losses, with gradients of their own; one file per family.

mod approx;
mod lists;
mod neural;
mod op;
mod pairs;
mod pointwise;
mod targets;

use std::sync::{Arc, OnceLock};

use candle_core::{Result, Tensor};
use serde::{Deserialize, Serialize};

use crate::base::named;
use neural::Sorting;
use op::RankingLoss;
pub use targets::Targets;

/// What is minimised. Unjudged images take no part in any of them.
///
/// All but the pointwise loss compare images of one query, so they learn nothing from a query whose images are all of
/// one grade (for LambdaRank on average precision: all relevant, or none); they pass over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Bayesian personalised ranking (the paper's; RankNet's loss, ICML 2005): the mean of `−log σ(s⁺ − s⁻)` over all
    /// pairs of images of the same query of which the first has the higher grade.
    #[default]
    Bpr,
    /// Pointwise cross-entropy of σ(s) with the grade over the data set's highest: the mean over judged images. It
    /// learns from every query that has a judged image.
    BinaryCrossEntropy,
    /// Softmax cross-entropy (ListNet's top-one form, ICML 2007; ICTIR 2019): per query `−Σ y_i log softmax(s)_i / Σ y_i`
    /// over the judged images with their grades y.
    SoftmaxCrossEntropy,
    /// ListMLE (ICML 2008): −log of the probability of drawing the images grade by grade (Plackett–Luce), per image
    /// drawn. Equal grades come in any order (Efron's approximation of the mean over orders).
    ListMle,
    /// LambdaRank on nDCG (NIPS 2006; as a loss: LambdaLoss, CIKM 2018): `−log σ(s⁺ − s⁻)` summed over a query's pairs,
    /// each weighed by the change of nDCG if the two changed places; the weights are held constant.
    LambdaNdcg,
    /// The same with the change of average precision, over pairs of a relevant and a not relevant image.
    LambdaMap,
    /// 1 − ApproxNDCG (2010; SIGIR 2019): ranks become sums of sigmoids.
    ApproxNdcg,
    /// 1 − NeuralNDCG (arXiv 2102.07831): sorting becomes NeuralSort's matrix.
    NeuralNdcg,
}

named!(Loss, "loss":
    Bpr = "bpr", BinaryCrossEntropy = "binary-cross-entropy", SoftmaxCrossEntropy = "softmax-cross-entropy",
    ListMle = "list-mle", LambdaNdcg = "lambda-ndcg", LambdaMap = "lambda-map", ApproxNdcg = "approx-ndcg",
    NeuralNdcg = "neural-ndcg",
);

impl Loss {
    /// As it is called in literature.
    pub fn label(self) -> &'static str {
        match self {
            Loss::Bpr => "BPR",
            Loss::BinaryCrossEntropy => "Pointwise",
            Loss::SoftmaxCrossEntropy => "Softmax",
            Loss::ListMle => "ListMLE",
            Loss::LambdaNdcg => "LambdaRank nDCG",
            Loss::LambdaMap => "LambdaRank MAP",
            Loss::ApproxNdcg => "ApproxNDCG",
            Loss::NeuralNdcg => "NeuralNDCG",
        }
    }

    /// What it does, in one line.
    pub fn explanation(self) -> &'static str {
        match self {
            Loss::Bpr => "−log σ(s⁺ − s⁻) over all pairs of a better and a worse image of one query",
            Loss::BinaryCrossEntropy => "Each image alone: is it relevant or not?",
            Loss::SoftmaxCrossEntropy => "Cross-entropy of each query's softmax with its relevant images (ListNet)",
            Loss::ListMle => "Likelihood of drawing each query's images grade by grade",
            Loss::LambdaNdcg => "Pairs weighed by what swapping them would change in nDCG",
            Loss::LambdaMap => "Pairs weighed by what swapping them would change in average precision",
            Loss::ApproxNdcg => "nDCG itself, with smooth ranks",
            Loss::NeuralNdcg => "nDCG itself, with a smooth sort",
        }
    }

    /// Whether a temperature belongs to it, and which one it has unless told.
    pub fn temperature(self) -> Option<f64> {
        match self {
            Loss::ApproxNdcg => Some(0.1),
            Loss::NeuralNdcg => Some(1.0),
            _ => None,
        }
    }

    /// Whether it can look at the top ranks alone.
    pub fn truncates(self) -> bool {
        matches!(self, Loss::LambdaNdcg | Loss::NeuralNdcg)
    }

    /// How many parts a query's loss is the mean of: pairs, judged images, images drawn, or the one list. 0 where the
    /// query teaches nothing.
    pub fn units(self, targets: &Targets) -> f64 {
        let units = match self {
            Loss::Bpr => targets.pairs(),
            Loss::BinaryCrossEntropy => targets.judged(),
            // All but those of the lowest grade.
            Loss::ListMle => targets.levels.iter().rev().skip(1).map(|level| level.members.len()).sum(),
            Loss::LambdaMap => targets.relevant().min(targets.judged() - targets.relevant()).min(1),
            _ => targets.pairs().min(1),
        };
        units as f64
    }

    /// [`Objective::sum`] with this loss and all else as it is by default.
    ///
    /// # Errors
    /// If the numbers of scores and of judgements differ.
    pub fn sum(self, scores: &Tensor, targets: &Arc<Targets>) -> Result<Tensor> {
        Objective::from(self).sum(scores, targets)
    }

    /// [`Objective::weight`] with this loss and all else as it is by default.
    pub fn weight(self, targets: &Targets) -> f64 {
        Objective::from(self).weight(targets)
    }
}

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
    /// What the scores of one query's images add to the loss of a batch: the loss is the sum of these over the sum of
    /// the [`Self::weight`]s.
    ///
    /// # Shapes
    /// `scores`: n → a scalar; 0 where the query teaches nothing.
    ///
    /// # Errors
    /// If the numbers of scores and of judgements differ.
    pub fn sum(self, scores: &Tensor, targets: &Arc<Targets>) -> Result<Tensor> {
        let operation = RankingLoss { objective: self, targets: targets.clone(), gradient: OnceLock::new() };
        scores.contiguous()?.apply_op1(operation)
    }

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
