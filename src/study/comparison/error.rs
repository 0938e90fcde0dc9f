//! Why runs cannot be compared.

use crate::eval::Measure;

/// Why runs cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComparisonError {
    /// Fewer than two configurations.
    #[error("a comparison needs at least two runs")]
    TooFew,
    /// The baseline is not one of the runs.
    #[error("the baseline is not one of the runs")]
    NoBaseline,
    /// Two configurations share a name.
    #[error("two runs are called “{0}”")]
    DuplicateName(String),
    /// A run has a query twice.
    #[error("the run “{run}” has the query “{query}” twice")]
    DuplicateQuery {
        /// The run.
        run: String,
        /// The query.
        query: String,
    },
    /// A run lacks a measure.
    #[error("the run “{run}” was not measured by {measure}; it has {known}")]
    NoMeasure {
        /// The run.
        run: String,
        /// The requested measure.
        measure: Measure,
        /// The measures it has.
        known: String,
    },
    /// ERR was computed with different highest grades.
    #[error("the runs computed ERR with different highest grades: {0} and {1}")]
    OtherScale(i32, i32),
    /// Judgements differ between runs.
    #[error(
        "the runs “{0}” and “{1}” were measured by different judgements; measure their rankings by the same ones \
         (crossrank compare --qrels)"
    )]
    OtherJudgements(String, String),
    /// Measures counted different relevant images.
    #[error("the runs count different relevant images: some only candidates, others all in the judgements")]
    OtherRecallBase,
    /// No query is shared.
    #[error("the runs share no {0} query")]
    NothingShared(String),
}
