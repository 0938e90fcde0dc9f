//! Two configurations on the same queries.

use serde::{Deserialize, Serialize};

use crate::base::mean;
use crate::eval::significance::{Interval, bootstrap, differences, effect_size, outcomes, paired_t};

/// The level of bootstrap intervals.
pub const LEVEL: f64 = 0.95;

/// The differences of two configurations, query by query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Paired {
    /// Queries that both have.
    pub queries: usize,
    /// Mean difference, the second minus the first.
    pub delta: f64,
    /// The 95 % bootstrap interval of the mean difference; `None` without a query.
    pub interval: Option<Interval>,
    /// The two-sided p-value of the paired t-test; `None` with too few queries.
    pub p: Option<f64>,
    /// Mean difference over standard deviation of the differences; `None` likewise.
    pub effect_size: Option<f64>,
    /// Queries on which the second is better.
    pub wins: usize,
    /// Queries on which both are equal.
    pub ties: usize,
    /// Queries on which the second is worse.
    pub losses: usize,
}

impl Paired {
    /// From the differences, one per query: the second minus the first.
    pub fn of(differences: &[f64]) -> Self {
        let outcomes = outcomes(differences);
        Self {
            queries: differences.len(),
            delta: mean(differences),
            interval: interval(differences),
            p: paired_t(differences).map(|tested| tested.p),
            effect_size: effect_size(differences),
            wins: outcomes.wins,
            ties: outcomes.ties,
            losses: outcomes.losses,
        }
    }
}

/// The second configuration against the first, over the values of the same queries in the same order.
pub fn paired(first: &[f64], second: &[f64]) -> Paired {
    Paired::of(&query_differences(second, first))
}

/// `values` minus `baseline`, query by query, to twelve decimals: equal values that were summed in a different order
/// may differ in the last bit, which must not break a tie.
pub(super) fn query_differences(values: &[f64], baseline: &[f64]) -> Vec<f64> {
    differences(values, baseline).into_iter().map(|difference| (difference * 1e12).round() / 1e12).collect()
}

/// The bootstrap interval ([`LEVEL`]) of the mean over queries; `None` without a query.
pub fn interval(values: &[f64]) -> Option<Interval> {
    bootstrap(values, LEVEL)
}
