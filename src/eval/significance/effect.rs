//! Effect sizes.

use serde::{Deserialize, Serialize};

use crate::base::{Spread, mean};

/// `a − b`, pair by pair, up to the shorter length.
pub fn differences(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// The sample standard deviation (over n − 1); `None` for fewer than two values.
pub(super) fn deviation(values: &[f64]) -> Option<f64> {
    Spread::of(values.iter().copied()).filter(|spread| spread.n > 1).map(|spread| spread.deviation)
}

/// Cohen's d_z: the mean difference over the deviation of the differences. Around 0.2 is called small, 0.5 medium, 0.8
/// large (J. Cohen, *Statistical Power Analysis for the Behavioral Sciences*, 1988).
///
/// 0 if nothing differs; `None` for fewer than two pairs, or if all differ by exactly the same amount.
pub fn effect_size(differences: &[f64]) -> Option<f64> {
    let deviation = deviation(differences)?;
    if differences.iter().all(|&difference| difference == 0.0) {
        return Some(0.0);
    }
    (deviation > 0.0).then(|| mean(differences) / deviation)
}

/// How many queries got better, stayed the same and got worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// Greater than the baseline.
    pub wins: usize,
    /// Equal to it up to rounding.
    pub ties: usize,
    /// Less than it.
    pub losses: usize,
}

/// Differences smaller than this are rounding.
pub(super) const EQUAL: f64 = 1e-12;

/// Counts the differences by their sign.
pub fn outcomes(differences: &[f64]) -> Outcomes {
    let count = |test: fn(f64) -> bool| differences.iter().filter(|&&difference| test(difference)).count();
    Outcomes { wins: count(|d| d > EQUAL), ties: count(|d| d.abs() <= EQUAL), losses: count(|d| d < -EQUAL) }
}
