//! Actions on why an image has its rank.

use crate::train::Changes;

/// Why the selected image has its rank under the shown run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExplainAction {
    /// Explain it, if that was not done yet.
    Explain,
    /// Find where it would stand after these changes.
    Change(Box<Changes>),
    /// Say why it is above or below another candidate of the query, or no longer.
    Compare(Option<usize>),
}
