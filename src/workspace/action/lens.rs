//! Actions on how the shown run is looked at.

use crate::dataset::Split;
use std::path::PathBuf;

/// Earlier epochs and other numbers of neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LensAction {
    /// Show a run as it was after one of its kept epochs.
    ShowEpoch {
        /// The shown run's folder.
        run: PathBuf,
        /// The epoch; `None` for the run itself.
        epoch: Option<usize>,
    },
    /// Measure the shown run over graphs of other numbers of neighbours.
    MeasureNeighbours,
    /// Stop measuring.
    CancelNeighbours,
    /// The queries whose mean is shown.
    AverageNeighbours(Split),
}
