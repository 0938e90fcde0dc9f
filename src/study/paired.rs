//! Two configurations over the same queries.

use serde::Serialize;

use super::comparison::LEVEL;
use crate::base::mean;
use crate::eval::significance::{Interval, bootstrap, differences, effect_size, outcomes, paired_t};

/// The differences of two configurations, query by query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Paired {
    /// Queries that both have.
    pub queries: usize,
    /// Mean difference, the second less the first.
    pub delta: f64,
    /// The 95 % bootstrap interval of the mean difference; `None` without a query.
    pub interval: Option<Interval>,
    /// The two-sided p of the paired t-test; `None` where there are too few queries to tell.
    pub p: Option<f64>,
    /// Mean difference over its deviation; `None` likewise.
    pub effect_size: Option<f64>,
    /// Queries on which the second is better.
    pub wins: usize,
    /// Queries on which both are the same.
    pub ties: usize,
    /// Queries on which the second is worse.
    pub losses: usize,
}

/// The second configuration against the first, over the values of the same queries in the same order.
pub fn paired(first: &[f64], second: &[f64]) -> Paired {
    let differences = differences(second, first);
    let outcomes = outcomes(&differences);
    Paired {
        queries: differences.len(),
        delta: mean(&differences),
        interval: interval(&differences),
        p: paired_t(&differences).map(|tested| tested.p),
        effect_size: effect_size(&differences),
        wins: outcomes.wins,
        ties: outcomes.ties,
        losses: outcomes.losses,
    }
}

/// The 95 % bootstrap interval of the mean over queries; `None` without a query.
pub fn interval(values: &[f64]) -> Option<Interval> {
    bootstrap(values, LEVEL)
}
