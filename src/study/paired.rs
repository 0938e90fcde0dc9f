//! Two configurations over the same queries.

use serde::Serialize;

/// The differences of two configurations, query by query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Paired {
    /// Queries that both have.
    pub queries: usize,
    /// Mean difference, the second less the first.
    pub delta: f64,
    /// Lower end of the 95 % interval of the mean difference; `None` where there is nothing to reckon it from.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// The two-sided p of a paired test; `None` likewise.
    pub p: Option<f64>,
    /// Queries on which the second is better.
    pub wins: usize,
    /// Queries on which both are the same.
    pub ties: usize,
    /// Queries on which the second is worse.
    pub losses: usize,
}

/// The second configuration against the first, over the values of the same queries in the same order.
pub fn paired(first: &[f64], second: &[f64]) -> Paired {
    let differences: Vec<f64> = first.iter().zip(second).map(|(first, second)| second - first).collect();
    let count = |kind: fn(f64) -> bool| differences.iter().filter(|difference| kind(**difference)).count();
    let queries = differences.len();
    Paired {
        queries,
        delta: differences.iter().sum::<f64>() / queries.max(1) as f64,
        wins: count(|difference| difference > 0.0),
        ties: count(|difference| difference == 0.0),
        losses: count(|difference| difference < 0.0),
        ..Paired::default()
    }
}

/// The 95 % interval of the mean of some queries' values.
pub fn interval(values: &[f64]) -> Option<(f64, f64)> {
    let _ = values;
    None
}

/// Holm's correction of several p (Holm, Scandinavian Journal of Statistics 1979), in the same order.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let (mut corrected, mut least) = (vec![0.0; p.len()], 0.0f64);
    for (place, at) in order.into_iter().enumerate() {
        least = least.max((p[at] * (p.len() - place) as f64).min(1.0));
        corrected[at] = least;
    }
    corrected
}
