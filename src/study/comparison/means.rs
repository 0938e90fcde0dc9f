//! The measures of one configuration, query by query.

use super::error::ComparisonError;
use crate::dataset::Split;
use crate::eval::Measure;
use crate::train::QueryMeasures;
use std::collections::{BTreeMap, BTreeSet};

/// A query's measures, averaged over runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryMean {
    /// One value per measure.
    pub values: Vec<f64>,
    /// How many runs have the query.
    pub runs: usize,
}

/// The measures of a configuration by query: the mean over those of its runs that have the query in a split (`None`:
/// in any).
///
/// # Errors
/// If a run lacks one of `measures`, or has a query twice; the message gives the run's name.
pub fn query_means<'a>(
    runs: impl IntoIterator<Item = (&'a str, &'a QueryMeasures)>,
    measures: &[Measure],
    split: Option<Split>,
) -> Result<BTreeMap<String, QueryMean>, ComparisonError> {
    let mut means: BTreeMap<String, QueryMean> = BTreeMap::new();
    for (name, run) in runs {
        let mut seen = BTreeSet::new();
        for row in run.queries.iter().filter(|row| split.is_none_or(|split| row.split == split)) {
            if !seen.insert(&row.id) {
                return Err(ComparisonError::DuplicateQuery { run: name.to_owned(), query: row.id.clone() });
            }
            let sum = means.entry(row.id.clone()).or_default();
            sum.values.resize(measures.len(), 0.0);
            for (sum, &measure) in sum.values.iter_mut().zip(measures) {
                *sum += row.measures.get(measure).ok_or_else(|| no_measure(name, run, measure))?;
            }
            sum.runs += 1;
        }
    }
    for mean in means.values_mut() {
        mean.values.iter_mut().for_each(|sum| *sum /= mean.runs as f64);
    }
    Ok(means)
}

fn no_measure(name: &str, run: &QueryMeasures, measure: Measure) -> ComparisonError {
    let known = run.measures().iter().map(Measure::to_string).collect::<Vec<_>>().join(", ");
    ComparisonError::NoMeasure { run: name.to_owned(), measure, known }
}
