//! Ranking losses, with gradients of their own.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use serde::{Deserialize, Serialize};

use crate::dataset::Relevance;
use crate::model::UnknownName;

/// What is minimised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Bayesian personalised ranking (the paper's; RankNet's loss, ICML 2005): the mean of `−log σ(s⁺ − s⁻)` over all
    /// pairs of a relevant and a not relevant image of the same query, all queries of a batch together.
    #[default]
    Bpr,
    /// Softmax cross-entropy (ListNet's top-one form; ICTIR 2019): per query `−Σ y_i log softmax(s)_i / Σ y_i` over the
    /// judged images with their grades y, then the mean over queries.
    SoftmaxCrossEntropy,
}

impl Loss {
    /// Both.
    pub const ALL: [Loss; 2] = [Loss::Bpr, Loss::SoftmaxCrossEntropy];

    /// `bpr` or `softmax-cross-entropy`.
    pub fn name(self) -> &'static str {
        match self {
            Loss::Bpr => "bpr",
            Loss::SoftmaxCrossEntropy => "softmax-cross-entropy",
        }
    }

    /// What the scores of one query's images add to the loss of a batch: the loss is the sum of these over the sum of
    /// the [`Self::weight`]s.
    ///
    /// # Shapes
    /// `scores`: n → a scalar; 0 where the query does not have both relevant and not relevant images.
    ///
    /// # Errors
    /// If the numbers of scores and of judgements differ.
    pub fn sum(self, scores: &Tensor, targets: &Arc<Targets>) -> Result<Tensor> {
        scores.contiguous()?.apply_op1(RankingLoss { loss: self, targets: targets.clone() })
    }

    /// What a query weighs in the mean: its pairs, or 1. 0 where it has no pair of a relevant and another image: such
    /// a query teaches no order.
    pub fn weight(self, targets: &Targets) -> f64 {
        let pairs = (targets.relevant.len() * targets.others.len()) as f64;
        match self {
            Loss::Bpr => pairs,
            Loss::SoftmaxCrossEntropy => pairs.min(1.0),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Loss {
    type Err = UnknownName;

    fn from_str(text: &str) -> std::result::Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|loss| loss.name() == text.trim());
        found.ok_or_else(|| UnknownName::new(text, "bpr, softmax-cross-entropy"))
    }
}

/// The judgements of one query, as a loss reads them. Unjudged images take no part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    n: usize,
    /// Relevant images and their grades.
    relevant: Vec<(usize, f64)>,
    /// Images judged not relevant.
    others: Vec<usize>,
}

impl Targets {
    /// From the judgement of each image.
    pub fn new(relevance: &[Option<Relevance>]) -> Self {
        let mut targets = Self { n: relevance.len(), ..Self::default() };
        for (i, grade) in relevance.iter().enumerate() {
            match grade {
                Some(grade) if grade.is_relevant() => targets.relevant.push((i, f64::from(grade.0))),
                Some(grade) if grade.is_judged() => targets.others.push(i),
                _ => {}
            }
        }
        targets
    }
}

/// One query's part of the loss as an operation of one argument, the scores.
struct RankingLoss {
    loss: Loss,
    targets: Arc<Targets>,
}

impl RankingLoss {
    /// The part and its gradient.
    fn evaluate(&self, scores: &[f64]) -> Result<(f64, Vec<f64>)> {
        if scores.len() != self.targets.n {
            bail!("{} scores for {} judgements", scores.len(), self.targets.n);
        }
        if self.loss.weight(&self.targets) == 0.0 {
            return Ok((0.0, vec![0.0; scores.len()]));
        }
        Ok(match self.loss {
            Loss::Bpr => bpr(&self.targets, scores),
            Loss::SoftmaxCrossEntropy => softmax_cross_entropy(&self.targets, scores),
        })
    }
}

impl CustomOp1 for RankingLoss {
    fn name(&self) -> &'static str {
        self.loss.name()
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let Some((start, end)) = layout.contiguous_offsets() else {
            bail!("a contiguous tensor is needed");
        };
        let (loss, _) = self.evaluate(&storage.as_slice::<f64>()?[start..end])?;
        Ok((CpuStorage::F64(vec![loss]), Shape::from(())))
    }

    fn bwd(&self, scores: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (_, mut out) = self.evaluate(&scores.to_vec1::<f64>()?)?;
        let scale = gradient.to_scalar::<f64>()?;
        out.iter_mut().for_each(|x| *x *= scale);
        Ok(Some(Tensor::from_vec(out, scores.shape(), scores.device())?))
    }
}

/// Factors from 1 to 2 whose product is far from overflow: one logarithm serves them all.
const LOGS_AT_ONCE: usize = 512;

/// Σ over pairs of −log σ(d), d = s⁺ − s⁻, and its gradient: ∂/∂s⁺ = −σ(−d) = −∂/∂s⁻.
fn bpr(query: &Targets, scores: &[f64]) -> (f64, Vec<f64>) {
    let mut sum = 0.0;
    let mut gradient = vec![0.0; scores.len()];
    for &(i, _) in &query.relevant {
        for others in query.others.chunks(LOGS_AT_ONCE) {
            let mut product = 1.0;
            for &j in others {
                let d = scores[i] - scores[j];
                // e ≤ 1, so that nothing overflows: −log σ(d) = max(−d, 0) + log(1 + e^−|d|).
                let e = (-d.abs()).exp();
                sum += (-d).max(0.0);
                product *= 1.0 + e;
                let push = if d >= 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) };
                gradient[i] -= push;
                gradient[j] += push;
            }
            sum += f64::ln(product);
        }
    }
    (sum, gradient)
}

/// −Σ y_i log softmax(s)_i / Σ y_i and its gradient softmax(s)_i − y_i / Σ y.
fn softmax_cross_entropy(query: &Targets, scores: &[f64]) -> (f64, Vec<f64>) {
    let judged = || query.relevant.iter().map(|&(i, _)| i).chain(query.others.iter().copied());
    let most = judged().map(|i| scores[i]).fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = judged().map(|i| (scores[i] - most).exp()).sum();
    let grades: f64 = query.relevant.iter().map(|(_, grade)| grade).sum();
    let mut gradient = vec![0.0; scores.len()];
    judged().for_each(|i| gradient[i] = (scores[i] - most).exp() / total);
    let mut sum = 0.0;
    for &(i, grade) in &query.relevant {
        sum -= grade / grades * (scores[i] - most - total.ln());
        gradient[i] -= grade / grades;
    }
    (sum, gradient)
}
