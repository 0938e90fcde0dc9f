//! ApproxNDCG: nDCG with smooth ranks.

use super::Targets;
use super::targets::ideal;

/// 1 − Σ g_i / log₂(1 + r_i) / ideal with r_i = 1 + Σ_{j ≠ i} σ((s_j − s_i) / T), and its gradient.
///
/// Qin, Liu, Li (Information Retrieval, 2010); Bruch, Zoghi, Bendersky, Najork (SIGIR 2019).
pub(super) fn approx_ndcg(query: &Targets, scores: &[f64], temperature: f64, exponential: bool) -> (f64, Vec<f64>) {
    let gains = query.gains(exponential);
    let ideal = ideal(&gains, None);
    let mut sum = 1.0;
    let mut gradient = vec![0.0; scores.len()];
    let mut slopes = vec![0.0; scores.len()];
    for (i, gain) in gains.iter().enumerate().filter(|(_, gain)| **gain > 0.0) {
        let mut rank = 1.0;
        for (j, slope) in slopes.iter_mut().enumerate() {
            let x = (scores[j] - scores[i]) / temperature;
            let e = (-x.abs()).exp();
            let other = if j == i { 0.0 } else { 1.0 };
            rank += other * if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) };
            *slope = other * e / ((1.0 + e) * (1.0 + e));
        }
        let log = (1.0 + rank).log2();
        sum -= gain / ideal / log;
        let by_rank = gain / ideal / (log * log * (1.0 + rank) * std::f64::consts::LN_2) / temperature;
        for (j, slope) in slopes.iter().enumerate() {
            gradient[j] += by_rank * slope;
            gradient[i] -= by_rank * slope;
        }
    }
    (sum, gradient)
}
