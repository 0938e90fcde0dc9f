//! The run table: which runs, in which order, individually or by configuration.

use super::column::Column;
use super::facts::{Objective, RunFacts};
use super::filter::Filter;
use super::parameters::short_name;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// What the table shows and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunTable {
    /// The text of the [`Filter`].
    #[serde(skip)]
    pub filter: String,
    /// Runs that differ only in their seeds, or as trials of one study in their folds, share a row.
    pub grouped: bool,
    /// Runs of all data sets, not only the open one.
    pub all_data: bool,
    /// The column to sort by.
    pub sort: Column,
    /// Smallest first.
    pub ascending: bool,
    /// Hidden columns.
    pub hidden: Vec<Column>,
    /// Settings shown as columns, besides those that always are.
    pub shown: Vec<Column>,
    /// The measure in plots over many runs.
    pub objective: Objective,
}

impl RunTable {
    /// The columns shown, left to right.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns: Vec<Column> = Column::ALL.into_iter().filter(|column| !self.hidden.contains(column)).collect();
        let at = columns.iter().position(|column| !column.is_about_settings()).unwrap_or(columns.len());
        columns.splice(at..at, Column::settings().filter(|column| self.shown.contains(column)));
        columns
    }
}

/// One row: a run, or several that differ only in their seeds or, as trials of one study, in their folds.
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

/// Groups runs that differ only in their seeds or, as trials of one study, in their folds. A run repeated with the same
/// seed on the same split starts another group, as its deviation would not be one over seeds.
pub fn groups(runs: &[RunFacts], wanted: impl Iterator<Item = usize>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut indices: HashMap<(&str, usize), usize> = HashMap::new();
    let mut repeated: HashMap<(&str, &str, u64), usize> = HashMap::new();
    for run in wanted {
        let facts = &runs[run];
        let seed = facts.saved.record.experiment.training.seed;
        let times = repeated.entry((&facts.configuration, &facts.protocol, seed)).or_default();
        *times += 1;
        let index = *indices.entry((&facts.configuration, *times)).or_insert_with(|| {
            entries.push(Entry { runs: Vec::new() });
            entries.len() - 1
        });
        entries[index].runs.push(run);
    }
    entries
}

/// Which rows have the best mean in a column of measures, among the rows whose runs have the same splits, if there are
/// several such rows: measures over different queries cannot be compared.
pub fn best(runs: &[RunFacts], entries: &[Entry], column: Column) -> Vec<bool> {
    if column.objective().is_none() {
        return vec![false; entries.len()];
    }
    let value = |entry: &Entry| column.spread(&entry.facts(runs)).map(|spread| spread.mean);
    let values: Vec<Option<f64>> = entries.iter().map(value).collect();
    let protocols: Vec<BTreeSet<&str>> =
        entries.iter().map(|entry| entry.facts(runs).iter().map(|run| &*run.protocol).collect()).collect();
    let mut of_protocol: BTreeMap<&BTreeSet<&str>, (usize, f64)> = BTreeMap::new();
    for (protocol, value) in protocols.iter().zip(&values) {
        let Some(value) = value else { continue };
        let (count, best) = of_protocol.entry(protocol).or_insert((0, f64::NEG_INFINITY));
        (*count, *best) = (*count + 1, best.max(*value));
    }
    let is_best = |(protocol, value): (&BTreeSet<&str>, &Option<f64>)| {
        let (count, best) = of_protocol.get(protocol).copied().unwrap_or_default();
        count > 1 && *value == Some(best)
    };
    protocols.iter().zip(&values).map(is_best).collect()
}
