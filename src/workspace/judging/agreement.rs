//! How far the judges of the open data set agree.

use crate::judge::agreement::{Agreement, Intervals};

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredAgreement {
    /// The judges' names, in the order of all that follows.
    pub judges: Vec<String>,
    /// The coefficients.
    pub agreement: Agreement,
    /// Their intervals.
    pub intervals: Intervals,
    /// [`Judges::version`](crate::judge::Judges::version) of what was measured.
    pub(super) version: u64,
}
