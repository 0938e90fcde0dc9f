//! A function from scores to probabilities, and a query's own shift of it.

use super::{Isotonic, Platt};
use crate::base::named;

/// How far from 0 and 1 a probability is kept where its logarithm is needed.
const EDGE: f64 = 1e-3;

/// Halvings when a shift is looked for.
const HALVINGS: usize = 50;

/// The shape of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any that never falls.
    Isotonic,
    /// Platt's sigmoid.
    Sigmoid,
}

named!(Shape, "shape": Isotonic = "isotonic regression", Sigmoid = "Platt's sigmoid");

/// A fitted function.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Curve {
    Isotonic(Isotonic),
    Sigmoid(Platt),
}

impl Curve {
    /// Fits one to the scores of judged images; `None` without any.
    pub(super) fn fit(shape: Shape, judged: impl Iterator<Item = (f64, bool)>) -> Option<Self> {
        let (scores, is_relevant): (Vec<f64>, Vec<bool>) = judged.unzip();
        match shape {
            Shape::Isotonic => Isotonic::fit(&scores, &is_relevant).map(Self::Isotonic),
            Shape::Sigmoid => Platt::fit(&scores, &is_relevant).map(Self::Sigmoid),
        }
    }

    /// The probability at a score; NaN at NaN.
    pub(super) fn probability(&self, score: f64) -> f64 {
        match self {
            Self::Isotonic(isotonic) => isotonic.probability(score),
            Self::Sigmoid(platt) => platt.probability(score),
        }
    }
}

/// The negative log-likelihood of a judgement.
pub(super) fn loss((probability, is_relevant): (f64, bool)) -> f64 {
    let probability = probability.clamp(EDGE, 1.0 - EDGE);
    if is_relevant { -probability.ln() } else { -(1.0 - probability).ln() }
}

/// A probability whose log-odds are moved.
pub(super) fn shifted(probability: f64, shift: f64) -> f64 {
    if shift == 0.0 {
        return probability;
    }
    let probability = probability.clamp(EDGE, 1.0 - EDGE);
    1.0 / (1.0 + (1.0 - probability) / probability * (-shift).exp())
}

/// How far a query's log-odds of relevance lie from those of others, by its own judged images: the most likely shift if
/// shifts are normally distributed over queries with this standard deviation.
pub(super) fn shift(judged: &[(f64, bool)], spread: f64) -> f64 {
    if spread == 0.0 || judged.is_empty() {
        return 0.0;
    }
    // The slope of the log-posterior, which falls everywhere.
    let slope = |shift: f64| {
        let one = |&(probability, is_relevant): &(f64, bool)| {
            f64::from(u8::from(is_relevant)) - shifted(probability.clamp(EDGE, 1.0 - EDGE), shift)
        };
        judged.iter().map(one).sum::<f64>() - shift / (spread * spread)
    };
    let (mut low, mut high) = (-10.0, 10.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if slope(middle) > 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
