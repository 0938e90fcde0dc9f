//! Actions on what is looked at.

/// Which query and image are looked at. Images are candidates of the current query, by their index in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectionAction {
    /// Show a query, by its index in the data set.
    Query(usize),
    /// Show the query that many further on in the data set's order; after the last comes the first.
    StepQuery(isize),
    /// Select an image in every panel, or none.
    Candidate(Option<usize>),
    /// Point at an image in every panel, or at none.
    Hover(Option<usize>),
}
