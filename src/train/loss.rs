//! Ranking losses, with gradients of their own.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;
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

    /// The loss of the scores of `targets`' images.
    ///
    /// # Shapes
    /// `scores`: N → a scalar; NaN where no query has both relevant and not relevant images.
    ///
    /// # Errors
    /// If the numbers of scores and of targets differ.
    pub fn of(self, scores: &Tensor, targets: &Arc<Targets>) -> Result<Tensor> {
        scores.contiguous()?.apply_op1(RankingLoss { loss: self, targets: targets.clone() })
    }

    /// What a batch weighs in a mean over batches: its pairs, or its queries.
    pub fn weight(self, targets: &Targets) -> f64 {
        let usable = targets.queries.iter().filter(|query| query.is_usable());
        match self {
            Loss::Bpr => usable.map(|query| (query.relevant.len() * query.others.len()) as f64).sum(),
            Loss::SoftmaxCrossEntropy => usable.count() as f64,
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

/// The judgements of a batch, as a loss reads them. Unjudged images take no part.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    queries: Vec<QueryTargets>,
    n: usize,
}

#[derive(Clone, Debug)]
struct QueryTargets {
    /// The query's images in the batch.
    span: Range<usize>,
    /// Relevant images (position within the query) and their grades.
    relevant: Vec<(usize, f64)>,
    /// Images judged not relevant.
    others: Vec<usize>,
}

impl QueryTargets {
    /// A query of one kind only teaches no order.
    fn is_usable(&self) -> bool {
        !self.relevant.is_empty() && !self.others.is_empty()
    }
}

impl Targets {
    /// The judgements of several queries, in the order of the batch.
    pub fn new<'a>(queries: impl IntoIterator<Item = &'a [Option<Relevance>]>) -> Self {
        let mut targets = Self::default();
        for relevance in queries {
            let span = targets.n..targets.n + relevance.len();
            targets.n = span.end;
            let judged = |relevant: bool| {
                let grades = relevance.iter().enumerate().filter_map(|(i, grade)| Some((i, (*grade)?)));
                grades.filter(move |(_, grade)| grade.is_judged() && grade.is_relevant() == relevant)
            };
            let relevant = judged(true).map(|(i, grade)| (i, f64::from(grade.0))).collect();
            targets.queries.push(QueryTargets { span, relevant, others: judged(false).map(|(i, _)| i).collect() });
        }
        targets
    }
}

/// The loss as an operation of one argument, the scores.
struct RankingLoss {
    loss: Loss,
    targets: Arc<Targets>,
}

impl RankingLoss {
    /// Loss and gradient; sums are taken per query and then in the order of the queries.
    fn evaluate(&self, scores: &[f64], gradient: Option<&mut [f64]>) -> Result<f64> {
        if scores.len() != self.targets.n {
            bail!("{} scores for {} judgements", scores.len(), self.targets.n);
        }
        let per_query = |query: &QueryTargets| {
            let scores = &scores[query.span.clone()];
            match self.loss {
                Loss::Bpr => bpr(query, scores),
                Loss::SoftmaxCrossEntropy => softmax_cross_entropy(query, scores),
            }
        };
        let usable: Vec<&QueryTargets> = self.targets.queries.iter().filter(|query| query.is_usable()).collect();
        let parts: Vec<(f64, Vec<f64>)> = usable.par_iter().map(|query| per_query(query)).collect();
        let weight = self.loss.weight(&self.targets);
        if let Some(gradient) = gradient {
            for (query, (_, part)) in usable.iter().zip(&parts) {
                gradient[query.span.clone()].iter_mut().zip(part).for_each(|(out, x)| *out = x / weight);
            }
        }
        Ok(parts.iter().map(|(sum, _)| sum).sum::<f64>() / weight)
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
        let loss = self.evaluate(&storage.as_slice::<f64>()?[start..end], None)?;
        Ok((CpuStorage::F64(vec![loss]), Shape::from(())))
    }

    fn bwd(&self, scores: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let values = scores.to_vec1::<f64>()?;
        let mut out = vec![0.0; values.len()];
        self.evaluate(&values, Some(&mut out))?;
        let scale = gradient.to_scalar::<f64>()?;
        out.iter_mut().for_each(|x| *x *= scale);
        Ok(Some(Tensor::from_vec(out, scores.shape(), scores.device())?))
    }
}

/// Σ over pairs of −log σ(d), d = s⁺ − s⁻, and its gradient: ∂/∂s⁺ = −σ(−d) = −∂/∂s⁻.
fn bpr(query: &QueryTargets, scores: &[f64]) -> (f64, Vec<f64>) {
    let mut sum = 0.0;
    let mut gradient = vec![0.0; scores.len()];
    for &(i, _) in &query.relevant {
        for &j in &query.others {
            let d = scores[i] - scores[j];
            // e ≤ 1, so that neither line overflows: −log σ(d) = max(−d, 0) + log(1 + e^−|d|).
            let e = (-d.abs()).exp();
            sum += (-d).max(0.0) + e.ln_1p();
            let push = if d >= 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) };
            gradient[i] -= push;
            gradient[j] += push;
        }
    }
    (sum, gradient)
}

/// −Σ y_i log softmax(s)_i / Σ y_i and its gradient softmax(s)_i − y_i / Σ y.
fn softmax_cross_entropy(query: &QueryTargets, scores: &[f64]) -> (f64, Vec<f64>) {
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
