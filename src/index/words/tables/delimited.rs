//! CSV, TSV and the like.

use std::ops::ControlFlow;

use super::row::{Each, Reading, Row};
use crate::dataset::{Warnings, visit_rows};
use crate::index::IndexError;

/// Visits the rows. Fields beyond the headings belong to the last one, as unquoted commas of a caption do.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn visit(reading: &Reading<'_>, warnings: &mut Warnings, each: &mut Each<'_>) -> Result<(), IndexError> {
    let mut headings: Vec<String> = Vec::new();
    let mut wanted: Vec<bool> = Vec::new();
    visit_rows(reading.path, warnings, &mut |line, mut fields| {
        if headings.is_empty() {
            let named = |(at, field): (usize, &String)| match field.trim() {
                heading if reading.has_headings && !heading.is_empty() => heading.to_owned(),
                _ => format!("column {}", at + 1),
            };
            headings = fields.iter().enumerate().map(named).collect();
            wanted = headings.iter().map(|heading| (reading.wanted)(heading)).collect();
            if reading.has_headings {
                return ControlFlow::Continue(());
            }
        }
        let width = headings.len();
        if fields.len() > width {
            let rest = fields.split_off(width);
            let last = &mut fields[width - 1];
            for field in rest.iter().filter(|field| !field.trim().is_empty()) {
                last.push(',');
                last.push_str(field);
            }
        }
        let cells = fields.into_iter().enumerate().filter(|(at, field)| wanted[*at] && !field.trim().is_empty());
        each(&headings, Row { line, cells: cells.collect() })
    })?;
    Ok(())
}
