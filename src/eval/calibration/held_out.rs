//! What is promised of lists, against what queries that were left out hold.

use super::cut_off;
use super::scored::ScoredQuery;
use crate::base::mean;
use crate::eval::significance::{Interval, bootstrap};

/// The precisions that can be promised.
pub const PRECISIONS: [f64; 10] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];

/// How far below the promise the precision may lie on average for the promise to count as kept.
const TOLERANCE: f64 = 0.05;

/// Queries of which something must be kept before a promise counts.
const LEAST: usize = 3;

/// Lists that end where the expected precision would fall below a promised one, of queries that were left out when the
/// probabilities were fitted. Only judged images count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Promise {
    /// What is promised.
    pub precision: f64,
    /// The share of what is kept that is relevant: the mean over the queries of which something is kept; `None` if nothing
    /// is kept of any.
    pub kept: Option<f64>,
    /// Its bootstrap interval of 95 % over these queries.
    pub interval: Option<Interval>,
    /// The share of what is relevant that is kept: the mean over queries with any relevant image.
    pub recall: f64,
    /// Of how many queries something is kept.
    pub queries: usize,
    /// How many queries there are.
    pub of: usize,
}

impl Promise {
    /// Whether judges bear it out: something is kept of enough queries, on average not clearly less precise than promised.
    pub fn holds(&self) -> bool {
        self.queries >= LEAST && self.kept.is_some_and(|kept| kept >= self.precision - TOLERANCE)
    }
}

/// Tries every precision.
///
/// # Shapes
/// `found`: for each query, the probability of each of its candidates.
pub(super) fn promises(queries: &[&ScoredQuery], found: &[Vec<f64>]) -> Vec<Promise> {
    let ranked: Vec<Vec<(f64, bool)>> = queries
        .iter()
        .zip(found)
        .map(|(query, found)| {
            let mut judged: Vec<(f64, bool)> = query.judged(found).collect();
            judged.sort_by(|(a, _), (b, _)| b.total_cmp(a));
            judged
        })
        .collect();
    PRECISIONS.into_iter().map(|precision| promise(&ranked, precision)).collect()
}

fn promise(ranked: &[Vec<(f64, bool)>], precision: f64) -> Promise {
    let (mut precisions, mut recalls) = (Vec::new(), Vec::new());
    for judged in ranked {
        let probabilities: Vec<f64> = judged.iter().map(|(probability, _)| *probability).collect();
        let kept = cut_off(&probabilities, precision);
        let relevant = |judged: &[(f64, bool)]| judged.iter().filter(|(_, is_relevant)| *is_relevant).count() as f64;
        let (right, all) = (relevant(&judged[..kept]), relevant(judged));
        if kept > 0 {
            precisions.push(right / kept as f64);
        }
        if all > 0.0 {
            recalls.push(right / all);
        }
    }
    Promise {
        precision,
        kept: (!precisions.is_empty()).then(|| mean(&precisions)),
        interval: bootstrap(&precisions, 0.95),
        recall: if recalls.is_empty() { 0.0 } else { mean(&recalls) },
        queries: precisions.len(),
        of: ranked.len(),
    }
}
