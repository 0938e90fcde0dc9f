//! The outcome of an evaluation.

use std::collections::BTreeMap;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::measure::Measure;

/// Measures of each query and their means.
///
/// Serialised as `{"all": {"map": …}, "per_query": {"q1": {"map": …}}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// What was measured.
    pub measures: Vec<Measure>,
    /// The mean of each measure over the queries where it is defined; 0 where there was no query, NaN for a measure
    /// that needs clusters where no query has any.
    pub all: Vec<f64>,
    /// The measures of each query; NaN for one that needs clusters where the query has none.
    pub per_query: BTreeMap<String, Vec<f64>>,
}

impl Evaluation {
    /// Averages the measures of the queries: each query weighs the same.
    pub(super) fn average(measures: &[Measure], per_query: BTreeMap<String, Vec<f64>>) -> Evaluation {
        let all = measures
            .iter()
            .enumerate()
            .map(|(column, measure)| {
                let defined = per_query.values().map(|values| values[column]).filter(|value| !value.is_nan());
                let (sum, count) = defined.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
                match count {
                    0 if measure.needs_clusters() => f64::NAN,
                    0 => 0.0,
                    _ => sum / count as f64,
                }
            })
            .collect();
        Evaluation { measures: measures.to_vec(), all, per_query }
    }

    /// The mean of a measure, if it was asked for and is defined.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        let column = self.measures.iter().position(|other| *other == measure)?;
        self.all.get(column).copied().filter(|value| !value.is_nan())
    }

    /// A measure of one query, if it was asked for and is defined.
    pub fn of(&self, query: &str, measure: Measure) -> Option<f64> {
        let column = self.measures.iter().position(|other| *other == measure)?;
        self.per_query.get(query)?.get(column).copied().filter(|value| !value.is_nan())
    }
}

/// One row of figures as `{"map": …, "ndcg@20": …}`.
struct Row<'a>(&'a [Measure], &'a [f64]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().zip(self.1))
    }
}

impl Serialize for Evaluation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows: BTreeMap<&str, Row> =
            self.per_query.iter().map(|(query, values)| (query.as_str(), Row(&self.measures, values))).collect();
        let mut fields = serializer.serialize_struct("Evaluation", 2)?;
        fields.serialize_field("all", &Row(&self.measures, &self.all))?;
        fields.serialize_field("per_query", &rows)?;
        fields.end()
    }
}
