//! Parquet.

use super::row::{Each, Reading, Row};
use crate::base::{At, open_file};
use crate::dataset::TextColumns;
use crate::index::IndexError;

/// Visits the rows of the columns that are wanted, and decodes no others.
///
/// # Errors
/// If the file is damaged or cannot be read.
pub(super) fn visit(reading: &Reading<'_>, each: &mut Each<'_>) -> Result<(), IndexError> {
    let columns = TextColumns::open(open_file(reading.path)?).at(reading.path)?;
    let headings = columns.headings();
    let wanted = |column: usize| (reading.wanted)(&headings[column]);
    columns.visit(&wanted, &mut |row, cells| each(&headings, Row { line: row + 1, cells })).at(reading.path)?;
    Ok(())
}
