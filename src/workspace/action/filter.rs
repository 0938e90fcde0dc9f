//! Actions on which images are shown.

use crate::workspace::filter::{Condition, Filter};

/// Which of a query's images are shown.
#[derive(Clone, Debug, PartialEq)]
pub enum FilterAction {
    /// Only those that meet these conditions.
    Set(Box<Filter>),
    /// Also those that do not meet this condition.
    Without(Condition),
    /// All.
    Clear,
}
