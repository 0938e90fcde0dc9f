//! Losses over pairs of images of different grades: BPR and LambdaRank.

use super::Targets;
use super::targets::{discount, ideal, ranks};

/// Factors from 1 to 2 whose product is far from overflowing, so that they share one logarithm.
const LOGS_AT_ONCE: usize = 512;

/// `max(−d, 0)`, `1 + e^−|d|` and `σ(−d)`: `−log σ(d)` is the first plus the logarithm of the second, and the third is
/// the magnitude of its slope. e ≤ 1, so that nothing overflows.
fn logistic(d: f64) -> (f64, f64, f64) {
    let e = (-d.abs()).exp();
    ((-d).max(0.0), 1.0 + e, if d >= 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) })
}

/// Σ over pairs of −log σ(d), d = s⁺ − s⁻, and its gradient: ∂/∂s⁺ = −σ(−d) = −∂/∂s⁻.
pub(super) fn bpr(query: &Targets, scores: &[f64]) -> (f64, Vec<f64>) {
    let mut sum = 0.0;
    let mut gradient = vec![0.0; scores.len()];
    for level in &query.levels {
        for &i in &level.members {
            for below in level.below.chunks(LOGS_AT_ONCE) {
                let mut product = 1.0;
                for &j in below {
                    let (linear, factor, push) = logistic(scores[i] - scores[j]);
                    sum += linear;
                    product *= factor;
                    gradient[i] -= push;
                    gradient[j] += push;
                }
                sum += f64::ln(product);
            }
        }
    }
    (sum, gradient)
}

/// Σ over pairs of w · −log σ(s⁺ − s⁻), where w = `weight(i, j)` is held constant.
fn weighted(query: &Targets, scores: &[f64], weight: impl Fn(usize, usize) -> f64) -> (f64, Vec<f64>) {
    let mut sum = 0.0;
    let mut gradient = vec![0.0; scores.len()];
    for level in &query.levels {
        for &i in &level.members {
            for &j in &level.below {
                let w = weight(i, j);
                // Swapping two images beyond the truncation changes nothing.
                if w == 0.0 {
                    continue;
                }
                let (linear, factor, push) = logistic(scores[i] - scores[j]);
                sum += w * (linear + factor.ln());
                gradient[i] -= w * push;
                gradient[j] += w * push;
            }
        }
    }
    (sum, gradient)
}

/// LambdaRank for nDCG: each pair is weighted by the change in nDCG from swapping its two images.
pub(super) fn lambda_ndcg(
    query: &Targets,
    scores: &[f64],
    exponential: bool,
    truncation: Option<usize>,
) -> (f64, Vec<f64>) {
    let gains = query.gains(exponential);
    let ideal = ideal(&gains, truncation);
    let discounts: Vec<f64> = ranks(scores, &query.ties).into_iter().map(|rank| discount(rank, truncation)).collect();
    weighted(query, scores, |i, j| ((gains[i] - gains[j]) * (discounts[i] - discounts[j])).abs() / ideal)
}

/// LambdaRank for average precision: each pair of a relevant and a non-relevant image is weighted by the change in
/// average precision from swapping the two. All grades above 0 count as relevant.
pub(super) fn lambda_map(query: &Targets, scores: &[f64]) -> (f64, Vec<f64>) {
    let ranks = ranks(scores, &query.ties);
    let relevant = |i: usize| query.grades[i] > 0.0;
    // By rank (index 0 for none): the number of relevant images up to it, and the sum of 1/rank over them.
    let mut at_rank = vec![false; scores.len() + 1];
    ranks.iter().enumerate().for_each(|(i, &rank)| at_rank[rank] = relevant(i));
    let (mut hits, mut inverse) = (vec![0.0; at_rank.len()], vec![0.0; at_rank.len()]);
    for rank in 1..at_rank.len() {
        let hit = f64::from(u8::from(at_rank[rank]));
        hits[rank] = hits[rank - 1] + hit;
        inverse[rank] = inverse[rank - 1] + hit / rank as f64;
    }
    let total = query.relevant() as f64;
    weighted(query, scores, |i, j| {
        if relevant(i) == relevant(j) {
            return 0.0;
        }
        let (upper, lower) = (ranks[i].min(ranks[j]), ranks[i].max(ranks[j]));
        // The precision at the relevant image's two ranks, and the hit gained by every relevant image in between.
        let above = hits[upper - 1] + 1.0;
        let below = hits[lower - 1] + f64::from(u8::from(!at_rank[upper]));
        let between = inverse[lower - 1] - inverse[upper];
        (above / upper as f64 - below / lower as f64 + between).abs() / total
    })
}
