//! Relevance judgements, separate from the data set they belong to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Dataset, LabelSource, Relevance};
use crate::base::named;

/// Which images of a query count as its relevant ones: R of average precision and recall, and the ideal ranking of nDCG.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecallBase {
    /// All relevant images of the judgements, whether they are candidates or not, as in trec_eval.
    #[default]
    Judged,
    /// The relevant candidates only, so that the best possible order of the candidates scores 1.
    Candidates,
}

named!(RecallBase, "recall base": Judged = "judged", Candidates = "candidates");

impl RecallBase {
    /// The convention in words, given with every exported measure.
    pub fn label(self) -> &'static str {
        match self {
            RecallBase::Judged => "all relevant images of the judgements",
            RecallBase::Candidates => "relevant candidates only",
        }
    }
}

/// The grade of every query's candidates, aligned with [`super::Query::candidates`], and the grades of judged images
/// that are not candidates ([`Judgements::others`]), which count by the [`RecallBase`].
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
    recall_base: RecallBase,
    source: Arc<LabelSource>,
    version: u64,
}

#[derive(Clone, Debug, Default)]
struct OfQuery {
    grades: Arc<Vec<Option<Relevance>>>,
    /// Judged images that are not candidates, by name.
    others: Arc<BTreeMap<String, Relevance>>,
    version: u64,
}

impl Judgements {
    /// No judgements yet for any candidate of a data set.
    pub fn unjudged(dataset: &Dataset) -> Self {
        let grades = |query: &super::Query| Arc::new(vec![None; query.candidates.len()]);
        let of_query = |query| OfQuery { grades: grades(query), ..OfQuery::default() };
        Self { queries: dataset.queries.iter().map(of_query).collect(), ..Self::default() }
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

    /// Judged images of a query that are not candidates, by name, whether they count or not.
    pub fn others(&self, query: usize) -> impl Iterator<Item = (&str, Relevance)> {
        let others = self.queries.get(query).into_iter().flat_map(|of_query| of_query.others.iter());
        others.map(|(image, grade)| (image.as_str(), *grade))
    }

    /// The grades of a query's judged images that are not candidates, as far as they count ([`RecallBase`]).
    pub fn counted_others(&self, query: usize) -> Vec<Relevance> {
        match self.recall_base {
            RecallBase::Judged => self.others(query).map(|(_, grade)| grade).collect(),
            RecallBase::Candidates => Vec::new(),
        }
    }

    /// Relevant images that are not candidates, over all queries: without any, the recall base makes no difference.
    pub fn relevant_others(&self) -> usize {
        let others = (0..self.len()).flat_map(|query| self.others(query));
        others.filter(|(_, grade)| grade.is_relevant()).count()
    }

    /// Which relevant images count.
    pub fn recall_base(&self) -> RecallBase {
        self.recall_base
    }

    /// The same judgements with another recall base; all versions change.
    #[must_use]
    pub fn with_recall_base(mut self, base: RecallBase) -> Self {
        if self.recall_base != base {
            self.recall_base = base;
            self.version += 1;
            self.queries.iter_mut().for_each(|of_query| of_query.version = self.version);
        }
        self
    }

    /// Whose labels they are; those of the files unless it was said.
    pub fn source(&self) -> &LabelSource {
        &self.source
    }

    /// The same judgements, said to be of another source.
    #[must_use]
    pub fn with_source(mut self, source: LabelSource) -> Self {
        self.source = Arc::new(source);
        self
    }

    /// Takes over the grades and the source of other judgements of the same data set, whose recall base does not matter.
    /// Returns the queries that changed, and only their versions do.
    pub fn take_over(&mut self, other: &Self) -> BTreeSet<usize> {
        let mut changed = BTreeSet::new();
        self.source = other.source.clone();
        for (query, (mine, theirs)) in self.queries.iter_mut().zip(&other.queries).enumerate() {
            if mine.grades == theirs.grades && mine.others == theirs.others {
                continue;
            }
            self.version += 1;
            let (grades, others) = (theirs.grades.clone(), theirs.others.clone());
            *mine = OfQuery { grades, others, version: self.version };
            changed.insert(query);
        }
        changed
    }

    /// Whether a query has any judgements that count.
    pub fn is_judged(&self, query: usize) -> bool {
        let has_others = self.recall_base == RecallBase::Judged && self.others(query).next().is_some();
        has_others || self.of(query).iter().any(Option::is_some)
    }

    /// The highest grade among these queries, 0 where nothing is relevant.
    pub fn highest_grade(&self, queries: impl IntoIterator<Item = usize>) -> i32 {
        let of_query = |query| {
            let others = self.counted_others(query).into_iter();
            self.of(query).iter().copied().flatten().chain(others).map(|grade| grade.0).max()
        };
        queries.into_iter().filter_map(of_query).max().unwrap_or(0).max(0)
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

    /// Sets the grade of an image that is not a candidate; a negative grade leaves it unjudged.
    pub fn set_other(&mut self, query: usize, image: &str, grade: Relevance) {
        let Some(of_query) = self.queries.get_mut(query) else { return };
        let others = Arc::make_mut(&mut of_query.others);
        if grade.is_judged() {
            others.insert(image.to_owned(), grade);
        } else {
            others.remove(image);
        }
    }

    pub(super) fn add_query(&mut self) {
        self.queries.push(OfQuery::default());
    }

    pub(super) fn remove_query(&mut self, query: usize) {
        self.queries.remove(query);
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

/// Judgements are equal if their grades and their recall base are, whatever their source and history.
impl PartialEq for Judgements {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&OfQuery, &OfQuery)| a.grades == b.grades && a.others == b.others;
        self.recall_base == other.recall_base
            && self.queries.len() == other.queries.len()
            && self.queries.iter().zip(&other.queries).all(same)
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
    fn an_image_that_is_no_candidate_counts_by_the_recall_base() {
        let mut judgements = two_queries();
        judgements.set_other(0, "far", Relevance(2));
        judgements.set_other(0, "near", Relevance(0));
        judgements.set_other(1, "none", Relevance(1));
        judgements.set_other(1, "none", Relevance(-1));
        assert_eq!((judgements.counted_others(0).len(), judgements.relevant_others()), (2, 1));
        assert!(judgements.is_judged(0) && !judgements.is_judged(1));
        assert_eq!(judgements.highest_grade([0, 1]), 2);
        let version = judgements.version();
        let judgements = judgements.with_recall_base(RecallBase::Candidates);
        assert!(judgements.counted_others(0).is_empty() && !judgements.is_judged(0));
        assert_eq!(judgements.highest_grade([0, 1]), 0);
        assert!(judgements.version_of(1) > version, "whatever was measured before is stale");
        assert_eq!(judgements.relevant_others(), 1);
    }

    #[test]
    fn only_what_differs_is_taken_over() {
        let mut judgements = two_queries();
        judgements.set(0, 0, Some(Relevance(1)));
        let mut other =
            judgements.clone().with_source(LabelSource { judges: vec!["ann".into()], ..LabelSource::default() });
        other.set_other(1, "far", Relevance(2));
        let version = judgements.version_of(0);
        assert_eq!(judgements.take_over(&other), BTreeSet::from([1]));
        assert_eq!((judgements.version_of(0), judgements.version_of(1)), (version, version + 1));
        assert_eq!((judgements.source(), &judgements), (other.source(), &other));
        assert!(judgements.take_over(&other).is_empty());
    }

    #[test]
    fn grades_follow_their_candidates_into_another_order() {
        let mut judgements = two_queries();
        judgements.set(0, 2, Some(Relevance(1)));
        judgements.reorder(0, &[2, 0, 1]);
        assert_eq!(judgements.of(0), [Some(Relevance(1)), None, None]);
    }
}
