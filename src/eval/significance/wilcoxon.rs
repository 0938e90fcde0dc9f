//! Wilcoxon's signed-rank test.

use super::Tested;
use super::ranks::ranks;
use statrs::distribution::{ContinuousCDF, Normal};

/// Up to this number of pairs the exact distribution is used if there are no ties.
const EXACT_UP_TO: usize = 50;

/// The signed-rank test (F. Wilcoxon, *Biometrics* 1945) with SciPy's conventions: pairs without difference are
/// dropped; the statistic is the smaller of the two sums of ranks; the exact distribution for up to 50 pairs without
/// ties among the differences and without a dropped pair, else the normal approximation, corrected for ties and not for
/// continuity.
///
/// p = 1 if nothing differs; `None` without any pair.
pub fn wilcoxon(differences: &[f64]) -> Option<Tested> {
    let changed: Vec<f64> = differences.iter().copied().filter(|&difference| difference != 0.0).collect();
    if changed.is_empty() {
        return (!differences.is_empty()).then_some(Tested { statistic: 0.0, p: 1.0 });
    }
    let sizes: Vec<f64> = changed.iter().map(|difference| difference.abs()).collect();
    let (ranks, groups) = ranks(&sizes);
    let sum: f64 = ranks.iter().sum();
    let up: f64 = ranks.iter().zip(&changed).filter(|(_, difference)| **difference > 0.0).map(|(rank, _)| rank).sum();
    let statistic = up.min(sum - up);
    let plain = changed.len() == differences.len() && groups.iter().all(|&group| group == 1);
    let p = if plain && changed.len() <= EXACT_UP_TO {
        exact(changed.len(), statistic as usize)
    } else {
        approximate(&groups, changed.len() as f64, up)?
    };
    Some(Tested { statistic, p })
}

/// Twice the share of the 2ⁿ sets of ranks 1..=n whose sum is at most this.
fn exact(n: usize, statistic: usize) -> f64 {
    // ways[s]: sets of the ranks so far with the sum s. At most 2⁵⁰, which an f64 holds exactly.
    let mut ways = vec![0.0_f64; n * (n + 1) / 2 + 1];
    ways[0] = 1.0;
    for rank in 1..=n {
        for sum in (rank..ways.len()).rev() {
            ways[sum] += ways[sum - rank];
        }
    }
    let below: f64 = ways.iter().take(statistic + 1).sum();
    (2.0 * below / 2.0_f64.powi(n as i32)).min(1.0)
}

fn approximate(groups: &[usize], n: f64, up: f64) -> Option<f64> {
    let ties: f64 = groups.iter().map(|&group| (group as f64).powi(3) - group as f64).sum();
    let variance = (n * (n + 1.0) * (2.0 * n + 1.0) - ties / 2.0) / 24.0;
    let z = (up - n * (n + 1.0) / 4.0) / variance.sqrt();
    let normal = Normal::new(0.0, 1.0).ok()?;
    Some((2.0 * normal.cdf(-z.abs())).min(1.0))
}
