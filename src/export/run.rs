//! One run as a folder of files for other programs.

use super::chart::{Chart, Theme, render_png, render_svg};
use super::comparison::labels_note;
use super::manifest::manifest;
use super::part::{Part, Parts};
use super::table::{Cell, Row, Table};
use super::{DataNow, ExportError, events, history_csv, queries_csv};
use crate::base::{At, write_whole};
use crate::dataset::{Dataset, Judgements, RecallBase, Split, qrels_of, read_run, write_qrels, write_run};
use crate::eval::{Averaging, Measure, Measures, STANDARD, TIE_RULE};
use crate::train::{Comparison, EpochReport, QueryMeasures, RunRecord, read_run_folder};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// What was written and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Every file, in order of writing.
    pub files: Vec<PathBuf>,
    /// What is missing, and why.
    pub left_out: Vec<String>,
}

/// Exports the run in folder `run` to the folder `out`: `run.txt` and `qrels.txt` of the queries of `part`, by which
/// `crossrank evaluate` gives the measures of the run; `queries.csv`, `curves.csv`, `summary.json`, `table.md`, `table.tex`, `table.csv`, `events.out.tfevents.*`, `manifest.json`, `curves.svg`,
/// `curves.png`. What an old run lacks, or needs a data set that was not found, is left out and reported.
///
/// # Errors
/// If `run` is not a run, its data have changed since (nothing is written then), or a file cannot be written; with its
/// path.
pub fn export_run(run: &Path, out: &Path, now: DataNow<'_>, part: Part) -> Result<Exported, ExportError> {
    let (record, history) = read_run_folder(run)?;
    let difference = now.compare(run, &record)?;
    fs::create_dir_all(out).at(out)?;
    let mut writer = Writer { out, done: Exported::default() };
    let measures = match QueryMeasures::read(run) {
        Ok(measures) => Some(measures),
        Err(error) => {
            writer.done.left_out.push(format!("queries.csv: {error}"));
            None
        }
    };
    if let Some(error) = &difference.unchecked {
        writer.done.left_out.push(format!("comparison of the visual vectors with the run's: {error}"));
    }
    let parts = Parts::of(&record, measures.as_ref());
    let wanted = |id: &str| parts.holds(part, id);
    writer.rankings(run, &record, (part, &wanted))?;
    match now.data {
        Some(data) => writer.qrels((&data.dataset, &data.judgements), record.recall_base, (part, &wanted))?,
        None => writer.done.left_out.push("qrels.txt: the data set was not found".to_owned()),
    }
    if let Some(measures) = &measures {
        writer.write("queries.csv", queries_csv(measures).as_bytes())?;
    }
    writer.write("summary.json", pretty(&summary(&record))?.as_bytes())?;
    let table = table(&record);
    writer.write("table.md", table.markdown().as_bytes())?;
    writer.write("table.tex", table.latex().as_bytes())?;
    writer.write("table.csv", table.csv().as_bytes())?;
    let manifest = serde_json::to_value(manifest(&record, measures.as_ref(), now.data, part, difference.changed))?;
    writer.write("manifest.json", pretty(&manifest)?.as_bytes())?;
    writer.curves(&record, &history)?;
    Ok(writer.done)
}

/// A part and whether it holds a query.
type Wanted<'a> = (Part, &'a dyn Fn(&str) -> bool);

struct Writer<'a> {
    out: &'a Path,
    done: Exported,
}

impl Writer<'_> {
    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        let path = self.out.join(name);
        write_whole(&path, &[bytes]).at(&path)?;
        self.done.files.push(path);
        Ok(())
    }

    /// The ranking that the run saved, of the queries wanted.
    fn rankings(&mut self, run: &Path, record: &RunRecord, (part, wanted): Wanted<'_>) -> Result<(), ExportError> {
        let mut ranking = match read_run(&run.join("run.txt")) {
            Ok((ranking, _)) => ranking,
            Err(error) => {
                self.done.left_out.push(format!("run.txt: {error}"));
                return Ok(());
            }
        };
        ranking.retain(|query, _| wanted(query));
        if ranking.is_empty() {
            self.done.left_out.push(format!("run.txt: {}", nothing(part)));
            return Ok(());
        }
        let path = self.out.join("run.txt");
        write_run(&path, &ranking, &record.name)?;
        self.done.files.push(path);
        Ok(())
    }

    fn qrels(
        &mut self,
        (dataset, judgements): (&Dataset, &Judgements),
        base: RecallBase,
        (part, wanted): Wanted<'_>,
    ) -> Result<(), ExportError> {
        let path = self.out.join("qrels.txt");
        let mut qrels = qrels_of(dataset, &judgements.clone().with_recall_base(base));
        qrels.retain(|query, _| wanted(query));
        if qrels.is_empty() {
            self.done.left_out.push(format!("qrels.txt: {}", nothing(part)));
            return Ok(());
        }
        write_qrels(&path, &qrels)?;
        self.done.files.push(path);
        Ok(())
    }

    fn curves(&mut self, record: &RunRecord, history: &[EpochReport]) -> Result<(), ExportError> {
        if history.is_empty() {
            self.done.left_out.push("curves: the run has no epochs".to_owned());
            return Ok(());
        }
        self.write("curves.csv", history_csv(history).as_bytes())?;
        let scalars = events::scalars(record, history);
        self.write(&events::file_name(record.started), &events::write(record.started, &scalars))?;
        let chart = Chart::curves(&record.name, history);
        self.write("curves.svg", render_svg(&chart, Theme::Light)?.as_bytes())?;
        self.write("curves.png", &render_png(&chart, Theme::Light, 2)?)
    }
}

/// Why a file of queries is missing.
fn nothing(part: Part) -> String {
    match part {
        Part::All => "there is no such query".to_owned(),
        _ => format!("none of the run's {part} queries; --part all takes every query"),
    }
}

fn pretty(value: &Value) -> Result<String, ExportError> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

fn summary(record: &RunRecord) -> Value {
    let mut summary = json!({
        "run": record.name,
        "dataset": record.dataset,
        "model": record.experiment.model.kind.name(),
        "seed": record.experiment.training.seed,
        "test": record.test,
        "validation": record.validation,
        "best_epoch": record.best_epoch,
        "parameters": record.parameters,
        "seconds_per_epoch": record.seconds_per_epoch,
        "averaging": Averaging::Both.label(),
        "ties": TIE_RULE,
        "recall_base": record.recall_base.label(),
    });
    if let Some(labels) = &record.labels {
        summary["labels"] = json!(labels);
    }
    if let Some(grade) = record.highest_grade {
        summary["highest_grade"] = grade.into();
    }
    summary
}

/// The three rankings on the test queries, or on the validation queries if there are no test measures.
fn table(record: &RunRecord) -> Table {
    // Runs of version 0.1.0 have zeros where there was nothing to test on.
    let is_measured = |value: f64| value > 0.0 || record.split.is_some() && value.is_finite();
    let tested = record.test.model.values().any(is_measured);
    let (split, comparison) =
        if tested { (Split::Test, &record.test) } else { (Split::Validation, &record.validation) };
    let title = format!("{}: means over the {} queries", record.dataset, split.name());
    rankings_table(title, record, &[comparison], |of, measure| Cell::maybe(of(comparison).get(measure)))
}

/// One of the three rankings of a comparison.
pub(super) type RankingOf = fn(&Comparison) -> &Measures;

/// A table of the three rankings of a run, without those that all `comparisons` lack, as a data set without text has no
/// ranking by it; `cell` gives a measure of one.
pub(super) fn rankings_table(
    title: String,
    record: &RunRecord,
    comparisons: &[&Comparison],
    cell: impl Fn(RankingOf, Measure) -> Cell,
) -> Table {
    let rows: [(&str, RankingOf); 3] = [
        ("Initial order", |comparison| &comparison.initial),
        ("Text only", |comparison| &comparison.text),
        (record.experiment.model.kind.name(), |comparison| &comparison.model),
    ];
    let row = |&(name, of): &(&str, RankingOf)| Row {
        name: name.to_owned(),
        cells: STANDARD.iter().map(|&measure| cell(of, measure)).collect(),
    };
    let mut table = Table {
        title,
        corner: "ranking".to_owned(),
        columns: STANDARD.map(|measure| measure.label()).to_vec(),
        rows: rows
            .iter()
            .filter(|(_, of)| comparisons.iter().any(|comparison| !of(comparison).is_empty()))
            .map(row)
            .collect(),
        notes: vec![format!(
            "Means {}. Recall base: {}. {}Ties: {TIE_RULE}.",
            Averaging::Both.label(),
            record.recall_base.label(),
            record.labels.as_ref().map(|labels| labels_note(labels) + " ").unwrap_or_default()
        )],
        decimals: 4,
    };
    table.mark_best();
    table
}
