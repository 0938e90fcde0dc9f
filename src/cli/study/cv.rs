//! `crossrank cv`.

use super::args::CvArgs;
use super::common::{
    Out, check, failure_lines, folds, followed, mean_heading, mean_text, open_for_trials, seeds, size, with,
};
use super::plan::Plan;
use crate::base::Spread;
use crate::cli::output::{command_line, print, print_json};
use crate::cli::progress::Progress;
use crate::cli::table::columns;
use crate::cli::train::read_experiment;
use crate::eval::{ByMeasure, Measure, STANDARD};
use crate::export::sweep_table;
use crate::study::{Folds, Method, Runner, Sweep, SweepPlan, named};
use anyhow::Result;

/// Runs the command: a sweep of one configuration.
///
/// # Errors
/// If the data set or the configuration cannot be used, or every trial failed.
pub(crate) fn run(args: &CvArgs) -> Result<()> {
    let out = Out::new(args.out.as_deref(), args.table.as_deref())?;
    let mut progress = Progress::new(args.study.json);
    let start = match &args.config {
        Some(path) => read_experiment(path, &mut progress)?,
        None => named(&args.preset)?,
    };
    let plan = SweepPlan {
        base: with(&start, &args.set)?,
        axes: Vec::new(),
        method: Method::Grid,
        folds: folds(&args.study, Folds::cross(5)),
        seeds: seeds(args.study.seeds.unwrap_or(3)),
        objective: Measure::Map,
        dataset: None,
        vectors: None,
    };
    let configurations = plan.configurations()?;
    let data = open_for_trials(&args.dataset, &args.study, None, &[&plan.base], &mut progress)?;
    progress.stage("Looking for finished trials");
    let runner = Runner::new(data, plan.folds, out.path(), args.study.jobs)?.started_by(command_line());
    progress.finish();
    let announced = Plan {
        kind: "cross-validation",
        configurations: &configurations,
        what: "configuration",
        folds: plan.folds,
        seeds: &plan.seeds,
        rounds: Vec::new(),
    };
    if !announced.announce(&runner, &args.study)? {
        return Ok(());
    }
    let sweep = followed(progress, |observer| plan.run(&runner, &configurations, observer))?;
    check(sweep.rows.iter().map(|row| (!row.validation.is_empty(), &row.failures)))?;
    out.write(&sweep_table(&sweep), &sweep.object())?;
    if args.study.json { print_json(&sweep.object()) } else { print(&text(&sweep, &out)) }
}

/// The configuration's measures on validation and test queries.
fn text(sweep: &Sweep, out: &Out) -> String {
    let heading = std::iter::once(String::new()).chain(STANDARD.iter().map(|measure| measure.label())).collect();
    let row = |name: &str, spreads: &ByMeasure<Spread>| {
        let cells = STANDARD.into_iter().map(|measure| mean_text(spreads.get(measure)));
        std::iter::once(name.to_owned()).chain(cells).collect::<Vec<_>>()
    };
    let mut rows: Vec<Vec<String>> = vec![heading];
    for configuration in &sweep.rows {
        rows.extend([row("validation", &configuration.validation), row("test", &configuration.test)]);
    }
    let facts = &sweep.facts;
    format!(
        "{}: {}, {}\n{}\n\n{}\n{}{}",
        facts.dataset,
        size("configuration", sweep.rows.len(), facts.folds, &facts.seeds),
        facts.folds.describe(),
        mean_heading(facts),
        columns(&rows),
        failure_lines(sweep.rows.iter().map(|row| (row.name.as_str(), &row.failures))),
        out.line(),
    )
}
