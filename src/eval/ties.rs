//! Tied scores, whose order, and so every measure, depends on ids.

use std::collections::BTreeMap;

use serde::Serialize;

/// The tie-breaking rule in words, given with every exported measure.
pub const TIE_RULE: &str = "scores are compared as 32-bit floats; equal ones stand by image id, descending by bytes";

/// Images that share their score with another image of the same query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ties {
    /// Over all queries.
    pub images: usize,
    /// Queries that have any.
    pub queries: usize,
    /// By query; 0 if all its scores are distinct.
    pub per_query: BTreeMap<String, usize>,
}

/// Counts the tied images of each query of a run.
pub fn ties<'a>(run: impl IntoIterator<Item = (&'a String, &'a BTreeMap<String, f64>)>) -> Ties {
    let per_query: BTreeMap<String, usize> =
        run.into_iter().map(|(query, scores)| (query.clone(), tied(scores.values().map(|&s| s as f32)))).collect();
    Ties {
        images: per_query.values().sum(),
        queries: per_query.values().filter(|&&count| count > 0).count(),
        per_query,
    }
}

/// How many of these scores occur more than once; −0 equals 0, and all NaNs are equal.
pub fn tied(scores: impl Iterator<Item = f32>) -> usize {
    let mut scores: Vec<f32> = scores.map(|score| if score.is_nan() { f32::NAN } else { score + 0.0 }).collect();
    scores.sort_by(f32::total_cmp);
    let same = |a: &f32, b: &f32| a == b || (a.is_nan() && b.is_nan());
    scores.chunk_by(same).map(<[f32]>::len).filter(|&count| count > 1).sum()
}
