//! How sure the comparison of the open rankings is.

use crate::judge::comparison::LabelComparison;

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredComparison {
    /// The rankings by each judge's labels, the best ranking first.
    pub comparison: LabelComparison,
    /// Versions of the labels and of the rankings that were measured.
    pub(super) version: (u64, u64),
}
