//! `crossrank runs`: saved runs as a table.

use super::output::{fault, note, print, print_json};
use super::table::aligned;
use crate::base::UnknownName;
use crate::export::run_table;
use crate::study::runs::{Column, Entry, Filter, Listing, ParamValue, RunFacts, RunTable, entries, varying};
use crate::workspace::Store;
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct RunsArgs {
    /// Runs, studies, or folders of them [default: those that the window lists].
    #[arg(value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// List only the runs that match, as in "model=dcmm-edge k=5..20 test.map>.7".
    #[arg(long, value_name = "FILTER")]
    pub filter: Option<String>,
    /// Sort by this column: text from A, measures best first, dates latest first.
    #[arg(long, default_value = "date", value_name = "COLUMN", value_parser = Column::find)]
    pub sort: Column,
    /// Reverse the order.
    #[arg(long)]
    pub reverse: bool,
    /// Columns to show, from left to right, or `all` [default: all in CSV and JSON, else the main ones].
    #[arg(long, value_name = "COLUMNS", value_parser = columns)]
    pub columns: Option<Columns>,
    /// Merge runs that differ only in their seeds, or as trials of one study in their folds, into one row: means and
    /// standard deviations.
    #[arg(long)]
    pub group: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
    /// Write the table as CSV.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Write the table as Markdown.
    #[arg(long, conflicts_with_all = ["json", "csv"])]
    pub markdown: bool,
}

/// Columns as given in `--columns`.
#[derive(Clone, Debug)]
pub(super) struct Columns(Vec<Column>);

fn columns(text: &str) -> Result<Columns, UnknownName> {
    if text == "all" {
        return Ok(Columns(Column::ALL.to_vec()));
    }
    text.split(',').map(Column::find).collect::<Result<_, _>>().map(Columns)
}

/// The columns that fit a terminal.
const MAIN: [Column; 14] = [
    Column::Name,
    Column::Model,
    Column::Neighbours,
    Column::Layers,
    Column::Loss,
    Column::LearningRate,
    Column::Seed,
    Column::Split,
    Column::Epochs,
    Column::ValidationMap,
    Column::TestMap,
    Column::TestNdcg,
    Column::Gain,
    Column::Date,
];

/// The filter's grammar and the column names, for the end of the help.
pub(super) fn help() -> String {
    let ids = |row: &[Column]| row.iter().map(|column| column.id()).collect::<Vec<_>>().join(", ");
    let columns: Vec<String> = Column::ALL.chunks(9).map(ids).collect();
    format!(
        "Filter: terms separated by spaces, which must all match. Case does not matter.\n  \
         edge \"two words\"     words in the name, data set, state or any setting\n  \
         k=10  loss!=bpr      a setting equals this, or does not; graph.k and k are the same\n  \
         k=5,10  k=5..20      one of these, or in this range\n  \
         lr<1e-3  seed>=2     less or greater\n  \
         map>.8  val.p@20>.7  measures, on the test queries unless the name begins with val.\n  \
         name=… state=… study=… fold=… split=… labels=… data=…\n\n\
         Columns (or their headings):\n  {}",
        columns.join(",\n  ")
    )
}

/// Runs the command.
///
/// # Errors
/// If a folder does not exist, or the filter cannot be parsed.
pub(super) fn run(args: &RunsArgs) -> Result<()> {
    let found = Found::new(&args.folders, args.filter.as_deref())?;
    let table = RunTable {
        filter: args.filter.clone().unwrap_or_default(),
        grouped: args.group,
        all_data: true,
        sort: args.sort,
        ascending: args.sort.starts_ascending() != args.reverse,
        ..RunTable::default()
    };
    let (runs, all) = (&found.runs, &(0..found.runs.len()).collect::<Vec<_>>());
    let entries = entries(runs, all, &table);
    let chosen = |usual: &[Column]| args.columns.as_ref().map_or(usual.to_vec(), |columns| columns.0.clone());
    if args.json {
        print_json(&object(&found, &entries, &chosen(&Column::ALL)))
    } else if args.csv {
        print(&run_table(runs, &entries, &chosen(&Column::ALL)).csv())
    } else if args.markdown {
        print(&run_table(runs, &entries, &chosen(&MAIN)).markdown())
    } else {
        print(&text(runs, &entries, &chosen(&MAIN)))
    }
}

/// Checks that these are folders.
///
/// # Errors
/// If one is not, with its path.
pub(super) fn check_folders(folders: &[PathBuf]) -> Result<()> {
    folders.iter().try_for_each(|folder| match std::fs::metadata(folder) {
        Ok(kind) if !kind.is_dir() => Err(fault("not a folder", folder)),
        Err(error) => Err(fault(error, folder)),
        Ok(_) => Ok(()),
    })
}

/// The runs found in folders.
pub(super) struct Found {
    pub runs: Vec<RunFacts>,
    skipped: Vec<String>,
}

impl Found {
    /// The runs in these folders, or all of the user's. Runs that cannot be read are skipped with a note.
    ///
    /// # Errors
    /// If a folder does not exist, or the filter cannot be parsed.
    pub fn new(folders: &[PathBuf], filter: Option<&str>) -> Result<Self> {
        check_folders(folders)?;
        let listing = match folders {
            [] => {
                let store = Store::of_user();
                Listing::of_user(store.runs(), &store.studies(), &store.listed_folders())
            }
            folders => Listing::below(folders),
        };
        let runs: Vec<RunFacts> = listing.runs.into_iter().map(RunFacts::of).collect();
        Filter::read(filter.unwrap_or_default(), &runs)?;
        for reason in &listing.skipped {
            note(&format!("skipped: {reason}"));
        }
        Ok(Self { runs, skipped: listing.skipped })
    }
}

/// Row labels: a run's own name, or what distinguishes a group.
pub(super) fn labels(runs: &[RunFacts], entries: &[Entry]) -> Vec<String> {
    let shown = entries.iter().flat_map(|entry| entry.facts(runs));
    let varying = varying(shown.map(|run| &run.parameters));
    entries.iter().map(|entry| entry.label(runs, &varying)).collect()
}

fn text(runs: &[RunFacts], entries: &[Entry], columns: &[Column]) -> String {
    let shown: usize = entries.iter().map(|entry| entry.runs.len()).sum();
    let count = format!("{shown} of {} run{}\n", runs.len(), if runs.len() == 1 { "" } else { "s" });
    if entries.is_empty() {
        return count;
    }
    let row = |(entry, label): (&Entry, String)| {
        let facts = entry.facts(runs);
        let cell = |column: &Column| match column {
            Column::Name => label.clone(),
            column => {
                let cell = column.cell(&facts);
                [cell.text, cell.beside].join(" ").trim().to_owned()
            }
        };
        columns.iter().map(cell).collect()
    };
    let mut rows = vec![columns.iter().map(|column| column.name().to_owned()).collect()];
    rows.extend(entries.iter().zip(labels(runs, entries)).map(row));
    let is_left: Vec<bool> = columns.iter().map(|column| !column.is_number()).collect();
    format!("{}\n{count}", aligned(&rows, &is_left))
}

fn object(found: &Found, entries: &[Entry], columns: &[Column]) -> Value {
    let rows = entries.iter().zip(labels(&found.runs, entries));
    let rows: Vec<Value> = rows.map(|(entry, label)| row(&entry.facts(&found.runs), &label, columns)).collect();
    json!({ "rows": rows, "runs": found.runs.len(), "skipped": found.skipped })
}

/// A row keyed by column name, plus what the table has no room for.
fn row(facts: &[&RunFacts], label: &str, columns: &[Column]) -> Value {
    let mut object = Map::new();
    for column in columns {
        let value = match (column, column.value(facts)) {
            (Column::Name, _) => json!(label),
            (Column::Date, _) => json!(column.cell(facts).text),
            (Column::Seed | Column::Fold, _) if facts.len() > 1 => Value::Null,
            (_, value) => plain(value.as_ref()),
        };
        object.insert(column.id(), value);
        if let Some(spread) = column.spread(facts).filter(|spread| spread.n > 1) {
            object.insert(format!("{}_deviation", column.id()), json!(spread.deviation));
        }
    }
    let Some(first) = facts.first() else { return object.into() };
    let record = &first.saved.record;
    let parameters = first.parameters.iter().map(|(name, value)| (name.to_owned(), plain(Some(value))));
    let folders: Vec<String> = facts.iter().map(|run| run.saved.path.display().to_string()).collect();
    object.extend([
        ("data".to_owned(), json!(record.dataset)),
        ("data_path".to_owned(), json!(record.dataset_path.display().to_string())),
        ("study".to_owned(), json!(first.study)),
        ("parameters".to_owned(), parameters.collect::<Map<_, _>>().into()),
        ("folders".to_owned(), json!(folders)),
    ]);
    object.into()
}

/// A value as JSON; whole numbers without a decimal point.
fn plain(value: Option<&ParamValue>) -> Value {
    match value {
        Some(ParamValue::Number(value)) if value.fract() == 0.0 && value.abs() < 1e15 => json!(*value as i64),
        Some(ParamValue::Number(value)) => json!(value),
        Some(ParamValue::Text(text)) => json!(*text),
        None => Value::Null,
    }
}
