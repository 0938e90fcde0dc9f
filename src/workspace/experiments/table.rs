//! The run table: which runs, in what order, alone or by configuration.

use super::columns::Column;
use super::facts::{Objective, RunFacts};
use super::filter::Filter;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// How people want the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunTable {
    /// What was typed to find runs.
    #[serde(skip)]
    pub filter: String,
    /// Runs that differ in nothing but the seed make one row.
    pub grouped: bool,
    /// Runs of other data sets too.
    pub all_data: bool,
    /// The column that decides the order.
    pub sort: Column,
    /// Smallest first.
    pub ascending: bool,
    /// Columns that are not shown.
    pub hidden: Vec<Column>,
    /// What plots over many runs show.
    pub objective: Objective,
}

impl RunTable {
    /// The columns shown, left to right.
    pub fn columns(&self) -> Vec<Column> {
        Column::ALL.into_iter().filter(|column| !self.hidden.contains(column)).collect()
    }
}

/// One row: a run, or several that differ in their seeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Positions among all runs.
    pub runs: Vec<usize>,
}

impl Entry {
    /// Its runs.
    pub fn facts<'a>(&self, runs: &'a [RunFacts]) -> Vec<&'a RunFacts> {
        self.runs.iter().filter_map(|&run| runs.get(run)).collect()
    }

    /// What it is called.
    pub fn name(&self, runs: &[RunFacts]) -> String {
        let cell = Column::Name.cell(&self.facts(runs));
        if cell.beside.is_empty() { cell.text } else { format!("{} {}", cell.text, cell.beside) }
    }
}

/// Positions of the runs of one data set, or of all.
pub fn scope(runs: &[RunFacts], table: &RunTable, open: Option<&Path>) -> Vec<usize> {
    let within = |run: &RunFacts| table.all_data || open.is_none_or(|open| run.saved.record.dataset_path == open);
    (0..runs.len()).filter(|&run| within(&runs[run])).collect()
}

/// The rows of the table over the runs in `scope`.
pub fn entries(runs: &[RunFacts], scope: &[usize], table: &RunTable) -> Vec<Entry> {
    let filter = Filter::parse(&table.filter);
    let wanted = scope.iter().copied().filter(|&run| filter.matches(&runs[run]));
    let mut entries =
        if table.grouped { groups(runs, wanted) } else { wanted.map(|run| Entry { runs: vec![run] }).collect() };
    entries.sort_by_cached_key(|entry| entry.runs.first().copied());
    entries.sort_by(|a, b| table.sort.compare(&a.facts(runs), &b.facts(runs), !table.ascending));
    entries
}

/// Runs that differ in nothing but the seed, together.
pub fn groups(runs: &[RunFacts], wanted: impl Iterator<Item = usize>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for run in wanted {
        let place = *places.entry(&runs[run].configuration).or_insert_with(|| {
            entries.push(Entry { runs: Vec::new() });
            entries.len() - 1
        });
        entries[place].runs.push(run);
    }
    entries
}

/// The table as comma-separated values, a heading first; `±` columns follow their means where rows hold several runs.
pub fn csv(runs: &[RunFacts], entries: &[Entry], columns: &[Column]) -> String {
    let grouped = entries.iter().any(|entry| entry.runs.len() > 1);
    let spread = |column: Column| grouped && is_figure(column);
    let mut text = String::new();
    let mut line = |cells: Vec<String>| text += &(cells.join(",") + "\n");
    let mut head: Vec<String> = Vec::new();
    for &column in columns {
        head.push(quoted(column.name()));
        if spread(column) {
            head.push(quoted(&format!("{} deviation", column.name())));
        }
    }
    if grouped {
        head.push("runs".to_owned());
    }
    line(head);
    for entry in entries {
        let facts = entry.facts(runs);
        let mut cells = Vec::new();
        for &column in columns {
            let figure = column.spread(&facts).filter(|_| is_figure(column));
            cells.push(match figure {
                Some(figure) => format!("{:.6}", figure.mean),
                None => quoted(&column.cell(&facts).text),
            });
            if spread(column) {
                cells.push(figure.map_or_else(String::new, |figure| format!("{:.6}", figure.deviation)));
            }
        }
        if grouped {
            cells.push(facts.len().to_string());
        }
        line(cells);
    }
    text
}

fn is_figure(column: Column) -> bool {
    column.objective().is_some() || matches!(column, Column::Gain | Column::Seconds | Column::Epochs)
}

/// A cell in quotation marks where it holds what would end it.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
