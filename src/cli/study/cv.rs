//! `crossrank cv`.

use super::args::CvArgs;
use super::common::{Out, failure_lines, folds, mean_heading, mean_text, seeds, size, with};
use super::sweep::{Shown, train_sweep};
use crate::base::Spread;
use crate::cli::progress::Progress;
use crate::cli::table::columns;
use crate::cli::train::read_experiment;
use crate::eval::{ByMeasure, Measure, STANDARD};
use crate::study::{Folds, Method, Sweep, SweepPlan, named};
use anyhow::Result;

/// Runs the command: a sweep of one configuration.
///
/// # Errors
/// If the data set or the configuration cannot be used, or every trial failed.
pub(crate) fn run(args: &CvArgs) -> Result<()> {
    let out = Out::new(args.saved.out.as_deref(), args.saved.table.as_deref())?;
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
    let shown = Shown { kind: "cross-validation", out: &out, text };
    train_sweep(&plan, &args.dataset, &args.study, &shown, progress)
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
