//! How far judges agree.
//!
//! No single number tells: κ and α are low where one grade is rare even if nearly all labels are alike, which AC1 is not;
//! raw agreement is high by chance alone. So all are given, with the prevalence of each grade, and with intervals. What
//! is undefined is `None`.
//!
//! ```
//! use crossrank::judge::{Table, agreement};
//!
//! let ann = vec![Some(1), Some(0), Some(1), Some(0), None];
//! let bob = vec![Some(1), Some(0), Some(0), Some(0), Some(1)];
//! let found = agreement::agreement(&Table::of_rows(&[ann, bob]));
//! assert_eq!(found.coefficients.raw, Some(0.75));
//! assert_eq!(found.coefficients.cohen[0].plain, Some(0.5));
//! ```

mod alpha;
mod coefficients;
mod details;
mod gwet;
mod intervals;
mod kappa;
mod raw;
mod scale;

pub use alpha::Metric;
pub use coefficients::{Alpha, Coefficients, Gwet, Pair};
pub use details::{Confusion, Consistency, OfGrade, OfJudge, OfQuery, confusion, consistency, controls};
pub use intervals::{Intervals, JUDGES_TO_RESAMPLE, LEVEL, LeftOut, RESAMPLES};
pub use scale::Weights;

use super::Table;
use scale::Coded;

/// How far the judges of a table agree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agreement {
    /// The coefficients.
    pub coefficients: Coefficients<Option<f64>>,
    /// Each grade that occurs, ascending.
    pub grades: Vec<OfGrade>,
    /// Each judge, in the table's order.
    pub judges: Vec<OfJudge>,
    /// Each query, in the table's order.
    pub queries: Vec<OfQuery>,
}

/// Computes agreement, without intervals.
pub fn agreement(table: &Table) -> Agreement {
    let coded = Coded::of(table);
    Agreement {
        coefficients: Coefficients::of(&coded, &coded.all()),
        grades: details::of_grades(table, &coded),
        judges: details::of_judges(table, &coded),
        queries: details::of_queries(table, &coded),
    }
}

/// Computes the intervals of a table's coefficients. Takes time: a thousand times that of the coefficients.
pub fn intervals(table: &Table) -> Intervals {
    let coded = Coded::of(table);
    intervals::intervals(table, &coded, &Coefficients::of(&coded, &coded.all()))
}
