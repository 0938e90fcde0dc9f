//! Ids in a file next to the vectors.

use std::path::Path;

use super::names::IDS;
use crate::base::FileError;
use crate::dataset::table::{Table, plain};
use crate::dataset::text::{numbered_lines, read_text};
use crate::dataset::warnings::Warnings;
use crate::dataset::{DatasetError, walk};

/// The ids of `rows` rows: one per line in `NAME.ids.txt` or `NAME.txt`, or the column of ids (else the first column)
/// of `NAME.csv` or `NAME.tsv`, with or without headings. `None` if there is no such file that `admits` accepts.
///
/// # Errors
/// If the file cannot be read or holds another number of ids.
pub(super) fn ids(
    path: &Path,
    rows: usize,
    admits: &dyn Fn(&Path) -> bool,
    warnings: &mut Warnings,
) -> Result<Option<Vec<String>>, DatasetError> {
    let beside = ["ids.txt", "txt", "csv", "tsv"].map(|ending| path.with_extension(ending));
    let Some(file) = beside.into_iter().find(|file| file.is_file() && admits(file)) else { return Ok(None) };
    let ids = if walk::is_table(&file) { of_table(&file, rows, warnings)? } else { of_lines(&file, warnings)? };
    if ids.len() != rows {
        let message = format!("{} ids for {rows} vectors of {}", ids.len(), walk::name(path));
        return Err(FileError::malformed(message, &file).into());
    }
    Ok(Some(ids))
}

fn of_lines(file: &Path, warnings: &mut Warnings) -> Result<Vec<String>, DatasetError> {
    let text = read_text(file, warnings)?;
    let lines = numbered_lines(&text).map(|(_, line)| line.trim().to_owned());
    Ok(lines.filter(|line| !line.is_empty()).collect())
}

fn of_table(file: &Path, rows: usize, warnings: &mut Warnings) -> Result<Vec<String>, DatasetError> {
    let table = Table::read(file, warnings)?;
    let is_id = |heading: &&str| IDS.contains(&plain(heading).as_str());
    let named = table.headings.iter().position(|heading| is_id(&heading.as_str()));
    let column = named.unwrap_or(0);
    // If the counts match with the first row included, it is not a heading.
    let first = (named.is_none() && table.rows.len() + 1 == rows).then(|| table.headings.get(column)).flatten();
    let fields = table.rows.iter().filter_map(|row| row.fields.get(column));
    Ok(first.into_iter().chain(fields).map(|id| id.trim().to_owned()).collect())
}
