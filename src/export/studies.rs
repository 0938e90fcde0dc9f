//! Studies as tables.

use super::comparison::{HIGHLY_SIGNIFICANT, SIGNIFICANT, labels_note};
use super::table::{Cell, Row, Table};
use crate::base::Spread;
use crate::eval::{Measure, STANDARD, TIE_RULE};
use crate::study::{
    Ablation, AblationRow, BENCHMARK_MEASURES, Benchmark, BenchmarkRow, Facts, LEVEL, Paired, Sweep, SweepRow,
};

/// A sweep's configurations, best first: the objective on the validation queries, then every measure on the test
/// queries. A cross-validation has one.
pub fn sweep_table(sweep: &Sweep) -> Table {
    let objective = sweep.objective;
    let mut columns = vec![format!("validation {}", objective.label())];
    columns.extend(STANDARD.iter().map(|measure| format!("test {}", measure.label())));
    let row = |row: &SweepRow| {
        let mut cells = vec![mean(row.validation.get(objective), true)];
        cells.extend(STANDARD.into_iter().map(|measure| mean(row.test.get(measure), true)));
        Row { name: row.name.clone(), cells }
    };
    let ranked = format!("Ranked by {} on the validation queries.", objective.label());
    Table {
        title: title(&sweep.facts, "configurations", sweep.rows.len()),
        corner: "configuration".to_owned(),
        columns,
        rows: sweep.rows.iter().map(row).collect(),
        notes: notes(&sweep.facts, &[&ranked, "Means ± standard deviations over folds and seeds."]),
        decimals: 4,
    }
}

/// An ablation: the full configuration's measures, and below it each variant's difference from it, with its p-value and
/// effect size.
pub fn ablation_table(ablation: &Ablation) -> Table {
    let columns = compared_columns();
    let several = ablation.facts.seeds.len() > 1;
    let row = |row: &AblationRow| {
        let mut cells = Vec::with_capacity(columns.len());
        for measure in BENCHMARK_MEASURES {
            cells.push(mean(row.measures.spreads.get(measure), several));
            cells.extend(against(row.against.get(measure), row.against.get(measure).and_then(|pair| pair.p)));
        }
        Row { name: row.name.clone(), cells }
    };
    let tested = format!(
        "Δ against the first row with its {:.0} % bootstrap interval; p of the paired t-test over queries (* p < \
         {SIGNIFICANT}, ** p < {HIGHLY_SIGNIFICANT}); d_z is the effect size.",
        LEVEL * 100.0
    );
    Table {
        title: title(&ablation.facts, "configurations", ablation.rows.len()),
        corner: "configuration".to_owned(),
        rows: ablation.rows.iter().map(row).collect(),
        notes: notes(&ablation.facts, &[&averaged(several), &tested]),
        columns,
        decimals: 4,
    }
}

/// A benchmark: every model's measures with their intervals, its difference from the baseline, p-value and effect size.
pub fn benchmark_table(benchmark: &Benchmark) -> Table {
    let columns = [vec!["weights".to_owned()], compared_columns()].concat();
    let several = benchmark.facts.seeds.len() > 1;
    let row = |row: &BenchmarkRow| {
        let mut cells = vec![Cell::count(row.parameters)];
        for measure in BENCHMARK_MEASURES {
            let cell = row.cells.get(measure);
            let value = mean(cell.map(|cell| cell.spread), several);
            cells.push(Cell { interval: cell.and_then(|cell| cell.interval), ..value });
            cells.extend(against(cell.and_then(|cell| cell.against), cell.and_then(|cell| cell.holm)));
        }
        let name = if row.name == benchmark.baseline { format!("{} (baseline)", row.name) } else { row.name.clone() };
        Row { name, cells }
    };
    let tested = format!(
        "{:.0} % bootstrap intervals. Δ against {}; p of the paired t-test over queries after Holm's correction (* p < \
         {SIGNIFICANT}, ** p < {HIGHLY_SIGNIFICANT}); d_z is the effect size.",
        LEVEL * 100.0,
        benchmark.baseline
    );
    Table {
        title: title(&benchmark.facts, "models", benchmark.rows.len()),
        corner: "model".to_owned(),
        rows: benchmark.rows.iter().map(row).collect(),
        notes: notes(&benchmark.facts, &[&averaged(several), &tested]),
        columns,
        decimals: 4,
    }
}

/// The columns of a comparison with another configuration: four for each measure.
fn compared_columns() -> Vec<String> {
    let of = |measure: Measure| {
        let label = measure.label();
        [label.clone(), format!("Δ {label}"), format!("p {label}"), format!("d_z {label}")]
    };
    BENCHMARK_MEASURES.into_iter().flat_map(of).collect()
}

/// A mean, with its deviation if there are several values.
pub(super) fn mean(spread: Option<Spread>, several: bool) -> Cell {
    let Some(spread) = spread else { return Cell::default() };
    let deviation = (several && spread.n > 1).then_some(spread.deviation);
    Cell { deviation, ..Cell::number(spread.mean) }
}

/// Difference, p-value and effect size.
fn against(pair: Option<Paired>, p: Option<f64>) -> [Cell; 3] {
    let Some(pair) = pair else { return Default::default() };
    let marks = match p {
        Some(p) if p < HIGHLY_SIGNIFICANT => "**",
        Some(p) if p < SIGNIFICANT => "*",
        _ => "",
    };
    let delta = Cell { interval: pair.interval, marks: marks.to_owned(), ..Cell::number(pair.delta) };
    [delta, Cell::maybe(p), Cell::maybe(pair.effect_size)]
}

fn averaged(several: bool) -> String {
    let over = if several { ", each averaged over the seeds ± the deviation of the seeds' means" } else { "" };
    format!("Means over the test queries of all folds{over}.")
}

fn title(facts: &Facts, what: &str, count: usize) -> String {
    let seeds = facts.seeds.len();
    let plural = if seeds == 1 { "" } else { "s" };
    format!("{}: {count} {what}, {}, {seeds} seed{plural}", facts.dataset, facts.folds.describe())
}

fn notes(facts: &Facts, own: &[&str]) -> Vec<String> {
    let mut notes: Vec<String> = own.iter().map(|note| (*note).to_owned()).collect();
    let labels = labels_note(&facts.labels);
    notes.push(format!("{} judged queries. {labels} Ties: {TIE_RULE}.", facts.judged_queries));
    notes
}
