//! `crossrank collect --columns`: the tables of a folder of pictures, and what their columns are taken to mean.

use super::output::{print, print_json};
use super::table::{aligned, grouped};
use crate::dataset::Reach;
use crate::index::{Collection, ColumnPreview, TablePreview, list, preview};
use anyhow::Result;
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;

/// Columns of a table that are listed, and characters of a value that are shown.
const MOST_COLUMNS: usize = 100;
const LONGEST_VALUE: usize = 40;

/// Which tables are listed.
pub(super) struct Columns<'a> {
    /// The folder of the pictures.
    pub folder: &'a Path,
    /// The collection that knows what columns mean, if there is one.
    pub out: Option<&'a Path>,
    /// Columns whose texts are captions.
    pub captions: &'a [String],
    pub follow: bool,
    pub json: bool,
}

/// Lists the columns of tables.
///
/// # Errors
/// If the pictures' folder or the collection cannot be read.
pub(super) fn columns(wanted: &Columns<'_>) -> Result<()> {
    let known = wanted.out.filter(|out| Collection::is_one(out)).map(Collection::open).transpose()?;
    let mut mapping = known.map(|known| known.manifest().mapping.clone()).unwrap_or_default();
    if !wanted.captions.is_empty() {
        mapping.captions = wanted.captions.to_vec();
    }
    let listing = list(wanted.folder, Reach::following(wanted.follow), &mut |_| ControlFlow::Continue(()))?;
    let tables = preview(&listing, &mapping);
    match wanted.json {
        true => print_json(&json!({ "pictures": listing.pictures.len(), "tables": tables })),
        false => print(&columns_text(listing.pictures.len(), &tables)),
    }
}

fn columns_text(pictures: usize, tables: &[TablePreview]) -> String {
    let mut text = format!("{} pictures, {} tables\n", grouped(pictures), grouped(tables.len()));
    for table in tables {
        let all = if table.is_whole { "all" } else { "the first" };
        text += &format!(
            "\n{}: of {all} {} rows, {} name a picture",
            table.path,
            grouped(table.rows),
            grouped(table.named)
        );
        if table.ambiguous > 0 {
            text += &format!(", {} one of several", grouped(table.ambiguous));
        }
        text.push('\n');
        if let Some(problem) = &table.problem {
            text += &format!("{problem}\n");
        }
        let row = |column: &ColumnPreview| {
            let values: Vec<String> = column.values.iter().take(3).map(|value| short(value)).collect();
            vec![column.heading.clone(), column.role.name().to_owned(), values.join(" · ")]
        };
        let rows: Vec<Vec<String>> = table.columns.iter().take(MOST_COLUMNS).map(row).collect();
        text += &aligned(&rows, &[true, true, true]);
        if table.columns.len() > MOST_COLUMNS {
            text += &format!("and {} more columns\n", grouped(table.columns.len() - MOST_COLUMNS));
        }
    }
    text
}

/// The start of a value, in one line.
fn short(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
