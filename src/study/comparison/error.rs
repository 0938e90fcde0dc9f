//! Why runs cannot be compared.

use crate::eval::Measure;

/// Why runs cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComparisonError {
    /// One configuration is no comparison.
    #[error("a comparison needs at least two runs")]
    TooFew,
    /// The baseline is none of the runs.
    #[error("the baseline is none of the runs")]
    NoBaseline,
    /// Two configurations cannot be told apart.
    #[error("two runs are called “{0}”")]
    DuplicateName(String),
    /// A run has a query twice.
    #[error("the run “{run}” has the query “{query}” twice")]
    DuplicateQuery {
        /// Whose.
        run: String,
        /// Which.
        query: String,
    },
    /// A measure was not taken.
    #[error("the run “{run}” was not measured by {measure}; it has {known}")]
    NoMeasure {
        /// Whose.
        run: String,
        /// What was asked for.
        measure: Measure,
        /// What there is.
        known: String,
    },
    /// The same measure, but on two scales.
    #[error("the runs take different grades as the highest of ERR: {0} and {1}")]
    OtherScale(i32, i32),
    /// There is nothing to pair.
    #[error("the runs share no {0} query")]
    NothingShared(String),
}
