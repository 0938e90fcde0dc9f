//! `crossrank sweep`.

use super::args::{MethodName, StudyArgs, SweepArgs};
use super::common::{
    Out, check, experiments, failure_lines, folds, followed, mean_heading, mean_text, open_for_trials, seeds, size,
    typed_changes,
};
use super::plan::Plan;
use crate::cli::output::{command_line, note, print, print_json};
use crate::cli::progress::Progress;
use crate::cli::table::columns;
use crate::eval::{Measure, STANDARD};
use crate::export::sweep_table;
use crate::study::{Axis, Folds, Method, Runner, Sweep, SweepPlan, SweepRow, Values, named};
use anyhow::{Result, anyhow, bail};
use std::path::{Path, PathBuf};

/// Runs the command.
///
/// # Errors
/// If the sweep or the data set cannot be used, or every trial failed.
pub(crate) fn run(args: &SweepArgs) -> Result<()> {
    let (plan, dataset) = plan(args)?;
    if plan.axes.is_empty() {
        // Such sweeps were the only cross-validations once; what they began can be continued.
        if !args.out.join("trials").is_dir() {
            bail!(
                "no parameter to try: use crossrank cv to cross-validate one configuration, or --set PARAMETER=VALUES"
            );
        }
        note("no parameter to try: this is a cross-validation, which crossrank cv continues, too");
    }
    let out = Out::new(Some(&args.out), args.table.as_deref())?;
    let shown = Shown { kind: "sweep", out: &out, text };
    train_sweep(&plan, &dataset, &args.study, &shown, Progress::new(args.study.json))
}

/// How a sweep, or the cross-validation that one of a single configuration is, is called and shown.
pub(super) struct Shown<'a> {
    pub kind: &'static str,
    pub out: &'a Out,
    pub text: fn(&Sweep, &Out) -> String,
}

/// Trains a sweep and shows its result; with `--dry-run` only what would be trained.
///
/// # Errors
/// If the data set cannot be used, the folder has another study, or every trial failed.
pub(super) fn train_sweep(
    plan: &SweepPlan,
    dataset: &Path,
    args: &StudyArgs,
    shown: &Shown<'_>,
    mut progress: Progress,
) -> Result<()> {
    let configurations = plan.configurations()?;
    let vectors = plan.vectors.as_deref();
    let data = open_for_trials(dataset, args, vectors, &experiments(&configurations), &mut progress)?;
    progress.stage("Looking for finished trials");
    let runner = Runner::new(data, plan.folds, shown.out.path(), args.jobs)?.started_by(command_line());
    progress.finish();
    let announced = Plan {
        kind: shown.kind,
        configurations: &configurations,
        what: "configuration",
        folds: plan.folds,
        seeds: &plan.seeds,
        rounds: plan.halving_rounds(configurations.len()),
    };
    if !announced.announce(&runner, args)? {
        return Ok(());
    }
    let sweep = followed(progress, |observer| plan.run(&runner, &configurations, observer))?;
    check(sweep.rows.iter().map(|row| (!row.validation.is_empty(), &row.failures)))?;
    shown.out.write(&sweep_table(&sweep), &sweep.object())?;
    if args.json { print_json(&sweep.object()) } else { print(&(shown.text)(&sweep, shown.out)) }
}

/// The sweep that the options describe, on top of a file's if one is given, and the path of the data set.
fn plan(args: &SweepArgs) -> Result<(SweepPlan, PathBuf)> {
    let is_file = args.input.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let mut plan = if is_file { SweepPlan::read(&args.input)? } else { empty()? };
    if let Some(preset) = &args.preset {
        plan.base = named(preset)?;
    }
    for (parameter, values) in typed_changes(&args.set)? {
        plan.axes.retain(|axis| axis.parameter != parameter);
        plan.axes.push(Axis { parameter, values: Values::List(values) });
    }
    plan.folds = folds(&args.study, plan.folds);
    if let Some(count) = args.study.seeds {
        plan.seeds = seeds(count);
    }
    plan.objective = args.objective.unwrap_or(plan.objective);
    plan.method = method(args, plan.method)?;
    let dataset = match (&args.dataset, is_file) {
        (Some(path), _) => path.clone(),
        (None, false) => args.input.clone(),
        (None, true) => plan
            .dataset
            .clone()
            .ok_or_else(|| anyhow!("neither the file nor --dataset names a data set: {}", args.input.display()))?,
    };
    Ok((plan, dataset))
}

fn empty() -> Result<SweepPlan> {
    Ok(SweepPlan {
        base: named("best")?,
        axes: Vec::new(),
        method: Method::Grid,
        folds: Folds::cross(5),
        seeds: vec![1],
        objective: Measure::Map,
        dataset: None,
        vectors: None,
    })
}

/// The file's method, overridden by the options.
fn method(args: &SweepArgs, of_file: Method) -> Result<Method> {
    let (name, mut samples, mut sample_seed, mut halving) = match of_file {
        Method::Grid => (MethodName::Grid, None, 1, (3, 5, 45)),
        Method::Random { samples, sample_seed } => (MethodName::Random, Some(samples), sample_seed, (3, 5, 45)),
        Method::Halving { eta, min_epochs, max_epochs, samples, sample_seed } => {
            (MethodName::Halving, samples, sample_seed, (eta, min_epochs, max_epochs))
        }
    };
    samples = args.samples.or(samples);
    sample_seed = args.sample_seed.unwrap_or(sample_seed);
    halving.0 = args.eta.unwrap_or(halving.0);
    halving.1 = args.min_epochs.unwrap_or(halving.1);
    halving.2 = args.max_epochs.unwrap_or(halving.2);
    Ok(match args.method.unwrap_or(name) {
        MethodName::Grid => Method::Grid,
        MethodName::Random => {
            let samples = samples.ok_or_else(|| anyhow!("a random sweep needs a number of --samples"))?;
            Method::Random { samples, sample_seed }
        }
        MethodName::Halving => {
            let (eta, min_epochs, max_epochs) = halving;
            Method::Halving { eta, min_epochs, max_epochs, samples, sample_seed }
        }
    })
}

/// The configurations as a table, best first.
fn text(sweep: &Sweep, out: &Out) -> String {
    let label = sweep.objective.label();
    let mut heading = vec!["configuration".to_owned(), format!("validation {label}")];
    heading.extend(STANDARD.iter().map(|measure| format!("test {}", measure.label())));
    let row = |row: &SweepRow| {
        let name = match sweep.method {
            Method::Halving { .. } => format!("{} ({} epochs)", row.name, row.experiment.training.epochs),
            _ => row.name.clone(),
        };
        let test = STANDARD.into_iter().map(|measure| mean_text(row.test.get(measure)));
        [name, mean_text(row.validation.get(sweep.objective))].into_iter().chain(test).collect()
    };
    let rows: Vec<Vec<String>> = std::iter::once(heading).chain(sweep.rows.iter().map(row)).collect();
    let facts = &sweep.facts;
    format!(
        "{}: {}, {}\nranked by {label} on the validation queries; the test queries are not used to choose\n\
         {}\n\n{}\n{}{}",
        facts.dataset,
        size("configuration", sweep.rows.len(), facts.folds, &facts.seeds),
        facts.folds.describe(),
        mean_heading(facts),
        columns(&rows),
        failure_lines(sweep.rows.iter().map(|row| (row.name.as_str(), &row.failures))),
        out.line().trim_start_matches('\n'),
    )
}
