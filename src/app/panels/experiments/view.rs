//! The views of the Experiments panel.

/// What is shown below the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunsView {
    /// The table alone.
    Table,
    /// Overlaid curves of the selected runs.
    #[default]
    Curves,
    /// Parallel coordinates.
    Parameters,
    /// A heat map of two parameters.
    HeatMap,
    /// One run compared with another.
    Compare,
}

/// All views, with name and explanation.
pub(super) const VIEWS: [(RunsView, &str, &str); 5] = [
    (RunsView::Table, "Table", "The table alone"),
    (RunsView::Curves, "Curves", "Overlaid curves of the selected runs"),
    (RunsView::Parameters, "Parameters", "Each run as a line through its parameters, coloured by result"),
    (RunsView::HeatMap, "Heat map", "A measure over two parameters"),
    (RunsView::Compare, "Compare", "One run compared with another, query by query"),
];
