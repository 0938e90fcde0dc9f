//! Pointwise losses.

use super::Targets;

/// Σ over judged images of the cross-entropy of σ(s) with y = grade / highest grade of the queries learned from:
/// `max(s, 0) − s y + log(1 + e^−|s|)`, whose derivative is `σ(s) − y`.
pub(super) fn binary_cross_entropy(query: &Targets, scores: &[f64]) -> (f64, Vec<f64>) {
    // If nothing is relevant, all targets are 0 whatever the divisor.
    let top = if query.top > 0.0 { query.top } else { 1.0 };
    let mut sum = 0.0;
    let one = |(&score, &grade): (&f64, &f64)| {
        let (e, y) = ((-score.abs()).exp(), grade / top);
        sum += score.max(0.0) - score * y + e.ln_1p();
        (if score >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }) - y
    };
    let gradient = scores.iter().zip(&query.grades).map(one).collect();
    (sum, gradient)
}
