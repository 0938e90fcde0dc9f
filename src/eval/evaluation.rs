//! The outcome of an evaluation.

use std::collections::BTreeMap;

use serde::Serialize;

use super::by_measure::{ByMeasure, Measures};
use super::measure::Measure;

/// Measures of each query and their means.
///
/// Serialised as `{"all": {"map": …}, "per_query": {"q1": {"map": …}}}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// The mean of each measure over the queries where it is defined; NaN (`null` on disk) without any.
    pub all: Measures,
    /// The measures of each query; NaN for one that needs clusters if the query has none.
    pub per_query: BTreeMap<String, Measures>,
    /// The highest grade of all judgements, at least 1, where a measure depends on it ([`Measure::needs_highest_grade`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest_grade: Option<i32>,
}

impl Evaluation {
    /// Averages the measures over the queries, all with equal weight.
    pub(super) fn average(
        measures: &[Measure],
        per_query: BTreeMap<String, Vec<f64>>,
        highest_grade: i32,
    ) -> Evaluation {
        let mean = |(column, &measure): (usize, &Measure)| {
            let defined = per_query.values().map(|values| values[column]).filter(|value| !value.is_nan());
            let (sum, count) = defined.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
            (measure, if count == 0 { f64::NAN } else { sum / count as f64 })
        };
        Evaluation {
            all: measures.iter().enumerate().map(mean).collect(),
            highest_grade: measures.iter().any(|measure| measure.needs_highest_grade()).then_some(highest_grade.max(1)),
            per_query: per_query.into_iter().map(|(query, row)| (query, ByMeasure::new(measures, row))).collect(),
        }
    }

    /// The mean of a measure, if it was requested and is defined.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        self.all.get(measure).filter(|value| !value.is_nan())
    }

    /// A measure of one query, if it was requested and is defined.
    pub fn of(&self, query: &str, measure: Measure) -> Option<f64> {
        self.per_query.get(query)?.get(measure).filter(|value| !value.is_nan())
    }
}
