//! Benchmarks: models side by side on the same queries, each against a named baseline.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::ablation::against;
use super::aggregate::{PerQuery, named_spreads};
use super::facts::{self, Facts};
use super::paired::interval;
use super::sweep::failures;
use super::{Configuration, Folds, Paired, Runner, StudyError, StudyObserver, Trial, TrialResult};
use crate::base::Spread;
use crate::eval::significance::{Interval, holm};
use crate::eval::{Measure, STANDARD};

/// The measures of its tables, as the paper has them.
pub const BENCHMARK_MEASURES: [Measure; 4] =
    [Measure::Map, Measure::PrecisionAt(20), Measure::NdcgAt(20), Measure::Ndcg];

/// A benchmark that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Benchmark {
    /// What the figures rest on.
    pub facts: Facts,
    /// The model that the others are compared with.
    pub baseline: String,
    /// In the order asked for.
    pub rows: Vec<BenchmarkRow>,
}

/// One model.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkRow {
    /// Its name.
    pub name: String,
    /// Trainable numbers.
    pub parameters: usize,
    /// Its figures on the test queries of all folds, each query's values averaged over the seeds.
    pub figures: PerQuery,
    /// One cell per [`BENCHMARK_MEASURES`]; empty where every trial failed.
    pub cells: Vec<Cell>,
    /// Where its trials are kept.
    pub folders: Vec<PathBuf>,
    /// What went wrong, with the number of trials it went wrong for.
    pub failures: BTreeMap<String, usize>,
}

/// One model's figure by one measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Mean over the queries; deviation of the seeds' means.
    pub spread: Spread,
    /// 95 % bootstrap interval of the mean over queries.
    pub interval: Option<Interval>,
    /// Against the baseline; `None` for the baseline itself.
    pub against: Option<Paired>,
    /// The p of `against` after Holm's correction over the models of this measure.
    pub holm: Option<f64>,
}

/// Trains every model on every fold with every seed, keeps `study.json`, and compares each with the one called
/// `baseline`.
///
/// # Errors
/// If no model is called `baseline`; those of [`Runner::run`].
pub fn benchmark(
    runner: &Runner,
    models: &[Configuration],
    baseline: &str,
    (folds, seeds): (Folds, &[u64]),
    observer: StudyObserver<'_>,
) -> Result<Benchmark, StudyError> {
    let Some(base) = models.iter().position(|model| model.name == baseline) else {
        let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
        return Err(StudyError::Plan(format!("the baseline “{baseline}” is none of {}", names.join(", "))));
    };
    let results = runner.run(&Trial::all(models, folds.count(), seeds), observer)?;
    let own = |at: usize| -> Vec<&TrialResult> { results.iter().filter(|r| r.configuration == at).collect() };
    let figures: Vec<PerQuery> = (0..models.len()).map(|at| PerQuery::of(&own(at))).collect();
    let cells = cells(&figures, base);
    let mut rows = Vec::with_capacity(models.len());
    for (at, ((model, figures), cells)) in models.iter().zip(figures).zip(cells).enumerate() {
        let own = own(at);
        let parameters = own.iter().find_map(|result| result.outcome.as_ref().ok());
        rows.push(BenchmarkRow {
            name: model.name.clone(),
            parameters: parameters.map_or(0, |figures| figures.parameters),
            figures,
            cells,
            folders: own.iter().map(|result| result.folder.clone()).collect(),
            failures: failures(&own),
        });
    }
    let facts = Facts::new(runner.data(), folds, seeds);
    let benchmark = Benchmark { facts, baseline: baseline.to_owned(), rows };
    facts::keep(runner.folder(), &benchmark.object())?;
    Ok(benchmark)
}

/// The cells of every model, compared with the one at `base`.
fn cells(figures: &[PerQuery], base: usize) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> = Vec::with_capacity(figures.len());
    for (at, own) in figures.iter().enumerate() {
        let pairs = if at == base { Vec::new() } else { against(&figures[base], own) };
        let cell = |measure: &Measure| {
            let column = STANDARD.iter().position(|standard| standard == measure)?;
            let spread = *own.spreads.get(column)?;
            let against = pairs.get(column).copied();
            Some(Cell { spread, interval: interval(&own.column(column)), against, holm: None })
        };
        rows.push(BENCHMARK_MEASURES.iter().filter_map(cell).collect());
    }
    for column in 0..BENCHMARK_MEASURES.len() {
        let p = |row: &Vec<Cell>| row.get(column).and_then(|cell| cell.against).and_then(|pair| pair.p);
        let tested: Vec<(usize, f64)> = rows.iter().enumerate().filter_map(|(at, row)| Some((at, p(row)?))).collect();
        let corrected = holm(&tested.iter().map(|(_, p)| *p).collect::<Vec<_>>());
        for ((at, _), p) in tested.into_iter().zip(corrected) {
            rows[at][column].holm = Some(p);
        }
    }
    rows
}

impl Benchmark {
    /// The result as `study.json` keeps it.
    pub fn object(&self) -> Value {
        let cell = |cell: &Cell| {
            json!({
                "mean": cell.spread.mean,
                "seed_deviation": cell.spread.deviation,
                "interval": cell.interval,
                "against": cell.against,
                "holm": cell.holm,
            })
        };
        let row = |row: &BenchmarkRow| {
            let cells: serde_json::Map<String, Value> = BENCHMARK_MEASURES
                .iter()
                .zip(&row.cells)
                .map(|(measure, figure)| (measure.to_string(), cell(figure)))
                .collect();
            json!({
                "name": row.name,
                "parameters": row.parameters,
                "measures": cells,
                "test": named_spreads(&row.figures.spreads),
                "trials": facts::names(&row.folders),
                "failures": row.failures,
            })
        };
        let rows: Vec<Value> = self.rows.iter().map(row).collect();
        facts::object("benchmark", &self.facts, &json!({ "baseline": self.baseline, "rows": rows }))
    }
}
