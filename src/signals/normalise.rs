//! Normalises raw signals into features comparable within a query.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use super::Signals;
use crate::base::{Spread, named};

/// Added to the deviation, so that a constant signal gives zeros.
const EPSILON: f64 = 1e-6;

/// How a signal is normalised, per query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalisation {
    /// (x − mean) / (deviation + 10⁻⁶), with the unbiased deviation.
    #[default]
    ZScore,
    /// (x − min) / (max − min); zeros if all are equal.
    MinMax,
    /// (rank − 1) / (count − 1) from the lowest value, equal values sharing their mean rank; zeros if there is only one
    /// value.
    Quantile,
    /// The rank as a quantile of the normal distribution, Φ⁻¹((rank − ½) / count), equal values sharing their mean
    /// rank; zeros if all are equal. Outliers count no more than their rank.
    Gaussian,
    /// Unchanged.
    None,
}

named!(Normalisation, "normalisation":
    ZScore = "z-score", MinMax = "min-max", Quantile = "quantile", Gaussian = "gaussian", None = "none",
);

impl Normalisation {
    /// The name shown in menus.
    pub fn label(self) -> &'static str {
        match self {
            Normalisation::ZScore => "Z-score",
            Normalisation::MinMax => "Min–max",
            Normalisation::Quantile => "Quantile",
            Normalisation::Gaussian => "Gaussian quantile",
            Normalisation::None => "None",
        }
    }

    /// Normalises values in place; none may be missing.
    fn apply(self, values: &mut [f64]) {
        let count = values.len() as f64;
        match self {
            Normalisation::ZScore => {
                // Equal values give exactly that mean, so no rounding error is amplified.
                let Spread { mean, deviation, .. } = Spread::of(values.iter().copied()).unwrap_or_default();
                values.iter_mut().for_each(|value| *value = (*value - mean) / (deviation + EPSILON));
            }
            Normalisation::MinMax => {
                let (low, high) = range(values);
                let scale = |value: f64| if high > low { (value - low) / (high - low) } else { 0.0 };
                values.iter_mut().for_each(|value| *value = scale(*value));
            }
            Normalisation::Quantile => {
                let last = (values.len() as f64 - 1.0).max(1.0);
                ranks(values);
                values.iter_mut().for_each(|rank| *rank /= last);
            }
            Normalisation::Gaussian => {
                let constant = values.iter().all(|value| *value == values[0]);
                ranks(values);
                let normal = Normal::standard();
                let score = |rank: f64| if constant { 0.0 } else { normal.inverse_cdf((rank + 0.5) / count) };
                values.iter_mut().for_each(|rank| *rank = score(*rank));
            }
            Normalisation::None => {}
        }
    }
}

fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)))
}

/// Replaces each value by its 0-based rank from the lowest; equal values share their mean rank.
fn ranks(values: &mut [f64]) {
    let mut places: Vec<usize> = (0..values.len()).collect();
    places.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut start = 0;
    while start < places.len() {
        let value = values[places[start]];
        let ties = places[start..].iter().take_while(|&&place| values[place] == value).count().max(1);
        let mean_rank = start as f64 + (ties - 1) as f64 / 2.0;
        // Ranks of equal values are written only once the whole group is known.
        for &place in &places[start..start + ties] {
            values[place] = mean_rank;
        }
        start += ties;
    }
}

/// The features of one query: the signals `columns`, each normalised over the query's candidates.
///
/// A missing or non-finite value becomes the mean of the normalised values present, 0 if there are none. The result is
/// always finite. A signal that does not exist gives a column of zeros; a query that does not exist gives nothing.
///
/// # Shapes
/// Row-major, `candidates × columns.len()`.
pub fn table(signals: &Signals, query: usize, columns: &[usize], normalisation: Normalisation) -> Vec<f32> {
    let width = signals.infos.len();
    let rows = signals.queries.get(query).map_or(0, |values| values.len().checked_div(width).unwrap_or(0));
    let mut out = vec![0.0; rows * columns.len()];
    for (column, &signal) in columns.iter().enumerate() {
        let values: Vec<f32> = signals.column(query, signal).collect();
        for (row, value) in normalised(&values, normalisation).into_iter().enumerate() {
            out[row * columns.len() + column] = value;
        }
    }
    out
}

/// One column, normalised and with its gaps filled.
fn normalised(values: &[f32], normalisation: Normalisation) -> Vec<f32> {
    let finite = |value: &f32| value.is_finite();
    let mut present: Vec<f64> = values.iter().filter(|value| finite(value)).map(|&value| f64::from(value)).collect();
    if present.is_empty() {
        return vec![0.0; values.len()];
    }
    normalisation.apply(&mut present);
    let mean = (present.iter().sum::<f64>() / present.len() as f64) as f32;
    let mut present = present.into_iter();
    let mut next = |value: &f32| if finite(value) { present.next().map_or(mean, |value| value as f32) } else { mean };
    values.iter().map(&mut next).collect()
}
