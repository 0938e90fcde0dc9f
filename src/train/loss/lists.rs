//! Listwise softmax losses: ListNet's top-one form and ListMLE.

use super::Targets;

/// −Σ y_i log softmax(s)_i / Σ y_i and its gradient softmax(s)_i − y_i / Σ y.
pub(super) fn softmax_cross_entropy(query: &Targets, scores: &[f64]) -> (f64, Vec<f64>) {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Relevant images are summed first, and both sums in image order, so that every bit is reproducible.
    let mut total = 0.0;
    let mut grades = 0.0;
    for relevant in [true, false] {
        for (score, grade) in scores.iter().zip(&query.grades).filter(|(_, grade)| (**grade > 0.0) == relevant) {
            total += (score - most).exp();
            grades += grade;
        }
    }
    let mut sum = 0.0;
    let one = |(&score, &grade): (&f64, &f64)| {
        let share = (score - most).exp() / total;
        if grade == 0.0 {
            return share;
        }
        sum -= grade / grades * (score - most - total.ln());
        share - grade / grades
    };
    let gradient = scores.iter().zip(&query.grades).map(one).collect();
    (sum, gradient)
}

/// −log of the probability that the Plackett–Luce model draws the images grade by grade, and its gradient.
///
/// A group of d images of equal grade may come in any order. Efron's approximation (1977) of the mean over these
/// orders is used: the l-th of them (from 0) is drawn from all images of lower grades and a share 1 − l/d of each in
/// the group. The loss thus depends on no order among equals, neither the file's nor a random one. The images of the
/// lowest grade are those left over; they add nothing.
pub(super) fn list_mle(query: &Targets, scores: &[f64]) -> (f64, Vec<f64>) {
    let mut sum = 0.0;
    let mut gradient = vec![0.0; scores.len()];
    for level in query.levels.iter().filter(|level| !level.below.is_empty()) {
        let (group, rest) = (log_sum_exp(scores, &level.members), log_sum_exp(scores, &level.below));
        let count = level.members.len() as f64;
        let most = group.max(rest);
        let left = |l: usize| 1.0 - l as f64 / count;
        let denominator = |l: usize| most + ((rest - most).exp() + left(l) * (group - most).exp()).ln();
        // The last denominator is the smallest, so that nothing overflows relative to it.
        let last = denominator(level.members.len() - 1);
        let (mut shares, mut left_shares) = (0.0, 0.0);
        for (l, &i) in level.members.iter().enumerate() {
            let of = denominator(l);
            sum += of - scores[i];
            shares += (last - of).exp();
            left_shares += left(l) * (last - of).exp();
        }
        level.below.iter().for_each(|&j| gradient[j] += (scores[j] - last).exp() * shares);
        level.members.iter().for_each(|&i| gradient[i] += (scores[i] - last).exp() * left_shares - 1.0);
    }
    (sum, gradient)
}

fn log_sum_exp(scores: &[f64], of: &[usize]) -> f64 {
    let max = of.iter().map(|&i| scores[i]).fold(f64::NEG_INFINITY, f64::max);
    max + of.iter().map(|&i| (scores[i] - max).exp()).sum::<f64>().ln()
}
