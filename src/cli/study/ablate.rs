//! `crossrank ablate`.

use super::args::AblateArgs;
use super::common::{Out, check, failure_lines, folds, followed, open_for_trials, p_text, seeds, size, with};
use super::plan::Plan;
use crate::cli::output::{command_line, print, print_json};
use crate::cli::progress::Progress;
use crate::cli::table::columns;
use crate::export::ablation_table;
use crate::study::{Ablation, AblationRow, BENCHMARK_MEASURES, Folds, Paired, Runner, ablate, ablations, named};
use anyhow::Result;

/// Runs the command.
///
/// # Errors
/// If the data set or the configuration cannot be used, or every trial failed.
pub(crate) fn run(args: &AblateArgs) -> Result<()> {
    let full = with(&named(&args.preset)?, &args.set)?;
    let out = Out::new(args.saved.out.as_deref(), args.saved.table.as_deref())?;
    let mut progress = Progress::new(args.study.json);
    let data = open_for_trials(&args.dataset, &args.study, None, &[&full], &mut progress)?;
    let configurations = ablations(&full, &data.signals)?;
    let (folds, seeds) = (folds(&args.study, Folds::cross(5)), seeds(args.study.seeds.unwrap_or(3)));
    progress.stage("Looking for finished trials");
    let runner = Runner::new(data, folds, out.path(), args.study.jobs)?.started_by(command_line());
    progress.finish();
    let plan = Plan {
        kind: "ablation",
        configurations: &configurations,
        what: "configuration",
        folds,
        seeds: &seeds,
        rounds: Vec::new(),
    };
    if !plan.announce(&runner, &args.study)? {
        return Ok(());
    }
    let ablation = followed(progress, |observer| ablate(&runner, &configurations, (folds, &seeds), observer))?;
    check(ablation.rows.iter().map(|row| (!row.measures.spreads.is_empty(), &row.failures)))?;
    out.write(&ablation_table(&ablation), &ablation.object())?;
    if args.study.json { print_json(&ablation.object()) } else { print(&text(&ablation, &out)) }
}

/// The full configuration's measures, and the difference each change makes.
fn text(ablation: &Ablation, out: &Out) -> String {
    let mut heading = vec![String::new()];
    for measure in BENCHMARK_MEASURES {
        heading.extend([measure.label(), "95 % interval".to_owned(), "p".to_owned()]);
    }
    let row = |row: &AblationRow| {
        let mut cells = vec![row.name.clone()];
        for measure in BENCHMARK_MEASURES {
            match (row.against.get(measure), row.measures.spreads.get(measure)) {
                (Some(pair), _) => cells.extend(change(&pair)),
                (None, Some(spread)) => cells.extend([format!("{:.4}", spread.mean), String::new(), String::new()]),
                (None, None) => cells.extend(["–".to_owned(), String::new(), String::new()]),
            }
        }
        cells
    };
    let rows: Vec<Vec<String>> = std::iter::once(heading).chain(ablation.rows.iter().map(row)).collect();
    let facts = &ablation.facts;
    format!(
        "{}: {}, {}\nmean over the test queries of all folds, each averaged over the seeds; below the first line, the \
         difference from it with its bootstrap interval and the p-value of the paired t-test\n\n{}\n{}{}",
        facts.dataset,
        size("configuration", ablation.rows.len(), facts.folds, &facts.seeds),
        facts.folds.describe(),
        columns(&rows),
        failure_lines(ablation.rows.iter().map(|row| (row.name.as_str(), &row.failures))),
        out.line(),
    )
}

fn change(pair: &Paired) -> [String; 3] {
    let interval = pair.interval.map(|interval| format!("{:+.4} … {:+.4}", interval.low, interval.high));
    let interval = interval.unwrap_or_else(|| "–".to_owned());
    [format!("{:+.4}", pair.delta), interval, p_text(pair.p)]
}
