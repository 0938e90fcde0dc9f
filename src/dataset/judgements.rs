//! Relevance judgements, separate from the data set they belong to.

use std::sync::Arc;

use super::{Dataset, Relevance};

/// The grade of every query's candidates, aligned with [`super::Query::candidates`].
///
/// Judgements change while a data set does not: clones share every query's grades, and setting one grade copies at most
/// those of its query. [`Judgements::version`] shows whether anything computed from them is stale.
///
/// ```
/// use crossrank::dataset::{Relevance, demo_sample, open};
///
/// let loaded = open(&demo_sample())?;
/// let mut judgements = loaded.judgements.clone();
/// let before = judgements.set(0, 3, Some(Relevance(2)));
/// assert_eq!(before, loaded.judgements.get(0, 3));
/// assert_eq!(judgements.highest_grade([0]), 2);
/// assert!(judgements.version() > loaded.judgements.version());
/// # Ok::<(), crossrank::dataset::DatasetError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Judgements {
    queries: Vec<OfQuery>,
    version: u64,
}

#[derive(Clone, Debug, Default)]
struct OfQuery {
    grades: Arc<Vec<Option<Relevance>>>,
    version: u64,
}

impl Judgements {
    /// No judgements yet for any candidate of a data set.
    pub fn unjudged(dataset: &Dataset) -> Self {
        let grades = |query: &super::Query| Arc::new(vec![None; query.candidates.len()]);
        let queries = dataset.queries.iter().map(|query| OfQuery { grades: grades(query), version: 0 }).collect();
        Self { queries, version: 0 }
    }

    /// The grades of a query's candidates; empty for a query that does not exist.
    pub fn of(&self, query: usize) -> &[Option<Relevance>] {
        self.queries.get(query).map_or(&[], |of_query| &of_query.grades)
    }

    /// The grade of one candidate, if it has one.
    pub fn get(&self, query: usize, candidate: usize) -> Option<Relevance> {
        self.of(query).get(candidate).copied().flatten()
    }

    /// Sets or removes the grade of one candidate and returns the old one. A candidate that does not exist is ignored,
    /// and setting the same grade changes no version.
    pub fn set(&mut self, query: usize, candidate: usize, grade: Option<Relevance>) -> Option<Relevance> {
        let before = self.get(query, candidate);
        let of_query = self.queries.get_mut(query).filter(|of| candidate < of.grades.len())?;
        if before != grade {
            Arc::make_mut(&mut of_query.grades)[candidate] = grade;
            self.version += 1;
            of_query.version = self.version;
        }
        before
    }

    /// Whether a query has any judgements.
    pub fn is_judged(&self, query: usize) -> bool {
        self.of(query).iter().any(Option::is_some)
    }

    /// The highest grade among these queries, 0 where nothing is relevant.
    pub fn highest_grade(&self, queries: impl IntoIterator<Item = usize>) -> i32 {
        let grades = queries.into_iter().flat_map(|query| self.of(query)).flatten();
        grades.map(|grade| grade.0).max().unwrap_or(0).max(0)
    }

    /// Number of queries.
    pub fn len(&self) -> usize {
        self.queries.len()
    }

    /// Whether there are no queries.
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty()
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The version of the last change to a query's grades; 0 if they never changed.
    pub fn version_of(&self, query: usize) -> u64 {
        self.queries.get(query).map_or(0, |of_query| of_query.version)
    }

    pub(super) fn add_query(&mut self) {
        self.queries.push(OfQuery::default());
    }

    pub(super) fn add_candidate(&mut self, query: usize) {
        if let Some(of_query) = self.queries.get_mut(query) {
            Arc::make_mut(&mut of_query.grades).push(None);
        }
    }

    /// The same for candidates in another order: `order[i]` is where the `i`th of them was.
    pub(super) fn reorder(&mut self, query: usize, order: &[usize]) {
        let grades = order.iter().map(|&before| self.get(query, before)).collect();
        if let Some(of_query) = self.queries.get_mut(query) {
            of_query.grades = Arc::new(grades);
        }
    }
}

/// Judgements are equal if their grades are, whatever their history.
impl PartialEq for Judgements {
    fn eq(&self, other: &Self) -> bool {
        self.queries.len() == other.queries.len()
            && self.queries.iter().zip(&other.queries).all(|(a, b)| a.grades == b.grades)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_queries() -> Judgements {
        let mut judgements = Judgements::default();
        for query in 0..2 {
            judgements.add_query();
            (0..3).for_each(|_| judgements.add_candidate(query));
        }
        judgements
    }

    #[test]
    fn one_grade_changes_one_query_and_both_versions() {
        let mut judgements = two_queries();
        let before = judgements.clone();
        assert_eq!(judgements.set(1, 2, Some(Relevance(3))), None);
        assert_eq!((judgements.version(), judgements.version_of(0), judgements.version_of(1)), (1, 0, 1));
        assert_eq!(judgements.set(1, 2, Some(Relevance(3))), Some(Relevance(3)));
        assert_eq!(judgements.version(), 1, "the same grade again is no change");
        assert!(Arc::ptr_eq(&judgements.queries[0].grades, &before.queries[0].grades), "the other query is shared");
        assert!(!before.is_judged(1), "a clone keeps what it had");
        assert_eq!(judgements.set(7, 0, Some(Relevance(1))), None);
        assert_eq!(judgements.set(0, 9, Some(Relevance(1))), None);
        assert_eq!(judgements.version(), 1);
        assert_ne!(judgements, before);
        judgements.set(1, 2, None);
        assert_eq!(judgements, before);
    }

    #[test]
    fn the_highest_grade_is_that_of_the_queries_asked_for() {
        let mut judgements = two_queries();
        judgements.set(0, 0, Some(Relevance(2)));
        judgements.set(1, 0, Some(Relevance(100)));
        assert_eq!((judgements.highest_grade([0]), judgements.highest_grade([0, 1])), (2, 100));
        judgements.set(0, 0, Some(Relevance(-1)));
        assert_eq!(judgements.highest_grade([0]), 0);
    }

    #[test]
    fn grades_follow_their_candidates_into_another_order() {
        let mut judgements = two_queries();
        judgements.set(0, 2, Some(Relevance(1)));
        judgements.reorder(0, &[2, 0, 1]);
        assert_eq!(judgements.of(0), [Some(Relevance(1)), None, None]);
    }
}
