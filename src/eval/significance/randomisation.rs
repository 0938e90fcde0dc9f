//! Fisher's paired randomisation test.

use super::{SEED, Tested};
use crate::base::Rng;
use crate::base::mean;

/// Up to this number of pairs, all assignments of signs are enumerated.
pub const EXACT_UP_TO: usize = 20;

/// Number of random assignments of signs for more pairs.
pub const FLIPS: usize = 100_000;

/// The randomisation test of the mean difference (R. Fisher, *The Design of Experiments*, 1935): if the two rankings of
/// a query are exchangeable, every assignment of signs to the differences is equally likely. p is the share of
/// assignments whose mean is at least as far from 0 as the observed one.
///
/// Exact for up to [`EXACT_UP_TO`] non-zero differences. Beyond, [`FLIPS`] assignments are drawn from [`SEED`] and p is
/// (as extreme + 1) / (drawn + 1), so that it is never 0 (Phipson and Smyth, *Statistical Applications in Genetics and
/// Molecular Biology* 2010). `None` without any pair.
pub fn randomisation(differences: &[f64]) -> Option<Tested> {
    if differences.is_empty() {
        return None;
    }
    let changed: Vec<f64> = differences.iter().copied().filter(|&difference| difference != 0.0).collect();
    // A tolerance, as sums in another order differ by rounding and equally extreme ones count.
    let slack = 1e-12 * changed.iter().map(|difference| difference.abs()).sum::<f64>();
    let found = changed.iter().sum::<f64>().abs() - slack;
    let p = if changed.len() <= EXACT_UP_TO { exact(&changed, found) } else { drawn(&changed, found) };
    Some(Tested { statistic: mean(differences), p })
}

/// Enumerates all assignments in Gray code order, in which neighbours differ by one sign. The first sign is fixed: the
/// other half mirrors this one.
fn exact(differences: &[f64], found: f64) -> f64 {
    let Some((_, free)) = differences.split_first() else { return 1.0 };
    let mut negative = vec![false; free.len()];
    let mut sum: f64 = differences.iter().sum();
    let mut far = u64::from(sum.abs() >= found);
    let all = 1_u64 << free.len();
    for step in 1..all {
        let at = step.trailing_zeros() as usize;
        sum += if negative[at] { 2.0 * free[at] } else { -2.0 * free[at] };
        negative[at] = !negative[at];
        far += u64::from(sum.abs() >= found);
    }
    far as f64 / all as f64
}

fn drawn(differences: &[f64], found: f64) -> f64 {
    let mut rng = Rng::new(SEED);
    let mut far = 0_usize;
    for _ in 0..FLIPS {
        let mut sum = 0.0;
        for differences in differences.chunks(64) {
            let mut bits = rng.next_u64();
            for difference in differences {
                sum += if bits & 1 == 1 { *difference } else { -difference };
                bits >>= 1;
            }
        }
        far += usize::from(sum.abs() >= found);
    }
    (far + 1) as f64 / (FLIPS + 1) as f64
}
