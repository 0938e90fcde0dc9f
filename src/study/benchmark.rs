//! Benchmarks: models on the same queries, each against a named baseline.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::ablation::against;
use super::aggregate::{PerQuery, some};
use super::facts::{self, Facts};
use super::paired::interval;
use super::sweep::failures;
use super::{Configuration, Folds, Paired, Runner, StudyError, StudyObserver, Trial, TrialResult};
use crate::base::Spread;
use crate::eval::significance::{Interval, holm};
use crate::eval::{ByMeasure, Measure};

/// The measures of its tables, as in the paper.
pub const BENCHMARK_MEASURES: [Measure; 4] =
    [Measure::Map, Measure::PrecisionAt(20), Measure::NdcgAt(20), Measure::Ndcg];

/// A finished benchmark.
#[derive(Clone, Debug, PartialEq)]
pub struct Benchmark {
    /// What the measures are based on.
    pub facts: Facts,
    /// The model that the others are compared with.
    pub baseline: String,
    /// In the requested order.
    pub rows: Vec<BenchmarkRow>,
}

/// One model.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkRow {
    /// Its name.
    pub name: String,
    /// Trainable parameters.
    pub parameters: usize,
    /// Its measures on the test queries of all folds, each query's values averaged over the seeds.
    pub measures: PerQuery,
    /// One cell per [`BENCHMARK_MEASURES`]; empty if every trial failed.
    pub cells: ByMeasure<Cell>,
    /// The folders of its trials.
    pub folders: Vec<PathBuf>,
    /// Errors, each with the number of trials that failed with it.
    pub failures: BTreeMap<String, usize>,
}

/// One model by one measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Mean over the queries, and deviation of the seeds' means.
    pub spread: Spread,
    /// 95 % bootstrap interval of the mean over queries.
    pub interval: Option<Interval>,
    /// Against the baseline; `None` for the baseline itself.
    pub against: Option<Paired>,
    /// The p of `against` after Holm's correction over the models of this measure.
    pub holm: Option<f64>,
}

/// Trains every model on every fold with every seed, saves `study.json`, and compares each with the one called
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
        return Err(StudyError::Plan(format!("the baseline “{baseline}” is not one of {}", names.join(", "))));
    };
    runner.check_kind("benchmark")?;
    let results = runner.run(&Trial::all(models, folds.count(), seeds), observer)?;
    let own = |at: usize| -> Vec<&TrialResult> { results.iter().filter(|r| r.configuration == at).collect() };
    let measures: Vec<PerQuery> = (0..models.len()).map(|at| PerQuery::of(&own(at))).collect();
    let cells = cells(&measures, base);
    let mut rows = Vec::with_capacity(models.len());
    for (at, ((model, measures), cells)) in models.iter().zip(measures).zip(cells).enumerate() {
        let own = own(at);
        let outcome = own.iter().find_map(|result| result.outcome.as_ref().ok());
        rows.push(BenchmarkRow {
            name: model.name.clone(),
            parameters: outcome.map_or(0, |outcome| outcome.parameters),
            measures,
            cells,
            folders: own.iter().map(|result| result.folder.clone()).collect(),
            failures: failures(&own),
        });
    }
    let facts = Facts::new(runner.data(), folds, seeds);
    let benchmark = Benchmark { facts, baseline: baseline.to_owned(), rows };
    facts::save(runner.folder(), &benchmark.object())?;
    Ok(benchmark)
}

/// The cells of every model, compared with the one at `base`.
fn cells(measures: &[PerQuery], base: usize) -> Vec<ByMeasure<Cell>> {
    let pairs = |(at, own)| if at == base { ByMeasure::default() } else { against(&measures[base], own) };
    let pairs: Vec<ByMeasure<Paired>> = measures.iter().enumerate().map(pairs).collect();
    let mut rows = vec![Vec::new(); measures.len()];
    for measure in BENCHMARK_MEASURES {
        let p = |(at, pairs): (usize, &ByMeasure<Paired>)| Some((at, pairs.get(measure)?.p?));
        let (tested, p): (Vec<usize>, Vec<f64>) = pairs.iter().enumerate().filter_map(p).unzip();
        let corrected: BTreeMap<usize, f64> = tested.into_iter().zip(holm(&p)).collect();
        for (at, own) in measures.iter().enumerate() {
            let Some(spread) = own.spreads.get(measure) else { continue };
            let (interval, against) = (interval(&own.column(measure)), pairs[at].get(measure));
            rows[at].push((measure, Cell { spread, interval, against, holm: corrected.get(&at).copied() }));
        }
    }
    rows.into_iter().map(ByMeasure::from_iter).collect()
}

impl Benchmark {
    /// The result as saved in `study.json`.
    pub fn object(&self) -> Value {
        let cell = |cell: Cell| {
            json!({
                "mean": cell.spread.mean,
                "seed_deviation": cell.spread.deviation,
                "interval": cell.interval,
                "against": cell.against,
                "holm": cell.holm,
            })
        };
        let row = |row: &BenchmarkRow| {
            let cells = row.cells.map(cell);
            json!({
                "name": row.name,
                "parameters": row.parameters,
                "measures": cells,
                "test": some(&row.measures.spreads),
                "trials": facts::names(&row.folders),
                "failures": row.failures,
            })
        };
        let rows: Vec<Value> = self.rows.iter().map(row).collect();
        facts::object("benchmark", &self.facts, &json!({ "baseline": self.baseline, "rows": rows }))
    }
}
