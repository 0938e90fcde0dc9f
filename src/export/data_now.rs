//! The data set of a run as it is when the run is exported.

use super::ExportError;
use crate::train::{RunData, RunRecord, TrainError, changes_since};
use std::path::Path;

/// The data set of a run as it is now.
#[derive(Clone, Copy, Default)]
pub struct DataNow<'a> {
    /// With any visual vectors, or none; `None` if it was not found.
    pub data: Option<&'a RunData>,
    /// Whether to export the run although the data have changed since. The manifest then says what.
    pub adopt: bool,
}

/// How the data differ from those of a run.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// What has changed: `judgements`, `visual vectors`, ….
    pub changed: Vec<String>,
    /// Why the visual vectors were not compared, if they were not.
    pub unchecked: Option<TrainError>,
}

impl DataNow<'_> {
    /// How the data differ from those of the run in folder `run`.
    ///
    /// # Errors
    /// [`ExportError::Changed`] if they do, and that was not accepted.
    pub(super) fn compare(&self, run: &Path, record: &RunRecord) -> Result<Difference, ExportError> {
        let Some(data) = self.data else { return Ok(Difference::default()) };
        let (changed, unchecked) = changes_since(data, record);
        if changed.is_empty() || self.adopt {
            return Ok(Difference { changed, unchecked });
        }
        Err(ExportError::Changed { what: changed.join(", "), path: run.to_owned() })
    }
}
