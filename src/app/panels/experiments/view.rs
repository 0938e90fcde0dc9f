//! Which plot over runs is shown.

/// What is shown below the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunsView {
    /// Nothing: the table has all the room.
    Table,
    /// Curves of the chosen runs over one another.
    #[default]
    Curves,
    /// Parallel coordinates.
    Parameters,
    /// Two parameters against each other.
    HeatMap,
    /// One run compared with another.
    Compare,
}

/// All of them, each with its name and what it shows.
pub(super) const VIEWS: [(RunsView, &str, &str); 5] = [
    (RunsView::Table, "Table", "The table alone"),
    (RunsView::Curves, "Curves", "Curves of the chosen runs over one another"),
    (RunsView::Parameters, "Parameters", "Every run as a line through its parameters, coloured by its result"),
    (RunsView::HeatMap, "Heat map", "Two parameters against each other"),
    (RunsView::Compare, "Compare", "One run compared with another, query by query"),
];
