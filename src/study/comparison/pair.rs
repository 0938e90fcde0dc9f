//! One configuration against another by one measure, query by query.

use super::means::QueryMean;
use crate::base::mean;
use crate::study::paired::{Paired, paired};
use std::collections::BTreeMap;

/// A configuration's value of one measure for each query, by query id.
pub type PerQuery = BTreeMap<String, f64>;

/// The first measure of the queries with the most runs, so that every value is a mean over equally many runs: all seeds
/// or, in a cross-validation, those of the query's fold.
pub fn shared_means(means: BTreeMap<String, QueryMean>) -> PerQuery {
    let most = means.values().map(|mean| mean.runs).max().unwrap_or(0);
    let shared = means.into_iter().filter(|(_, mean)| mean.runs == most);
    shared.filter_map(|(query, mean)| Some((query, *mean.values.first()?))).collect()
}

/// One query under both configurations.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryDelta {
    /// Its id.
    pub id: String,
    /// Its index in the open data set, if it is in there.
    pub query: Option<usize>,
    /// The first configuration's value.
    pub a: f64,
    /// The second configuration's value.
    pub b: f64,
}

impl QueryDelta {
    /// The gain of the first configuration.
    pub fn delta(&self) -> f64 {
        self.a - self.b
    }
}

/// One configuration against another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairMeasures {
    /// The queries that both have, the first configuration's greatest gain first.
    pub queries: Vec<QueryDelta>,
    /// The first configuration's mean.
    pub a: f64,
    /// The second configuration's mean.
    pub b: f64,
    /// The first configuration minus the second: mean difference, interval, test, wins.
    pub test: Paired,
}

impl PairMeasures {
    /// Over the queries that both have, `None` without any; `position` finds a query in the open data set by id.
    pub fn of(a: &PerQuery, b: &PerQuery, position: impl Fn(&str) -> Option<usize>) -> Option<Self> {
        let both =
            |(id, &a): (&String, &f64)| Some(QueryDelta { id: id.clone(), query: position(id), a, b: *b.get(id)? });
        let mut queries: Vec<QueryDelta> = a.iter().filter_map(both).collect();
        queries.sort_by(|x, y| y.delta().total_cmp(&x.delta()).then_with(|| x.id.cmp(&y.id)));
        let (a, b): (Vec<f64>, Vec<f64>) = queries.iter().map(|query| (query.a, query.b)).unzip();
        (!queries.is_empty()).then(|| Self { a: mean(&a), b: mean(&b), test: paired(&b, &a), queries })
    }
}
