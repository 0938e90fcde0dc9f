//! Rank correlation.

use super::ranks::ranks;
use crate::base::mean;

/// Kendall's τ-b: concordant minus discordant pairs, over the geometric mean of the numbers of untied pairs on each
/// side. `None` if one side is constant or the lengths differ. Takes quadratic time.
pub fn kendall_tau_b(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let (mut balance, mut untied_a, mut untied_b) = (0_i64, 0_u64, 0_u64);
    for i in 0..a.len() {
        for j in 0..i {
            let (of_a, of_b) = (sign(a[i] - a[j]), sign(b[i] - b[j]));
            balance += of_a * of_b;
            untied_a += of_a.unsigned_abs();
            untied_b += of_b.unsigned_abs();
        }
    }
    let whole = (untied_a as f64).sqrt() * (untied_b as f64).sqrt();
    (whole > 0.0).then(|| balance as f64 / whole)
}

fn sign(difference: f64) -> i64 {
    i64::from(difference > 0.0) - i64::from(difference < 0.0)
}

/// Spearman's ρ: the correlation of the ranks, equal values sharing the mean of theirs. `None` if one side is constant
/// or the lengths differ.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let (a, b) = (ranks(a).0, ranks(b).0);
    let (mean_a, mean_b) = (mean(&a), mean(&b));
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(&b) {
        both += (a - mean_a) * (b - mean_b);
        of_a += (a - mean_a).powi(2);
        of_b += (b - mean_b).powi(2);
    }
    let whole = of_a.sqrt() * of_b.sqrt();
    (whole > 0.0).then(|| both / whole)
}
