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

/// The percentile bootstrap interval of the mean of means of a table's rows, of which both rows and columns are drawn with
/// replacement, as often as there are (A. Owen, "The pigeonhole bootstrap", *Annals of Applied Statistics* 2007): for
/// judges × queries, whose values are related along both. `None` in a cell is no value; a row without a value among the
/// columns drawn does not count. `None` without any value.
pub fn two_way(rows: &[Vec<Option<f64>>], level: f64) -> Option<Interval> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    if rows.iter().flatten().all(Option::is_none) {
        return None;
    }
    let mut rng = Rng::new(SEED);
    let mut drawn = vec![0; columns];
    let mut means = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        drawn.iter_mut().for_each(|column| *column = rng.below(columns));
        let of_row = |row: &Vec<Option<f64>>| {
            let values = drawn.iter().filter_map(|&column| row.get(column).copied().flatten());
            let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
            (count > 0).then(|| sum / count as f64)
        };
        let of_rows: Vec<f64> = (0..rows.len()).filter_map(|_| of_row(&rows[rng.below(rows.len())])).collect();
        means.extend((!of_rows.is_empty()).then(|| mean(&of_rows)));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_rows_too_widens_the_interval_by_their_spread() {
        let noise = |i: usize| ((i * 37) % 11) as f64 / 100.0;
        let alike: Vec<Vec<Option<f64>>> = (0..6).map(|_| (0..30).map(|query| Some(noise(query))).collect()).collect();
        let columns: Vec<f64> = (0..30).map(noise).collect();
        let (one, both) = (bootstrap(&columns, 0.95).expect("values"), two_way(&alike, 0.95).expect("values"));
        let width = |interval: Interval| interval.high - interval.low;
        assert!((width(one) - width(both)).abs() < 0.1 * width(one), "{one:?} {both:?}");
        let apart: Vec<Vec<Option<f64>>> =
            (0..6).map(|judge| (0..30).map(|query| Some(noise(query) + judge as f64)).collect()).collect();
        let apart = two_way(&apart, 0.95).expect("values");
        // The mean of six draws from 0 to 5 has a deviation of 0.7.
        assert!(width(apart) > 2.0 && apart.low > 0.9 && apart.high < 4.2, "{apart:?}");
        assert_eq!(two_way(&[vec![None, Some(2.0)], vec![None, None]], 0.95), Some(Interval { low: 2.0, high: 2.0 }));
        assert_eq!(two_way(&[vec![None]], 0.95), None);
        assert_eq!(two_way(&[], 0.95), None);
    }
}
