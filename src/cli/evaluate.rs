//! `crossrank evaluate`: a TREC run against TREC judgements.

use super::args::EvaluateArgs;
use super::data::open;
use super::labels;
use super::output::{fault, print, print_json};
use super::progress::Progress;
use super::table::{columns, measured};
use crate::dataset::{LabelSource, Qrels, Run, Warning, read_qrels, read_run};
use crate::eval::{Conventions, Evaluation, Measure, Measures, STANDARD, TIE_RULE, Ties, evaluate, ties};
use crate::export::comparison::{highest_grade_note, recall_base_note};
use anyhow::{Result, bail};
use serde_json::{Value, json};

/// Runs the command.
///
/// # Errors
/// If a file cannot be read, a measure cannot be computed from such files, or they share no query.
pub(super) fn run(args: &EvaluateArgs) -> Result<()> {
    let measures = measures(args)?;
    let (qrels, mut warnings, labels) = judgements(args)?;
    let (run, of_run) = read_run(&args.run)?;
    warnings.extend(of_run);
    Progress::new(args.json).warn(&warnings);
    if !run.keys().any(|query| qrels.contains_key(query)) {
        return Err(fault(format!("no query of the run is judged in {}", args.qrels.display()), &args.run));
    }
    let conventions = Conventions { averaging: args.averaging, recall_base: args.recall_base };
    let evaluation = evaluate(&qrels, &run, &measures, conventions);
    let ties = evaluated_ties(&run, &evaluation);
    if args.json {
        let mut object = object(args, &evaluation, &ties)?;
        if let Some(labels) = labels {
            object["labels"] = json!(labels);
        }
        return print_json(&object);
    }
    let labels = labels.as_ref().map(labels::line).unwrap_or_default();
    print(&(text(args, &evaluation, &ties) + &labels))
}

/// The judgements of a file, or those of a data set that count, with whose they are.
fn judgements(args: &EvaluateArgs) -> Result<(Qrels, Vec<Warning>, Option<LabelSource>)> {
    if !args.qrels.is_dir() {
        if args.labels.is_given() {
            return Err(fault("--labels needs a data set's folder, whose judges it has", &args.qrels));
        }
        let (qrels, warnings) = read_qrels(&args.qrels)?;
        return Ok((qrels, warnings, None));
    }
    let mut progress = Progress::new(args.json);
    let loaded = open(&args.qrels, args.follow, &mut progress)?;
    let counted = labels::counting(&loaded.dataset, loaded.judgements, args.labels.choice(), &mut progress)?;
    progress.finish();
    Ok((labels::trec_qrels(&loaded.dataset, &counted), Vec::new(), Some(counted.source().clone())))
}

/// Ties within the evaluated queries.
fn evaluated_ties(run: &Run, evaluation: &Evaluation) -> Ties {
    ties(run.iter().filter(|(query, _)| evaluation.per_query.contains_key(*query)))
}

/// The requested measures, without duplicates.
fn measures(args: &EvaluateArgs) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for &measure in args.measures.as_deref().unwrap_or(&STANDARD) {
        if measure.needs_clusters() {
            bail!("{measure} needs diversity clusters, which TREC judgements lack: {}", args.qrels.display());
        }
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    Ok(measures)
}

fn object(args: &EvaluateArgs, evaluation: &Evaluation, ties: &Ties) -> Result<Value> {
    let mut object = serde_json::to_value(evaluation)?;
    object["averaging"] = args.averaging.name().into();
    object["recall_base"] = args.recall_base.name().into();
    object["ties"] = json!({
        "rule": TIE_RULE,
        "images": ties.images,
        "queries": ties.queries,
        "per_query": ties.per_query,
    });
    Ok(object)
}

fn text(args: &EvaluateArgs, evaluation: &Evaluation, ties: &Ties) -> String {
    let heading = evaluation.all.measures().map(Measure::label);
    let mut rows: Vec<Vec<String>> = vec![std::iter::once(String::new()).chain(heading).collect()];
    rows[0].push("tied".to_owned());
    let with_ties = |mut row: Vec<String>, tied: usize| {
        row.push(tied.to_string());
        row
    };
    if args.per_query {
        let tied = |query: &String| ties.per_query.get(query).copied().unwrap_or(0);
        rows.extend(evaluation.per_query.iter().map(|(query, values)| with_ties(row(query, values), tied(query))));
    }
    rows.push(with_ties(row("all", &evaluation.all), ties.images));
    let count = evaluation.per_query.len();
    let scale = evaluation.highest_grade.map_or_else(String::new, |grade| format!("{}\n", highest_grade_note(grade)));
    format!(
        "{}\nmeans {} ({count})\n{}\ntied: images that share a score with another of their query; {TIE_RULE}\n{scale}",
        columns(&rows),
        args.averaging.label(),
        recall_base_note(args.recall_base)
    )
}

fn row(name: &str, measures: &Measures) -> Vec<String> {
    std::iter::once(name.to_owned()).chain(measures.values().map(measured)).collect()
}
