//! Files of judgements read strictly: the first fault is an error, for work that must be done whole or not at all.

use std::path::Path;

use super::DatasetError;
use super::table::{Table, plain};
use super::trec;
use super::values;
use super::warnings::Warnings;
use crate::base::FileError;

/// A table of which every row could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct StrictTable {
    headings: Vec<String>,
    /// Each row's line, from 1, and its fields: as many as there are headings.
    pub rows: Vec<(usize, Vec<String>)>,
}

impl StrictTable {
    /// The first column with one of these names, tried in order; case, spaces, hyphens and underscores are ignored.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.headings.iter().position(|heading| *heading == plain(name)))
    }
}

/// Reads a CSV or TSV table.
///
/// # Errors
/// If it cannot be read, or with the line of the first fault in it.
pub fn read_table(path: &Path) -> Result<StrictTable, DatasetError> {
    let mut warnings = Warnings::default();
    let table = Table::read(path, &mut warnings)?;
    faultless(warnings)?;
    let headings = table.headings.iter().map(|heading| plain(heading)).collect();
    Ok(StrictTable { headings, rows: table.rows.into_iter().map(|row| (row.line, row.fields)).collect() })
}

/// Reads TREC judgements, line by line: the line, from 1, the query, the image and the grade.
///
/// # Errors
/// If they cannot be read, or with the line of the first fault in them.
pub fn read_qrels_lines(path: &Path) -> Result<Vec<(usize, String, String, i32)>, DatasetError> {
    let mut warnings = Warnings::default();
    let entries = trec::qrels_entries(path, &mut warnings)?;
    faultless(warnings)?;
    Ok(entries.into_iter().map(|entry| (entry.line, entry.query, entry.image, entry.value)).collect())
}

/// A whole number of 32 bits, as in every table: `3.0` counts as one.
pub fn whole_number(field: &str) -> Option<i32> {
    values::whole(field)
}

fn faultless(warnings: Warnings) -> Result<(), FileError> {
    match warnings.into_vec().into_iter().next() {
        Some(first) => Err(FileError::Malformed { message: first.message, path: first.file, line: first.line }),
        None => Ok(()),
    }
}
