//! `crossrank judge comparison`: whether a ranking is better whoever judges.

use super::args::ComparisonArgs;
use super::opened::open_judges;
use crate::base::shown;
use crate::cli::labels::{places, trec_qrels};
use crate::cli::output::{fault, print, print_json};
use crate::cli::table::columns;
use crate::dataset::{Dataset, Judgements, Run, Split, read_run, trec_name};
use crate::eval::significance::Interval;
use crate::eval::{Averaging, Conventions, Measure, evaluate};
use crate::judge::Protocol;
use crate::judge::comparison::{ByLabels, LabelComparison, LabelSets, PerQuery};
use crate::train::QueryMeasures;
use anyhow::Result;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;

/// A ranking to compare.
struct Ranking {
    name: String,
    run: Run,
}

/// Runs the command.
///
/// # Errors
/// If the data set, a journal or a run cannot be read, nobody has judged, or no judged query is in all runs.
pub(super) fn run(args: &ComparisonArgs) -> Result<()> {
    let (loaded, judges) = open_judges(&args.dataset, args.follow, args.json)?;
    if judges.names().is_empty() {
        return Err(fault("nobody has judged", &args.dataset));
    }
    let choice = match &args.labels {
        Some(choice) => choice.clone(),
        None => Protocol::read(&places(&loaded.dataset))?.labels,
    };
    let split = Split::ALL.into_iter().find(|split| split.name() == args.split);
    let rankings = [&args.a, &args.b].into_iter().map(|path| read(path, split)).collect::<Result<Vec<_>>>()?;
    let names = distinct(&rankings, [&args.a, &args.b]);
    let files = loaded.judgements.with_recall_base(args.recall_base);
    let measure = |judgements: &Judgements, ranking: usize| {
        measured(&loaded.dataset, judgements, &rankings[ranking].run, args.measure)
    };
    let found = LabelSets::of(&judges, &choice)?.compare(&loaded.dataset, &files, names, measure);
    if found.labels.iter().all(|by| by.queries == 0) {
        return Err(fault("no judged query is in both runs (--split all takes every query)", &args.dataset));
    }
    match args.json {
        true => {
            let mut object = serde_json::to_value(&found)?;
            object["measure"] = json!(args.measure.to_string());
            object["split"] = json!(args.split);
            object["recall_base"] = json!(args.recall_base.name());
            print_json(&object)
        }
        false => print(&text(&found, args.measure)),
    }
}

/// A run's folder, of whose queries those of a split count, or a TREC run.
fn read(path: &Path, split: Option<Split>) -> Result<Ranking> {
    let name = path.file_name().map_or_else(|| shown(path), |name| name.to_string_lossy().into_owned());
    if !path.is_dir() {
        return Ok(Ranking { name, run: read_run(path)?.0 });
    }
    let mut run = read_run(&path.join("run.txt"))?.0;
    if let Some(split) = split {
        let wanted = QueryMeasures::read(path)?;
        let wanted: BTreeSet<String> = wanted.of_split(split).map(|row| trec_name(&row.id)).collect();
        run.retain(|query, _| wanted.contains(query));
    }
    Ok(Ranking { name, run })
}

fn distinct(rankings: &[Ranking], paths: [&std::path::PathBuf; 2]) -> Vec<String> {
    match rankings {
        [a, b] if a.name == b.name => paths.map(|path| shown(path)).to_vec(),
        _ => rankings.iter().map(|ranking| ranking.name.clone()).collect(),
    }
}

fn measured(dataset: &Dataset, judgements: &Judgements, run: &Run, measure: Measure) -> PerQuery {
    let qrels = trec_qrels(dataset, judgements);
    let conventions = Conventions { averaging: Averaging::Both, recall_base: judgements.recall_base() };
    let per_query = evaluate(&qrels, run, &[measure], conventions).per_query;
    per_query.into_iter().filter_map(|(query, values)| Some((query, values.get(measure)?))).collect()
}

fn text(found: &LabelComparison, measure: Measure) -> String {
    let label = measure.label();
    let mut heading = vec!["labels".to_owned(), "queries".into()];
    for name in &found.rankings {
        heading.extend([format!("{label} {name}"), String::new()]);
    }
    heading.extend(["difference".into(), String::new(), "p".into()]);
    let mut rows = vec![heading.clone()];
    rows.extend(found.labels.iter().map(row));
    if let Some(over) = &found.over_judges {
        let mut row = vec!["over judges and queries".to_owned(), String::new()];
        for interval in &over.intervals {
            row.extend([String::new(), range(*interval)]);
        }
        row.extend([String::new(), range(over.difference), String::new()]);
        rows.push(row);
    }
    let mut text = columns(&rows);
    if !found.without.is_empty() {
        text += "\nwithout one judge\n";
        heading[0] = String::new();
        let rows: Vec<Vec<String>> = std::iter::once(heading).chain(found.without.iter().map(row)).collect();
        text += &columns(&rows);
    }
    text += &found.verdict().map(|verdict| format!("\n{verdict}\n")).unwrap_or_default();
    text + &format!("\n{}\n", found.method)
}

fn row(by: &ByLabels) -> Vec<String> {
    let mut row = vec![by.labels.clone(), by.queries.to_string()];
    for (mean, interval) in by.means.iter().zip(&by.intervals) {
        row.extend([number(*mean), range(*interval)]);
    }
    let difference = by.difference;
    row.push(difference.map_or_else(|| "–".to_owned(), |found| format!("{:+.4}", found.difference)));
    row.push(range(difference.and_then(|found| found.interval)));
    row.push(number(difference.and_then(|found| found.p)));
    row
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"))
}

fn range(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |interval| format!("{:.4} to {:.4}", interval.low, interval.high))
}
