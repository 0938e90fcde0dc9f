//! What concerns only the window: which panel is in front, which dialog is open.

use super::panels::Panel;
use super::panels::experiments::view::RunsView;
use super::shell::manual::Place;
use crate::export::chart::Chart;

/// What a path that someone is asked for is meant for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenAs {
    /// A data set to open.
    #[default]
    DataSet,
    /// TREC judgements or a run to add.
    Trec,
    /// Visual vectors to add.
    Vectors,
    /// The encoder's weights.
    Weights,
}

/// A change of the window that someone asked for: plain data, as [`Action`](crate::workspace::Action)s are.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Bring a panel to the front.
    Show(Panel),
    /// Show the encoder and its layers.
    ShowEncoder,
    /// Show the experiments with one of their plots.
    ShowRuns(RunsView),
    /// Give the panels over many runs the whole window, or bring the others back.
    ToggleWide,
    /// Lay the panels out as at first.
    ResetLayout,
    /// Show the whole graph.
    FitGraph,
    /// Ask for a file or folder.
    Ask(OpenAs),
    /// Ask where to save a plot.
    SaveChart {
        /// The file's name to begin with, without an ending.
        name: &'static str,
        /// The plot.
        chart: Box<Chart>,
    },
    /// Open or close the list of commands.
    TogglePalette,
    /// Open or close the sheet of shortcuts.
    ToggleHelp,
    /// Open the manual where it was last read, or close it.
    ToggleManual,
    /// Open the manual at a section.
    ReadManual(Place),
}
