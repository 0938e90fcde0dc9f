//! Statistics of a signal, and its value on its own.

use super::Signals;
use crate::base::Spread;
use crate::dataset::Judgements;

/// Statistics of one raw signal over all candidates of all queries, but for its correlation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Candidates without a value.
    pub missing: usize,
    /// The minimum; this and the next three are 0 where every value is missing.
    pub min: f32,
    /// The mean.
    pub mean: f32,
    /// The maximum.
    pub max: f32,
    /// The unbiased standard deviation (0 for a single value).
    pub deviation: f32,
    /// Correlation with the judged grade *within* queries, −1..=1: Pearson's, over all judged candidates, of the
    /// signal's z-scores in its query with the grade less its query's mean. Models only compare candidates of one
    /// query, so differences between queries are ignored. Over the queries that settings may be chosen by, hence without
    /// test queries. `None` if either never varies.
    pub correlation: Option<f32>,
}

/// Computes the statistics of one signal; all zero if there is no such signal. `labelled` are the queries whose
/// judgements may be looked at.
pub fn statistics(judgements: &Judgements, labelled: &[usize], signals: &Signals, signal: usize) -> Statistics {
    let mut missing = 0;
    let mut present = Vec::new();
    for query in 0..signals.queries.len() {
        for value in signals.column(query, signal) {
            if value.is_finite() { present.push(f64::from(value)) } else { missing += 1 }
        }
    }
    let Some(spread) = Spread::of(present.iter().copied()) else {
        return Statistics { missing, ..Statistics::default() };
    };
    let fold = |pick: fn(f64, f64) -> f64| present.iter().copied().reduce(pick).unwrap_or_default() as f32;
    Statistics {
        missing,
        min: fold(f64::min),
        mean: spread.mean as f32,
        max: fold(f64::max),
        // With values at both ends of the f32 range the deviation would overflow.
        deviation: spread.deviation.min(f64::from(f32::MAX)) as f32,
        correlation: correlation(judgements, labelled, signals, signal),
    }
}

/// See [`Statistics::correlation`].
fn correlation(judgements: &Judgements, labelled: &[usize], signals: &Signals, signal: usize) -> Option<f32> {
    let (mut product, mut signal_squares, mut grade_squares) = (0.0, 0.0, 0.0);
    for &query in labelled {
        let judged = signals.column(query, signal).zip(judgements.of(query)).filter_map(|(value, grade)| {
            let grade = grade.filter(|grade| grade.is_judged())?;
            value.is_finite().then_some((f64::from(value), f64::from(grade.0)))
        });
        let (values, grades): (Vec<f64>, Vec<f64>) = judged.unzip();
        let (Some(of_values), Some(of_grades)) =
            (Spread::of(values.iter().copied()), Spread::of(grades.iter().copied()))
        else {
            continue;
        };
        let scale = if of_values.deviation > 0.0 { of_values.deviation.recip() } else { 0.0 };
        for (value, grade) in values.iter().zip(&grades) {
            let (x, y) = ((value - of_values.mean) * scale, grade - of_grades.mean);
            product += x * y;
            signal_squares += x * x;
            grade_squares += y * y;
        }
    }
    let scale = f64::sqrt(signal_squares) * f64::sqrt(grade_squares);
    (scale > 0.0).then(|| (product / scale).clamp(-1.0, 1.0) as f32)
}
