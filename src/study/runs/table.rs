//! The run table: which runs, in which order, individually or by configuration.

use super::column::Column;
use super::facts::{Objective, RunFacts};
use super::filter::Filter;
use super::parameters::short_name;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// What the table shows and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunTable {
    /// The text of the [`Filter`].
    #[serde(skip)]
    pub filter: String,
    /// Runs that differ only in their seeds share a row.
    pub grouped: bool,
    /// Runs of all data sets, not only the open one.
    pub all_data: bool,
    /// The column to sort by.
    pub sort: Column,
    /// Smallest first.
    pub ascending: bool,
    /// Hidden columns.
    pub hidden: Vec<Column>,
    /// The measure in plots over many runs.
    pub objective: Objective,
}

impl RunTable {
    /// The columns shown, left to right.
    pub fn columns(&self) -> Vec<Column> {
        Column::ALL.into_iter().filter(|column| !self.hidden.contains(column)).collect()
    }
}

/// One row: a run, or several that differ only in their seeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Indices among all runs.
    pub runs: Vec<usize>,
}

impl Entry {
    /// Its runs.
    pub fn facts<'a>(&self, runs: &'a [RunFacts]) -> Vec<&'a RunFacts> {
        self.runs.iter().filter_map(|&run| runs.get(run)).collect()
    }

    /// Its short name: a run's own, or the common prefix of its runs' names and their number.
    pub fn name(&self, runs: &[RunFacts]) -> String {
        let cell = Column::Name.cell(&self.facts(runs));
        if cell.beside.is_empty() { cell.text } else { format!("{} {}", cell.text, cell.beside) }
    }

    /// A run's own name; for several, the parameters that distinguish them from other rows, among those
    /// [`varying`](super::varying) over all rows.
    pub fn label(&self, runs: &[RunFacts], varying: &[String]) -> String {
        let facts = self.facts(runs);
        let [first, _, ..] = facts[..] else { return self.name(runs) };
        let shown = varying.iter().filter(|name| !name.ends_with("seed"));
        let part = |name: &String| Some(format!("{} {}", short_name(name), first.parameters.get(name)?));
        let parts: Vec<String> = shown.take(4).filter_map(part).collect();
        if parts.is_empty() { self.name(runs) } else { format!("{}  × {}", parts.join(", "), facts.len()) }
    }
}

/// Indices of the runs of the open data set, or of all.
pub fn scope(runs: &[RunFacts], table: &RunTable, open: Option<&Path>) -> Vec<usize> {
    let within = |run: &RunFacts| table.all_data || open.is_none_or(|open| run.saved.record.dataset_path == open);
    (0..runs.len()).filter(|&run| within(&runs[run])).collect()
}

/// The rows of the table over the runs in `scope`. Malformed parts of the filter count as words; [`Filter::read`]
/// reports them instead.
pub fn entries(runs: &[RunFacts], scope: &[usize], table: &RunTable) -> Vec<Entry> {
    let filter = Filter::parse(&table.filter);
    let wanted = scope.iter().copied().filter(|&run| filter.matches(&runs[run]));
    let mut entries =
        if table.grouped { groups(runs, wanted) } else { wanted.map(|run| Entry { runs: vec![run] }).collect() };
    entries.sort_by_cached_key(|entry| entry.runs.first().copied());
    entries.sort_by(|a, b| table.sort.compare(&a.facts(runs), &b.facts(runs), !table.ascending));
    entries
}

/// Groups runs that differ only in their seeds.
pub fn groups(runs: &[RunFacts], wanted: impl Iterator<Item = usize>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut indices: HashMap<&str, usize> = HashMap::new();
    for run in wanted {
        let index = *indices.entry(&runs[run].configuration).or_insert_with(|| {
            entries.push(Entry { runs: Vec::new() });
            entries.len() - 1
        });
        entries[index].runs.push(run);
    }
    entries
}
