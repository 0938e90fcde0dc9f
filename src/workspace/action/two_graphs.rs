//! Actions on two graphs of one query.

use crate::workspace::GraphSide;

/// Looking at the current query in two ways.
#[derive(Clone, Debug, PartialEq)]
pub enum TwoGraphsAction {
    /// Show two graphs in place of one, or one again.
    Show(bool),
    /// Set what both sides show.
    Set(Box<[GraphSide; 2]>),
    /// Compute what both sides show, if it is not there.
    Draw,
}
