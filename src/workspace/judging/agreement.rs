//! How far the judges of the open data set agree.

use crate::judge::Table;
use crate::judge::agreement::{Agreement, Consistency, Intervals};

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredAgreement {
    /// The labels: its judges are in the order of all that follows.
    pub table: Table,
    /// How often each judge said the same again.
    pub consistency: Vec<Consistency>,
    /// How often each judge gave the known grade to an unannounced image.
    pub controls: Vec<Consistency>,
    /// The coefficients.
    pub agreement: Agreement,
    /// Their intervals.
    pub intervals: Intervals,
    /// [`Judges::version`](crate::judge::Judges::version) of what was measured.
    pub(super) version: u64,
}
