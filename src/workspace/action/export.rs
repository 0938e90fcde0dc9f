//! Actions that write files.

use crate::export::chart::{Chart, Theme};
use std::path::PathBuf;

/// Files made of what is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportAction {
    /// Write a plot: PNG where the name ends so, else SVG.
    SaveChart {
        /// The plot.
        chart: Box<Chart>,
        /// Light or dark.
        theme: Theme,
        /// The file.
        path: PathBuf,
    },
    /// Write a run as files for other programs.
    SaveRun {
        /// The run's folder.
        run: PathBuf,
        /// The folder to write to; made if it is missing.
        folder: PathBuf,
        /// Whether to write it although its data have changed since; the manifest then says so.
        adopt: bool,
    },
}
