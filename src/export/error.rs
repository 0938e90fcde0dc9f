//! Errors of exports.

use crate::base::FileError;
use crate::dataset::DatasetError;
use std::path::PathBuf;

/// Why something could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file could not be read or written, or is not a run's.
    #[error(transparent)]
    File(#[from] FileError),
    /// Judgements could not be written.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// A run on data that have changed since.
    #[error("the {what} of the data set are not those that the run was trained on: {path}")]
    Changed {
        /// What changed: `judgements, features`.
        what: String,
        /// The run's folder.
        path: PathBuf,
    },
    /// Numbers that JSON cannot hold.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A chart that is empty or too large.
    #[error("a chart of {width}×{height} at scale {scale} cannot be drawn: at most {most} a side")]
    ChartSize {
        /// Its width, in points.
        width: u32,
        /// Its height, in points.
        height: u32,
        /// Pixels per point.
        scale: u32,
        /// The longest side, in pixels.
        most: u32,
    },
    /// The bundled font is damaged.
    #[error("the bundled font cannot be read")]
    Font,
    /// An error of the drawing library.
    #[error("{0}")]
    Drawing(String),
    /// A chart could not be written as PNG.
    #[error(transparent)]
    Png(#[from] image::ImageError),
}
