//! Gwet's AC1 and AC2, which stay meaningful where one grade is rare.

use super::scale::{Coded, Row, Weights};

/// Gwet's coefficient: AC1 with plain weights (K. Gwet, *British Journal of Mathematical and Statistical Psychology*
/// 2008), AC2 with others (K. Gwet, *Handbook of Inter-Rater Reliability*, 4th edition, 2014). Where κ takes chance from
/// the grades' shares, here it is largest where all grades are equally frequent, so that skewed grades do not turn high
/// agreement into a low coefficient.
///
/// Weights are 1 − distance over the largest distance. `None` if no image has two labels, if only one grade was given, or
/// with weights on grades without order.
pub(super) fn gwet(coded: &Coded, rows: &[Row<'_>], weights: Weights) -> Option<f64> {
    let size = coded.values.len();
    if size < 2 || (weights != Weights::Plain && !coded.is_ordered) {
        return None;
    }
    let largest = weights.distance(coded.values[0], coded.values[size - 1]);
    let alike = |a: usize, b: usize| 1.0 - weights.distance(coded.values[a], coded.values[b]) / largest;
    let (mut agreed, mut paired, mut labelled) = (0.0, 0.0, 0.0);
    let mut shares = vec![0.0; size];
    for row in rows {
        let counts = coded.counts(row);
        let labels: f64 = counts.iter().sum();
        if labels < 1.0 {
            continue;
        }
        labelled += 1.0;
        shares.iter_mut().zip(&counts).for_each(|(share, count)| *share += count / labels);
        if labels < 2.0 {
            continue;
        }
        paired += 1.0;
        let pairs = counts.iter().enumerate().map(|(a, of_a)| {
            let near: f64 = counts.iter().enumerate().map(|(b, of_b)| alike(a, b) * of_b).sum();
            of_a * (near - 1.0)
        });
        agreed += pairs.sum::<f64>() / (labels * (labels - 1.0));
    }
    if paired == 0.0 {
        return None;
    }
    let spread: f64 = shares.iter().map(|share| share / labelled * (1.0 - share / labelled)).sum();
    let all_weights: f64 = (0..size).flat_map(|a| (0..size).map(move |b| alike(a, b))).sum();
    let chance = all_weights / (size * (size - 1)) as f64 * spread;
    Some((agreed / paired - chance) / (1.0 - chance))
}
