//! Figures of many trials as means and deviations.

use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::TrialResult;
use crate::base::Spread;
use crate::dataset::Split;
use crate::eval::STANDARD;

/// Spreads by the name of their measure; `null` for none.
pub(super) fn named_spreads(spreads: &[Spread]) -> Value {
    let named = STANDARD.iter().zip(spreads).map(|(measure, spread)| (measure.to_string(), json!(spread)));
    if spreads.is_empty() { Value::Null } else { named.collect::<serde_json::Map<_, _>>().into() }
}

/// Each of [`STANDARD`] on one part of the queries: mean and deviation over the trials (seeds × folds) of their means
/// over queries. `None` where no trial has a figure.
pub fn over_trials(results: &[&TrialResult], split: Split) -> Vec<Spread> {
    let means: Vec<Vec<f64>> = results.iter().filter_map(|result| result.outcome.as_ref().ok()?.means(split)).collect();
    let column = |at: usize| means.iter().filter_map(move |row| row.get(at).copied());
    if means.is_empty() {
        return Vec::new();
    }
    (0..STANDARD.len()).map(|at| Spread::of(column(at)).unwrap_or_default()).collect()
}

/// The test queries of all folds together, each with its values averaged over the seeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PerQuery {
    /// By query: one value per [`STANDARD`].
    pub values: BTreeMap<String, Vec<f64>>,
    /// For each measure, mean over all queries; the deviation is that of the seeds' own means over all queries.
    pub spreads: Vec<Spread>,
}

impl PerQuery {
    /// From the trials of one configuration; failed ones are passed over, and so is a seed that lacks a fold where the
    /// seeds' deviation is concerned.
    pub fn of(results: &[&TrialResult]) -> Self {
        let mut sums: BTreeMap<String, (usize, Vec<f64>)> = BTreeMap::new();
        let mut seeds: BTreeMap<u64, (usize, Vec<f64>)> = BTreeMap::new();
        for result in results {
            let Ok(figures) = &result.outcome else { continue };
            for row in figures.queries.of_split(Split::Test) {
                add(sums.entry(row.id.clone()).or_default(), &row.values);
                add(seeds.entry(result.seed).or_default(), &row.values);
            }
        }
        let all = sums.len();
        let values: BTreeMap<_, _> = sums.into_iter().map(|(id, sum)| (id, mean(sum))).collect();
        let whole: Vec<Vec<f64>> = seeds.into_values().filter(|(count, _)| *count == all).map(mean).collect();
        let spread = |at: usize| {
            let over_seeds = Spread::of(whole.iter().map(|row| row[at])).unwrap_or_default();
            Some(Spread { deviation: over_seeds.deviation, ..Spread::of(values.values().map(|row| row[at]))? })
        };
        let spreads = (0..STANDARD.len()).map_while(spread).collect();
        Self { values, spreads }
    }

    /// The values of one measure by query, in the queries' order.
    pub fn column(&self, measure: usize) -> Vec<f64> {
        self.values.values().map(|row| row[measure]).collect()
    }

    /// The values of one measure for the queries that both have, in the same order.
    pub fn pairs(&self, other: &Self, measure: usize) -> (Vec<f64>, Vec<f64>) {
        let pair = |(id, row): (&String, &Vec<f64>)| Some((row[measure], other.values.get(id)?[measure]));
        self.values.iter().filter_map(pair).unzip()
    }
}

fn add((count, sums): &mut (usize, Vec<f64>), values: &[f64]) {
    *count += 1;
    sums.resize(values.len(), 0.0);
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

fn mean((count, sums): (usize, Vec<f64>)) -> Vec<f64> {
    sums.into_iter().map(|sum| sum / count as f64).collect()
}
