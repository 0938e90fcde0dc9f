//! `crossrank compare`: runs against a baseline.

mod sides;

use super::names::one_of;
use super::output::{fault, print, print_json};
use super::progress::Progress;
use super::table::columns;
use super::table_file::table_format;
use crate::base::{folders_with, write_whole};
use crate::dataset::{Qrels, RecallBase, Split, read_qrels, read_run, trec_name};
use crate::eval::{Averaging, Conventions, Measure, STANDARD, TIE_RULE, evaluate};
use crate::export::{Row, Table, comparison as tables};
use crate::study::comparison::{Configuration, RunComparison, compare};
use crate::train::{QueryMeasures, QueryRow};
use anyhow::{Result, bail};
use serde_json::{Value, json};
use sides::{Side, sides};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct CompareArgs {
    /// Run folders, or folders with one run per seed or fold of a configuration; with --qrels also TREC runs.
    #[arg(required_unless_present = "filter", value_name = "RUN")]
    pub runs: Vec<PathBuf>,
    /// Compare the configurations that `crossrank runs --group --filter` lists, among the runs in these folders or,
    /// without any, all runs that the window lists.
    #[arg(long, value_name = "FILTER")]
    pub filter: Option<String>,
    /// Measures to compare (by default map,p@10,p@20,ndcg@20,ndcg); with --qrels any that `crossrank evaluate` knows.
    #[arg(long, visible_alias = "measures", value_delimiter = ',', value_name = "NAMES")]
    pub measure: Option<Vec<Measure>>,
    /// The queries to compare on.
    #[arg(long, default_value = "test", value_parser = ["test", "validation", "train", "all"])]
    pub split: String,
    /// The run to compare the others with [default: the first; with --filter the oldest].
    #[arg(long, value_name = "RUN")]
    pub baseline: Option<PathBuf>,
    /// Judgements to evaluate the rankings by, lines `query iteration image grade`.
    #[arg(long, value_name = "FILE")]
    pub qrels: Option<PathBuf>,
    /// Relevant images that count: all in the judgements, as in trec_eval, or only those of each ranking; with
    /// --qrels.
    #[arg(long, requires = "qrels", default_value = "judged", value_parser = one_of(RecallBase::ALL, RecallBase::name))]
    pub recall_base: RecallBase,
    /// Also show each query's measures.
    #[arg(long)]
    pub per_query: bool,
    /// Write the table to FILE: .md, .csv, .json or .tex.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// If a run cannot be read or lacks a measure, the runs share no query, or FILE cannot be written.
pub(super) fn run(args: &CompareArgs) -> Result<()> {
    if let Some(out) = &args.out {
        // Fail before anything is computed.
        table_format(out)?;
    }
    let measures = measures(args)?;
    let qrels = args.qrels.as_deref().map(|path| judgements(path, args)).transpose()?;
    let (sides, baseline) = sides(&args.runs, args.filter.as_deref(), args.baseline.as_deref())?;
    let mut configurations = Vec::with_capacity(sides.len());
    for Side { name, paths } in sides {
        let mut runs = Vec::new();
        for path in paths {
            runs.extend(query_measures(&path, qrels.as_ref(), &measures, args)?);
        }
        configurations.push(Configuration { name, runs });
    }
    let split = Split::ALL.into_iter().find(|split| split.name() == args.split);
    let comparison = compare(&configurations, baseline, &measures, split)?;
    if let Some(out) = &args.out {
        write(out, &comparison, &measures, args.per_query)?;
    }
    if args.json { print_json(&object(&comparison)?) } else { print(&text(&comparison, &measures, args.per_query)) }
}

fn measures(args: &CompareArgs) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for &measure in args.measure.as_deref().unwrap_or(&STANDARD) {
        if measure.needs_clusters() {
            bail!("{measure} needs diversity clusters, which neither saved measures nor TREC judgements have");
        }
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    Ok(measures)
}

fn judgements(path: &Path, args: &CompareArgs) -> Result<Qrels> {
    let (qrels, warnings) = read_qrels(path)?;
    Progress::new(args.json).warn(&warnings);
    Ok(qrels)
}

/// The measures of one configuration: of a run folder, of each run in a folder, or of a TREC run.
fn query_measures(
    path: &Path,
    qrels: Option<&Qrels>,
    measures: &[Measure],
    args: &CompareArgs,
) -> Result<Vec<QueryMeasures>> {
    if !path.is_dir() {
        let Some(qrels) = qrels else {
            let message = if path.exists() { "a TREC run needs --qrels" } else { "no such run" };
            return Err(fault(message, path));
        };
        return Ok(vec![of_ranking(path, qrels, measures, None, args)?]);
    }
    let folders = run_folders(path)?;
    folders
        .iter()
        .map(|folder| {
            let saved = QueryMeasures::read(folder)?;
            match qrels {
                Some(qrels) => of_ranking(&folder.join("run.txt"), qrels, measures, Some(&saved), args),
                None => Ok(saved),
            }
        })
        .collect()
}

/// The folder itself if it is a run, else the runs inside it, sorted by name.
fn run_folders(path: &Path) -> Result<Vec<PathBuf>> {
    let folders = folders_with("queries.json", path).map_err(|error| fault(error, path))?;
    if folders.is_empty() {
        return Err(fault("no run with per-query measures (queries.json)", path));
    }
    Ok(folders)
}

/// Evaluates a ranking. Queries take their splits from the saved run; without one, all are test queries.
fn of_ranking(
    path: &Path,
    qrels: &Qrels,
    measures: &[Measure],
    saved: Option<&QueryMeasures>,
    args: &CompareArgs,
) -> Result<QueryMeasures> {
    let (ranking, warnings) = read_run(path)?;
    Progress::new(args.json).warn(&warnings);
    let splits: Option<HashMap<String, Split>> =
        saved.map(|saved| saved.queries.iter().map(|row| (trec_name(&row.id), row.split)).collect());
    let conventions = Conventions { averaging: Averaging::Both, recall_base: args.recall_base };
    let evaluation = evaluate(qrels, &ranking, measures, conventions);
    if evaluation.per_query.is_empty() {
        return Err(fault("no query of the run is judged", path));
    }
    let row = |(id, measures)| {
        let split = splits.as_ref().map_or(Some(Split::Test), |splits| splits.get(&id).copied())?;
        Some(QueryRow { id, split, measures })
    };
    let queries = evaluation.per_query.into_iter().filter_map(row).collect();
    let (highest_grade, recall_base) = (evaluation.highest_grade, args.recall_base);
    Ok(QueryMeasures { highest_grade, recall_base, queries, ..QueryMeasures::default() })
}

fn object(comparison: &RunComparison) -> Result<Value> {
    let mut object = serde_json::to_value(comparison)?;
    object["averaging"] = json!(Averaging::Both.label());
    object["ties"] = json!(TIE_RULE);
    object["recall_base"] = json!(comparison.recall_base.label());
    Ok(object)
}

fn text(comparison: &RunComparison, measures: &[Measure], per_query: bool) -> String {
    let summary = tables::summary(comparison, false);
    let mut text = format!("{}\n{}", summary.title, lines(&summary));
    for &measure in measures {
        let tables =
            [tables::details(comparison, measure), tables::per_query(comparison, measure).filter(|_| per_query)];
        for table in tables.into_iter().flatten() {
            text += &format!("\n{}\n{}", table.title, lines(&table));
        }
    }
    text.push('\n');
    for note in &summary.notes {
        text += &format!("{note}\n");
    }
    text
}

/// A table as shown in a terminal.
fn lines(table: &Table) -> String {
    let row = |row: &Row| -> Vec<String> {
        std::iter::once(row.name.clone()).chain(row.cells.iter().map(|cell| table.cell_text(cell))).collect()
    };
    let head: Vec<String> = std::iter::once(String::new()).chain(table.columns.iter().cloned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(table.rows.iter().map(row)).collect();
    columns(&rows)
}

/// Writes the summary and the details of each measure; CSV holds a single table only, JSON the whole comparison.
fn write(out: &Path, comparison: &RunComparison, measures: &[Measure], per_query: bool) -> Result<()> {
    let summary = tables::summary(comparison, false);
    let details = measures.iter().flat_map(|&measure| {
        [tables::details(comparison, measure), tables::per_query(comparison, measure).filter(|_| per_query)]
    });
    let text = match table_format(out)? {
        "csv" if per_query => long_csv(comparison),
        "csv" => tables::whole(comparison).csv(),
        "json" => serde_json::to_string_pretty(&object(comparison)?)? + "\n",
        "tex" => std::iter::once(summary).chain(details.flatten()).map(|t| t.latex()).collect::<Vec<_>>().join("\n"),
        _ => std::iter::once(summary).chain(details.flatten()).map(|t| t.markdown()).collect::<Vec<_>>().join("\n"),
    };
    write_whole(out, &[text.as_bytes()]).map_err(|error| fault(error, out))
}

/// One line per measure, query and run.
fn long_csv(comparison: &RunComparison) -> String {
    let mut text = crate::export::csv_line(&["measure", "query", "run", "value", "difference"]);
    for one in &comparison.measures {
        for (index, query) in comparison.queries.iter().enumerate() {
            for (name, run) in comparison.runs.iter().zip(&one.rows) {
                let difference = run.against.as_ref().map_or_else(String::new, |a| a.differences[index].to_string());
                let measure = one.measure.to_string();
                text += &crate::export::csv_line(&[&measure, query, name, &run.values[index].to_string(), &difference]);
            }
        }
    }
    text
}
