//! Counts of what a data set holds.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Dataset, Judgements, Split};

/// The counts of a data set, as the loading report and `crossrank info` show them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Number of queries.
    pub queries: usize,
    /// Queries assigned to train by the files.
    pub train: usize,
    /// Queries assigned to validation by the files.
    pub validation: usize,
    /// Queries assigned to test by the files.
    pub test: usize,
    /// Queries without a split in the files.
    pub open: usize,
    /// Distinct images.
    pub images: usize,
    /// Images that have a picture.
    pub pictures: usize,
    /// Query–image pairs.
    pub candidates: usize,
    /// Judged candidates per grade.
    pub judgements: BTreeMap<i32, usize>,
    /// Candidates without a judgement.
    pub unjudged: usize,
    /// Relevant images that are not candidates of their query, which no ranking can contain.
    pub relevant_others: usize,
    /// Queries with at least one relevant candidate.
    pub queries_with_relevant: usize,
    /// Diversity clusters over all queries.
    pub clusters: usize,
    /// Names of the numeric features.
    pub features: Vec<String>,
    /// The sets of visual vectors that come with the files.
    pub vectors: Vec<VectorSummary>,
}

/// One set of visual vectors.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VectorSummary {
    /// Its name.
    pub name: String,
    /// Dimension, where the files' headers give it.
    pub dim: Option<usize>,
}

/// Counts the parts of a data set and its judgements.
pub fn summary(dataset: &Dataset, judgements: &Judgements) -> Summary {
    let of_split = |split| dataset.queries.iter().filter(|query| query.split == split).count();
    let mut summary = Summary {
        queries: dataset.queries.len(),
        train: of_split(Some(Split::Train)),
        validation: of_split(Some(Split::Validation)),
        test: of_split(Some(Split::Test)),
        open: of_split(None),
        images: dataset.images.len(),
        pictures: dataset.images.iter().filter(|image| image.file.is_some()).count(),
        candidates: dataset.candidate_count(),
        relevant_others: judgements.relevant_others(),
        clusters: dataset.queries.iter().map(|query| query.clusters.len()).sum(),
        features: dataset.feature_names.clone(),
        ..Summary::default()
    };
    for query in 0..dataset.queries.len() {
        let grades = judgements.of(query);
        for grade in grades {
            match grade.filter(|grade| grade.is_judged()) {
                Some(grade) => *summary.judgements.entry(grade.0).or_default() += 1,
                None => summary.unjudged += 1,
            }
        }
        summary.queries_with_relevant += usize::from(grades.iter().flatten().any(|grade| grade.is_relevant()));
    }
    let sources = dataset.vectors.iter();
    summary.vectors = sources.map(|source| VectorSummary { name: source.name.clone(), dim: source.dim }).collect();
    summary
}
