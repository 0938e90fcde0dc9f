//! The rows of a table of any kind, one after the other.

use super::row::{Each, Reading};
use super::{columnar, delimited, json, json_lines, page};
use crate::dataset::Warnings;
use crate::index::IndexError;
use crate::index::words::listing::TableKind;

/// Visits the rows of a table in order.
///
/// # Errors
/// If it cannot be read; the rows before the damage were visited.
pub(in crate::index::words) fn visit(
    reading: &Reading<'_>,
    warnings: &mut Warnings,
    each: &mut Each<'_>,
) -> Result<(), IndexError> {
    match reading.kind {
        TableKind::Delimited => delimited::visit(reading, warnings, each),
        TableKind::JsonLines => json_lines::visit(reading, warnings, each),
        TableKind::Parquet => columnar::visit(reading, each),
        TableKind::Json => json::visit(reading, warnings, each),
        TableKind::Page => page::visit(reading, each),
        TableKind::Links => page::visit_links(reading, each),
    }
}
