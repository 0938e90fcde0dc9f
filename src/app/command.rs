//! Requests that affect only the window: which panel is in front, which dialog is open.

use super::panels::Panel;
use super::panels::experiments::view::RunsView;
use super::shell::manual::SectionId;
use crate::export::chart::Chart;
use std::path::PathBuf;

/// What to do with the path chosen in the open dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenAs {
    /// Open it as a data set.
    #[default]
    DataSet,
    /// Add it as TREC judgements or a TREC run.
    Trec,
    /// Add it as visual vectors.
    Vectors,
    /// Use it as the encoder's weights.
    Weights,
    /// List its runs and studies.
    Folder,
}

/// A change of the size of everything in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    /// Larger.
    In,
    /// Smaller.
    Out,
    /// As the system asks for.
    Reset,
}

/// A requested change of the window: plain data, like [`Action`](crate::workspace::Action).
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Bring a panel to the front.
    Show(Panel),
    /// Show the encoder in the Embeddings panel.
    ShowEncoder,
    /// Show the Experiments panel with one of its views.
    ShowRuns(RunsView),
    /// Maximise Experiments and Studies, or restore the other panels.
    ToggleWide,
    /// Restore the default layout.
    ResetLayout,
    /// Change the size of everything.
    Zoom(Zoom),
    /// Fit the graph, or the large picture, to its panel.
    Fit,
    /// Show the selected image as large as the window, or the panels again.
    ToggleLarge,
    /// Open the judge's desk, or show the panels again.
    ToggleJudging,
    /// Open or close the dialog that filters images.
    ToggleFilter,
    /// Ask for the data set's judging protocol.
    EditProtocol,
    /// Ask for judgements to import.
    ImportJudgements,
    /// Ask where to export judgements.
    ExportJudgements,
    /// Open the judge's desk if it is not open.
    Judge,
    /// Close the large picture, else clear the selection.
    Back,
    /// Ask for a file or folder.
    Ask(OpenAs),
    /// Ask where to save a plot.
    SaveChart {
        /// The suggested file name, without extension.
        name: &'static str,
        /// The plot.
        chart: Box<Chart>,
    },
    /// Ask for a run's name, note and tags, by its folder.
    LabelRun(PathBuf),
    /// Ask where to export a run, by its folder.
    ExportRun(PathBuf),
    /// Open or close the command palette.
    TogglePalette,
    /// Open or close the list of shortcuts.
    ToggleHelp,
    /// Put the cursor into the collection's search field.
    Search,
    /// Ask for a folder of pictures to make a collection of, with one that is known.
    NewCollection(Option<PathBuf>),
    /// Show what the columns of the open collection's tables mean.
    CollectionTables,
    /// Ask for the folder that the open collection's pictures moved to.
    RelinkPictures,
    /// Ask for the file that the open collection is packed into.
    PackCollection,
    /// Open the manual where it was last read, or close it.
    ToggleManual,
    /// Open the manual at a section.
    OpenManual(SectionId),
}
