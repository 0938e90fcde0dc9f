//! `crossrank benchmark`.

use super::args::BenchmarkArgs;
use super::common::{Out, check, experiments, failure_lines, folds, followed, open_for_trials, seeds, size, with};
use super::plan::Plan;
use crate::cli::output::{command_line, print, print_json};
use crate::cli::progress::Progress;
use crate::cli::table::{columns, grouped};
use crate::export::benchmark_table;
use crate::study::{
    BENCHMARK_MEASURES, Benchmark, BenchmarkRow, Cell, Folds, Runner, benchmark, benchmark_names, configurations,
};
use anyhow::Result;

/// Default baselines, in order of preference.
const BASELINES: [&str; 2] = ["linear", "mlp"];
/// A p-value below this is marked.
const LEVEL: f64 = 0.05;

/// Runs the command.
///
/// # Errors
/// If the data set or a model cannot be used, or every trial failed.
pub(crate) fn run(args: &BenchmarkArgs) -> Result<()> {
    let names = args.models.clone().unwrap_or_else(|| benchmark_names().into_iter().map(str::to_owned).collect());
    let mut models = configurations(&names)?;
    for model in &mut models {
        model.experiment = with(&model.experiment, &args.set)?;
    }
    let baseline = args.against.clone().unwrap_or_else(|| {
        let usual = BASELINES.iter().find(|name| models.iter().any(|model| model.name == **name));
        usual.map_or_else(|| models[0].name.clone(), |name| (*name).to_owned())
    });
    let out = Out::new(args.saved.out.as_deref(), args.saved.table.as_deref())?;
    let mut progress = Progress::new(args.study.json);
    let data = open_for_trials(&args.dataset, &args.study, None, &experiments(&models), &mut progress)?;
    let (folds, seeds) = (folds(&args.study, Folds::cross(5)), seeds(args.study.seeds.unwrap_or(3)));
    progress.stage("Looking for finished trials");
    let runner = Runner::new(data, folds, out.path(), args.study.jobs)?.started_by(command_line());
    progress.finish();
    let plan =
        Plan { kind: "benchmark", configurations: &models, what: "model", folds, seeds: &seeds, rounds: Vec::new() };
    if !plan.announce(&runner, &args.study)? {
        return Ok(());
    }
    let done = followed(progress, |observer| benchmark(&runner, &models, &baseline, (folds, &seeds), observer))?;
    check(done.rows.iter().map(|row| (!row.cells.is_empty(), &row.failures)))?;
    out.write(&benchmark_table(&done), &done.object())?;
    match (args.study.json, args.markdown) {
        (true, _) => print_json(&done.object()),
        (false, true) => print(&markdown(&done)),
        (false, false) => print(&text(&done, &out)),
    }
}

fn text(benchmark: &Benchmark, out: &Out) -> String {
    let rows: Vec<Vec<String>> =
        std::iter::once(heading()).chain(benchmark.rows.iter().map(|model| row(model, benchmark))).collect();
    format!(
        "{}\n\n{}\n{}{}",
        conventions(benchmark).join("\n"),
        columns(&rows),
        failure_lines(benchmark.rows.iter().map(|row| (row.name.as_str(), &row.failures))),
        out.line(),
    )
}

fn markdown(benchmark: &Benchmark) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|---|{}\n", "---|".repeat(heading().len() - 1));
    let rows: String = benchmark.rows.iter().map(|model| line(row(model, benchmark))).collect();
    format!("{}{rule}{rows}\n{}.\n", line(heading()), conventions(benchmark).join(". "))
}

fn heading() -> Vec<String> {
    let measures = BENCHMARK_MEASURES.iter().map(|measure| measure.label());
    ["model".to_owned(), "weights".to_owned()].into_iter().chain(measures).collect()
}

fn row(row: &BenchmarkRow, benchmark: &Benchmark) -> Vec<String> {
    let several = benchmark.facts.seeds.len() > 1;
    let mut cells = vec![row.name.clone(), grouped(row.parameters)];
    cells.extend(row.cells.values().map(|value| cell(value, several)));
    cells.resize(heading().len(), "–".to_owned());
    cells
}

/// `.812 [.790, .834] ± .004 *`; one seed has no deviation.
fn cell(cell: Cell, several: bool) -> String {
    let interval =
        cell.interval.map(|range| format!(" [{}, {}]", short(range.low), short(range.high))).unwrap_or_default();
    let mark = if cell.holm.is_some_and(|p| p < LEVEL) { " *" } else { "" };
    let deviation = if several { format!(" ± {}", short(cell.spread.deviation)) } else { String::new() };
    format!("{}{interval}{deviation}{mark}", short(cell.spread.mean))
}

/// `.812`
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.strip_prefix("0.").map_or(text.clone(), |digits| format!(".{digits}"))
}

fn conventions(benchmark: &Benchmark) -> Vec<String> {
    let facts = &benchmark.facts;
    vec![
        format!(
            "{}: {}, {}, {} judged queries",
            facts.dataset,
            size("model", benchmark.rows.len(), facts.folds, &facts.seeds),
            facts.folds.describe(),
            facts.judged_queries,
        ),
        match facts.seeds.len() {
            1 => "Mean over the test queries, [95 % bootstrap interval]".to_owned(),
            _ => "Mean over the test queries, each averaged over the seeds, [95 % bootstrap interval] ± deviation of the \
                  seeds' means"
                .to_owned(),
        },
        format!(
            "* differs from {} in a paired t-test over queries, p < {LEVEL} after Holm's correction",
            benchmark.baseline
        ),
    ]
}
