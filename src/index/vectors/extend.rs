//! Keeping the index of neighbours up to the rows.

use std::ops::ControlFlow;
use std::path::Path;

use super::describe::{self, VectorInfo};
use super::near;
use super::set::EXACT;
use crate::base::Progress;
use crate::dataset::RowWriter;
use crate::index::IndexError;

/// The index of neighbours is extended once a tenth of the pictures is not in it.
const TAIL: usize = 10;

/// Makes or extends the index of neighbours, where there are enough pictures.
pub(super) fn extend(
    folder: &Path,
    info: &mut VectorInfo,
    writer: &RowWriter,
    observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(), IndexError> {
    let rows = &writer.rows;
    // One that knows rows which are not there is of others.
    let is_recent = |near: &describe::NearInfo| {
        rows.len().checked_sub(near.rows).is_some_and(|unknown| unknown * TAIL <= rows.count())
    };
    if rows.count() <= EXACT || info.near.as_ref().is_some_and(is_recent) {
        return Ok(());
    }
    let before = info.near.clone();
    let number = before.as_ref().map_or(1, |near| near.file + 1);
    let proceed = &mut |done, total| {
        let stage = "Indexing neighbours".to_owned();
        observe(Progress { stage, done, total, ..Progress::default() }).is_continue()
    };
    let known = before.as_ref().filter(|near| near.rows <= rows.len());
    let built = match near::build(folder, rows, known, number, proceed) {
        // One that is missing or damaged is made anew.
        Err(error) if known.is_some() && !error.is_cancelled() => near::build(folder, rows, None, number, proceed),
        built => built,
    };
    info.near = Some(built?);
    describe::write(folder, info)?;
    if let Some(before) = before {
        // A reader that has it open still can read it.
        drop(std::fs::remove_file(near::file(folder, before.file)));
    }
    Ok(())
}
