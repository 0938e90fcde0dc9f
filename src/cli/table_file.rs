//! Tables as files.

use super::output::fault;
use crate::base::write_whole;
use crate::export::Table;
use anyhow::Result;
use serde_json::Value;
use std::path::Path;

/// Endings of tables.
const ENDINGS: [&str; 4] = ["md", "csv", "json", "tex"];

fn ending(file: &Path) -> Option<&'static str> {
    let ending = file.extension()?.to_str()?;
    ENDINGS.into_iter().find(|known| known.eq_ignore_ascii_case(ending))
}

/// Whether a file's name is that of a table.
pub(super) fn is_table(file: &Path) -> bool {
    ending(file).is_some()
}

/// The format implied by a file's extension.
///
/// # Errors
/// If it is none of a table's.
pub(super) fn table_format(file: &Path) -> Result<&'static str> {
    ending(file).ok_or_else(|| fault("FILE must end in .md, .csv, .json or .tex", file))
}

/// Writes a table in the format of the file's extension; JSON holds the whole object.
///
/// # Errors
/// If the file cannot be written.
pub(super) fn write_table(file: &Path, table: &Table, object: &Value) -> Result<()> {
    let text = match table_format(file)? {
        "csv" => table.csv(),
        "tex" => table.latex(),
        "json" => serde_json::to_string_pretty(object)? + "\n",
        _ => table.markdown(),
    };
    write_whole(file, &[text.as_bytes()]).map_err(|error| fault(error, file))
}
