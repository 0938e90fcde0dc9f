//! Saved runs as a table for papers and spreadsheets.

use super::table::{Cell, Row, Table};
use crate::study::runs::{Column, Entry, RunFacts};

/// One row per entry, with these columns. If rows stand for several runs, each mean is followed by a column with its
/// deviation, and the last column counts the runs.
pub fn run_table(runs: &[RunFacts], entries: &[Entry], columns: &[Column]) -> Table {
    let is_grouped = entries.iter().any(|entry| entry.runs.len() > 1);
    let mut heads = Vec::new();
    for column in columns {
        heads.push(column.name().to_owned());
        if is_grouped && column.is_averaged() {
            heads.push(format!("{} deviation", column.name()));
        }
    }
    if is_grouped {
        heads.push("runs".to_owned());
    }
    let row = |entry: &Entry| {
        let facts = entry.facts(runs);
        let mut cells: Vec<Cell> = columns.iter().flat_map(|column| cells(*column, &facts, is_grouped)).collect();
        if is_grouped {
            cells.push(Cell::count(facts.len()));
        }
        named(cells)
    };
    let mut heads = heads.into_iter();
    Table {
        corner: heads.next().unwrap_or_default(),
        columns: heads.collect(),
        rows: entries.iter().map(row).collect(),
        decimals: 3,
        ..Table::default()
    }
}

/// A row whose first cell is its name.
fn named(cells: Vec<Cell>) -> Row {
    let mut cells = cells.into_iter();
    let name = cells.next().map_or_else(String::new, |cell| cell.value.whole());
    Row { name, cells: cells.collect() }
}

/// A column's cell, and that of its deviation.
fn cells(column: Column, facts: &[&RunFacts], is_grouped: bool) -> Vec<Cell> {
    if !column.is_averaged() {
        let text = column.cell(facts).text;
        return vec![if text.is_empty() { Cell::default() } else { Cell::text(text) }];
    }
    let spread = column.spread(facts);
    let mean = match spread {
        Some(spread) if column == Column::Epochs && spread.n == 1 => Cell::count(spread.mean as usize),
        spread => Cell::maybe(spread.map(|spread| spread.mean)),
    };
    let deviation = is_grouped.then(|| Cell::maybe(spread.map(|spread| spread.deviation)));
    std::iter::once(mean).chain(deviation).collect()
}
