//! Scores of a query's candidates, comparable from query to query.

use crate::base::{mean, named};

/// The candidates of one query, one value each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScoredQuery {
    /// Their scores.
    pub scores: Vec<f64>,
    /// Whether they are relevant, where they are judged.
    pub is_relevant: Vec<Option<bool>>,
}

/// What is done to scores, so that those of different queries can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreScale {
    /// Nothing.
    AsIs,
    /// Less the mean of the query's scores, divided by their standard deviation.
    Standardised,
}

named!(ScoreScale, "scale of scores": AsIs = "scores as they are", Standardised = "standardised scores");

impl ScoredQuery {
    /// The scores on a scale; those that are not finite become NaN.
    pub(super) fn on(&self, scale: ScoreScale) -> Vec<f64> {
        let finite: Vec<f64> = self.scores.iter().copied().filter(|score| score.is_finite()).collect();
        let (centre, spread) = match scale {
            ScoreScale::AsIs => (0.0, 1.0),
            ScoreScale::Standardised if finite.is_empty() => (0.0, 1.0),
            ScoreScale::Standardised => {
                let centre = mean(&finite);
                let squares: Vec<f64> = finite.iter().map(|score| (score - centre).powi(2)).collect();
                (centre, mean(&squares).sqrt())
            }
        };
        let scaled = |&score: &f64| match score.is_finite() {
            true if spread > 0.0 => (score - centre) / spread,
            true => 0.0,
            false => f64::NAN,
        };
        self.scores.iter().map(scaled).collect()
    }

    /// The judged of some values, one a candidate, with what the judges say; without NaN.
    pub(super) fn judged<'a>(&'a self, values: &'a [f64]) -> impl Iterator<Item = (f64, bool)> + 'a {
        let judged = values.iter().zip(&self.is_relevant);
        judged.filter_map(|(&value, is_relevant)| Some((value, (*is_relevant)?))).filter(|(value, _)| !value.is_nan())
    }
}
