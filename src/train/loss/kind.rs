//! The ranking losses and their names.

use serde::{Deserialize, Serialize};

use super::Targets;
use crate::base::named;

/// A ranking loss. All of them ignore unjudged images.
///
/// All but the pointwise loss compare images of one query, so they skip queries whose images all have the same grade
/// (for LambdaRank on average precision: are all relevant, or none).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Bayesian personalised ranking (the paper's; RankNet's loss, ICML 2005): the mean of `−log σ(s⁺ − s⁻)` over all
    /// pairs of images of the same query, the first with the higher grade.
    #[default]
    Bpr,
    /// Pointwise cross-entropy of σ(s) with the grade, divided by the highest grade of the queries learned from: the
    /// mean over judged images. It learns from every query with a judged image.
    BinaryCrossEntropy,
    /// Softmax cross-entropy (ListNet's top-one form, ICML 2007; ICTIR 2019): per query
    /// `−Σ y_i log softmax(s)_i / Σ y_i` over the judged images with their grades y.
    SoftmaxCrossEntropy,
    /// ListMLE (ICML 2008): −log of the probability of drawing the images grade by grade (Plackett–Luce), per image
    /// drawn. Equal grades may come in any order (Efron's approximation of the mean over orders).
    ListMle,
    /// LambdaRank on nDCG (NIPS 2006; as a loss: LambdaLoss, CIKM 2018): `−log σ(s⁺ − s⁻)` summed over a query's pairs,
    /// each weighted by the change in nDCG from swapping it; the weights are held constant.
    LambdaNdcg,
    /// The same with the change in average precision, over pairs of a relevant and a non-relevant image.
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
    /// Its name in the literature.
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
            Loss::LambdaNdcg => "Pairs weighted by how much swapping them would change nDCG",
            Loss::LambdaMap => "Pairs weighted by how much swapping them would change average precision",
            Loss::ApproxNdcg => "nDCG itself, with smooth ranks",
            Loss::NeuralNdcg => "nDCG itself, with a smooth sort",
        }
    }

    /// The default temperature, if it has one.
    pub fn temperature(self) -> Option<f64> {
        match self {
            Loss::ApproxNdcg => Some(0.1),
            Loss::NeuralNdcg => Some(1.0),
            _ => None,
        }
    }

    /// Whether it can be restricted to the top ranks.
    pub fn truncates(self) -> bool {
        matches!(self, Loss::LambdaNdcg | Loss::NeuralNdcg)
    }

    /// Bytes that the loss of a query takes which grow with the square of its judged images.
    pub fn dense_bytes(self, judged: usize) -> usize {
        match self {
            // The matrix of choices, and its gradient.
            Loss::NeuralNdcg => judged.saturating_mul(judged).saturating_mul(2 * size_of::<f64>()),
            _ => 0,
        }
    }

    /// Number of terms in a query's loss: pairs, judged images, images drawn, or the one list. 0 if nothing can be
    /// learned from the query.
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
}
