//! Measures over many trials as means and deviations.

use std::collections::BTreeMap;

use super::TrialResult;
use crate::base::Spread;
use crate::dataset::Split;
use crate::eval::{ByMeasure, Measure, Measures, STANDARD};

/// Values by measure as saved in `study.json`: `null` if there are none.
pub(super) fn some<T: Copy>(values: &ByMeasure<T>) -> Option<&ByMeasure<T>> {
    Some(values).filter(|values| !values.is_empty())
}

/// Each of [`STANDARD`] on one split: mean and deviation over the trials (seeds × folds) of their means over queries.
/// Empty if no trial has measures.
pub fn over_trials(results: &[&TrialResult], split: Split) -> ByMeasure<Spread> {
    let means: Vec<Measures> = results.iter().filter_map(|result| result.outcome.as_ref().ok()?.means(split)).collect();
    let of = |measure| Some((measure, Spread::of(means.iter().filter_map(|row| row.get(measure)))?));
    STANDARD.into_iter().filter_map(of).collect()
}

/// The test queries of all folds together, each with its values averaged over the seeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PerQuery {
    /// By query.
    pub values: BTreeMap<String, Measures>,
    /// For each of [`STANDARD`], the mean over all queries and the deviation of the seeds' means.
    pub spreads: ByMeasure<Spread>,
}

impl PerQuery {
    /// From the trials of one configuration. Failed ones are skipped; a seed that lacks a fold is left out of the
    /// deviation.
    pub fn of(results: &[&TrialResult]) -> Self {
        let mut rows: BTreeMap<&String, Vec<&Measures>> = BTreeMap::new();
        let mut seeds: BTreeMap<u64, Vec<&Measures>> = BTreeMap::new();
        for result in results {
            let Ok(measured) = &result.outcome else { continue };
            for row in measured.queries.of_split(Split::Test) {
                rows.entry(&row.id).or_default().push(&row.measures);
                seeds.entry(result.seed).or_default().push(&row.measures);
            }
        }
        let all = rows.len();
        let values: BTreeMap<_, _> = rows.into_iter().map(|(id, rows)| (id.clone(), Measures::mean(rows))).collect();
        let full: Vec<Measures> = seeds.into_values().filter(|rows| rows.len() == all).map(Measures::mean).collect();
        let spread = |measure| {
            let over_seeds = Spread::of(full.iter().filter_map(|row| row.get(measure))).unwrap_or_default();
            let over_queries = Spread::of(values.values().filter_map(|row| row.get(measure)))?;
            Some((measure, Spread { deviation: over_seeds.deviation, ..over_queries }))
        };
        let spreads = STANDARD.into_iter().filter_map(spread).collect();
        Self { values, spreads }
    }

    /// The values of one measure, in query order.
    pub fn column(&self, measure: Measure) -> Vec<f64> {
        self.values.values().filter_map(|row| row.get(measure)).collect()
    }

    /// The values of one measure for the queries that both have, in the same order.
    pub fn pairs(&self, other: &Self, measure: Measure) -> (Vec<f64>, Vec<f64>) {
        let pair = |(id, row): (&String, &Measures)| Some((row.get(measure)?, other.values.get(id)?.get(measure)?));
        self.values.iter().filter_map(pair).unzip()
    }
}
