//! From any evidence to the probability that an image is relevant.

/// Groups of equal size into which values are divided.
const BINS: usize = 20;

/// The log-odds of a probability.
pub(super) fn logit(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

/// The share of relevant ones, with one imagined of each kind, so that it is never 0 or 1.
pub(super) fn share(relevant: usize, all: usize) -> f64 {
    (relevant as f64 + 1.0) / (all as f64 + 2.0)
}

/// For each value, the log-odds of being relevant among values of its size: the values are sorted into 20 bins of equal
/// size, in each of which the share of relevant ones is counted without the value's own label, which is to be doubted.
pub(super) fn log_odds(values: &[f64], is_relevant: &[bool]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut odds = vec![0.0; values.len()];
    let size = values.len().div_ceil(BINS).max(1);
    let mut start = 0;
    while start < order.len() {
        let mut end = (start + size).min(order.len());
        // Equal values belong to one bin.
        while end < order.len() && values[order[end]] == values[order[end - 1]] {
            end += 1;
        }
        let bin = &order[start..end];
        let relevant = bin.iter().filter(|&&index| is_relevant[index]).count();
        for &index in bin {
            odds[index] = logit(share(relevant - usize::from(is_relevant[index]), bin.len() - 1));
        }
        start = end;
    }
    odds
}
