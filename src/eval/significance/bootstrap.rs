//! Bootstrap confidence intervals.

use super::SEED;
use crate::base::Rng;
use crate::base::mean;
use serde::{Deserialize, Serialize};

/// Number of resamples.
pub const RESAMPLES: usize = 10_000;

/// A confidence interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The percentile bootstrap interval of a mean (B. Efron, *Annals of Statistics* 1979): [`RESAMPLES`] samples of the
/// same size are drawn with replacement from [`SEED`], and the interval holds the middle `level` (0.95 is usual) of
/// their means, with linear interpolation between neighbours. `None` without any value.
///
/// Given paired differences, it is the interval of the mean difference.
pub fn bootstrap(values: &[f64], level: f64) -> Option<Interval> {
    if values.is_empty() {
        return None;
    }
    let first = values[0];
    // Equal values give exactly that mean, which a rounded sum may miss by a bit.
    if values.iter().all(|&value| value == first) {
        return Some(Interval { low: first, high: first });
    }
    let mut rng = Rng::new(SEED);
    let mut sample = vec![0.0; values.len()];
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            sample.iter_mut().for_each(|value| *value = values[rng.below(values.len())]);
            mean(&sample)
        })
        .collect();
    percentiles(&mut means, level)
}

/// The interval that holds the middle `level` of some values, with linear interpolation between neighbours; sorts them.
/// `None` without any value.
pub fn percentiles(values: &mut [f64], level: f64) -> Option<Interval> {
    if values.is_empty() {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let outside = (1.0 - level.clamp(0.0, 1.0)) / 2.0;
    Some(Interval { low: quantile(values, outside), high: quantile(values, 1.0 - outside) })
}

/// A quantile of sorted values; at least one.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * (place - place.floor())
}
