//! From judgements and scores to measures of all queries.

use std::collections::{BTreeMap, BTreeSet};

use super::evaluation::Evaluation;
use super::measure::Measure;
use super::ranking::{Judged, Ranked, order, rank_and_measure};
use crate::base::named;
use crate::dataset::{Candidate, Dataset, Judgements, Qrels, RecallBase, Relevance, Run};

/// The queries over which a mean is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Averaging {
    /// The queries that are in the qrels and in the run (trec_eval without options).
    #[default]
    Both,
    /// Every query of the qrels; one missing from the run scores 0 (trec_eval's `-c`).
    AllQrels,
}

named!(Averaging, "averaging": Both = "both", AllQrels = "all-qrels");

impl Averaging {
    /// The convention in words, given with every exported measure.
    pub fn label(self) -> &'static str {
        match self {
            Averaging::Both => "over the queries in both qrels and run",
            Averaging::AllQrels => "over all queries of the qrels",
        }
    }
}

/// What measures of judgements and a run depend on besides the two; by default what trec_eval does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conventions {
    /// The queries of the means.
    pub averaging: Averaging,
    /// The relevant images that count: with [`RecallBase::Candidates`], those of the run.
    pub recall_base: RecallBase,
}

impl From<Averaging> for Conventions {
    fn from(averaging: Averaging) -> Self {
        Self { averaging, ..Self::default() }
    }
}

/// Evaluates a run against judgements, as trec_eval does unless `conventions` says otherwise.
///
/// Qrels and runs have no clusters, so measures that need them are NaN.
///
/// ```
/// use crossrank::dataset::{Qrels, Run};
/// use crossrank::eval::{Averaging, Measure, evaluate};
///
/// let qrels = Qrels::from([("q1".to_owned(), [("a", 1), ("b", 0)].map(|(id, grade)| (id.to_owned(), grade)).into())]);
/// let run = Run::from([("q1".to_owned(), [("a", 0.2), ("b", 0.7)].map(|(id, score)| (id.to_owned(), score)).into())]);
/// let evaluation = evaluate(&qrels, &run, &[Measure::Map], Averaging::Both);
/// assert_eq!(evaluation.get(Measure::Map), Some(0.5));
/// ```
pub fn evaluate(qrels: &Qrels, run: &Run, measures: &[Measure], conventions: impl Into<Conventions>) -> Evaluation {
    let Conventions { averaging, recall_base } = conventions.into();
    let mut per_query = BTreeMap::new();
    let highest = qrels.values().flat_map(BTreeMap::values).copied().max().unwrap_or(0);
    let nothing = BTreeMap::new();
    for (query, judgements) in qrels {
        let scores = match (run.get(query), averaging) {
            (Some(scores), _) => scores,
            (None, Averaging::Both) => continue,
            (None, Averaging::AllQrels) => &nothing,
        };
        let values = measure_scores(judgements, scores, measures, (highest, recall_base));
        per_query.insert(query.clone(), values);
    }
    Evaluation::average(measures, per_query, highest)
}

/// One query of [`evaluate`].
fn measure_scores(
    judgements: &BTreeMap<String, i32>,
    run: &BTreeMap<String, f64>,
    measures: &[Measure],
    (highest_grade, recall_base): (i32, RecallBase),
) -> Vec<f64> {
    let ids: Vec<&str> = run.keys().map(String::as_str).collect();
    // trec_eval stores scores as 32-bit floats: closer ones are ties.
    let scores: Vec<f32> = run.values().map(|&score| score as f32).collect();
    let relevance: Vec<Option<Relevance>> = ids.iter().map(|&id| judgements.get(id).copied().map(Relevance)).collect();
    let counts = |id: &String| recall_base == RecallBase::Judged && !run.contains_key(id);
    let missed: Vec<Relevance> =
        judgements.iter().filter(|(id, _)| counts(id)).map(|(_, &grade)| Relevance(grade)).collect();
    let judged = Judged { relevance: &relevance, extra_relevant: &missed, highest_grade, ..Judged::default() };
    rank_and_measure(&scores, &ids, &judged, measures).values
}

/// Evaluates scores of a data set's own candidates: the same measures as [`evaluate`] with the data set's judgements as
/// qrels and their recall base, without going through names, which is fast enough for every epoch of training.
///
/// `queries` are positions in [`Dataset::queries`]; `scores` returns one score per candidate of such a query, in
/// candidate order (missing ones rank last). A query without judgements is skipped, as it would not be in the qrels.
/// Diversity measures use the query's clusters and are NaN without any. ERR's highest grade is that of all judgements.
pub fn evaluate_scores<S: AsRef<[f32]>>(
    dataset: &Dataset,
    judgements: &Judgements,
    queries: &[usize],
    scores: impl Fn(usize) -> S,
    measures: &[Measure],
) -> Evaluation {
    let highest = judgements.highest_grade(0..judgements.len());
    let judged = queries.iter().copied().filter(|&query| judgements.is_judged(query));
    let per_query = judged.filter_map(|index| {
        let query = dataset.queries.get(index)?;
        let values = rank_candidates((dataset, judgements), index, scores(index).as_ref(), measures, highest).values;
        Some((query.id.as_str().to_owned(), values))
    });
    Evaluation::average(measures, per_query.collect(), highest)
}

/// Ranks the candidates of the query at position `index` by their scores and measures the ranking; nothing if there is
/// no such query.
pub fn rank_candidates(
    (dataset, judgements): (&Dataset, &Judgements),
    index: usize,
    scores: &[f32],
    measures: &[Measure],
    highest_grade: i32,
) -> Ranked {
    let Some(query) = dataset.queries.get(index) else { return Ranked::default() };
    let image = |candidate: &Candidate| dataset.images.get(candidate.image).map_or("", |image| image.id.as_str());
    let ids: Vec<&str> = query.candidates.iter().map(image).collect();
    let order = order(scores, &ids);
    let values = measure_order((dataset, judgements), index, &order, measures, highest_grade);
    Ranked { order, values }
}

/// Measures an order of the candidates of the query at position `index`, best first; nothing if there is no such query.
pub fn measure_order(
    (dataset, judgements): (&Dataset, &Judgements),
    index: usize,
    order: &[usize],
    measures: &[Measure],
    highest_grade: i32,
) -> Vec<f64> {
    let Some(query) = dataset.queries.get(index) else { return Vec::new() };
    let candidates = &query.candidates;
    let others = judgements.counted_others(index);
    let relevance = judgements.of(index);
    let mut judged = Judged { relevance, extra_relevant: &others, highest_grade, ..Judged::default() };
    let clusters: Vec<&[u32]>;
    if measures.iter().any(|measure| measure.needs_clusters()) {
        clusters = candidates.iter().map(|candidate| candidate.clusters.as_slice()).collect();
        let named = query.clusters.keys().copied();
        let total: BTreeSet<u32> = named.chain(clusters.iter().flat_map(|clusters| clusters.iter().copied())).collect();
        judged.cluster_total = total.len();
        judged.clusters = Some(&clusters);
    }
    judged.measure(order, measures)
}
