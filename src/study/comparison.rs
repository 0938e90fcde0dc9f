//! Runs against a baseline, on the queries they share.

use crate::base::mean;
use crate::dataset::Split;
use crate::eval::Measure;
use crate::eval::significance::{
    Interval, Outcomes, Tested, bootstrap, differences, effect_size, holm, outcomes, paired_t, randomisation, wilcoxon,
};
use crate::train::QueryMeasures;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How much of the bootstrap's means an interval holds.
pub const LEVEL: f64 = 0.95;

/// One configuration under a name: its runs differ in their seed, or in which queries they tested.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// What it is called.
    pub name: String,
    /// The figures of each run. A query's figure is the mean over the runs that hold it in the part compared.
    pub runs: Vec<QueryMeasures>,
}

/// Why runs cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComparisonError {
    /// One configuration is no comparison.
    #[error("a comparison needs at least two runs")]
    TooFew,
    /// The baseline is none of the runs.
    #[error("the baseline is none of the runs")]
    NoBaseline,
    /// Two configurations cannot be told apart.
    #[error("two runs are called “{0}”")]
    DuplicateName(String),
    /// A run has a query twice.
    #[error("the run “{run}” has the query “{query}” twice")]
    DuplicateQuery {
        /// Whose.
        run: String,
        /// Which.
        query: String,
    },
    /// A measure was not taken.
    #[error("the run “{run}” has no figures of {measure}; it has {known}")]
    NoMeasure {
        /// Whose.
        run: String,
        /// What was asked for.
        measure: Measure,
        /// What there is.
        known: String,
    },
    /// The same measure, but on two scales.
    #[error("the runs take different grades as the highest of ERR: {0} and {1}")]
    OtherScale(i32, i32),
    /// There is nothing to pair.
    #[error("the runs share no {0} query")]
    NothingShared(String),
}

/// The outcome, as plain values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunComparison {
    /// The runs, in the order given.
    pub runs: Vec<String>,
    /// How many runs (seeds, folds) each of them stands for.
    pub run_counts: Vec<usize>,
    /// Which of them is the baseline.
    pub baseline: usize,
    /// The part of the protocol; `None` for all queries.
    pub split: Option<Split>,
    /// The queries that all runs have, sorted.
    pub queries: Vec<String>,
    /// Queries that only some runs have; they are left out.
    pub left_out: Vec<String>,
    /// The highest grade, where a measure depends on it ([`Measure::needs_highest_grade`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest_grade: Option<i32>,
    /// One entry per measure.
    pub measures: Vec<MeasureComparison>,
}

/// All runs by one measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureComparison {
    /// The measure.
    pub measure: Measure,
    /// One row per run, in their order.
    pub rows: Vec<ComparedRun>,
}

/// One run by one measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedRun {
    /// The mean over the shared queries.
    pub mean: f64,
    /// The bootstrap interval of that mean ([`LEVEL`]).
    pub interval: Interval,
    /// One figure per shared query, in their order.
    pub values: Vec<f64>,
    /// How it stands against the baseline; `None` for the baseline itself.
    pub against: Option<Against>,
}

/// A run against the baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// The mean difference: run less baseline.
    pub difference: f64,
    /// The bootstrap interval of that difference ([`LEVEL`]).
    pub interval: Interval,
    /// Student's paired t-test.
    pub t: Adjusted,
    /// The randomisation test.
    pub randomisation: Adjusted,
    /// Wilcoxon's signed ranks.
    pub wilcoxon: Adjusted,
    /// Cohen's d_z; `None` where the differences do not vary.
    pub effect: Option<f64>,
    /// Queries that got better, stayed the same, got worse.
    pub outcomes: Outcomes,
    /// The difference on each shared query, in their order, to twelve decimals.
    pub differences: Vec<f64>,
}

/// A p-value alone and among its like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Adjusted {
    /// Of this test; `None` where it cannot be made.
    pub p: Option<f64>,
    /// After Holm's adjustment over the runs compared with the baseline by this measure and this test.
    pub holm: Option<f64>,
}

/// Compares configurations on the queries that all of them have in a part of the protocol (`None`: all queries).
///
/// # Errors
/// See [`ComparisonError`].
pub fn compare(
    configurations: &[Configuration],
    baseline: usize,
    measures: &[Measure],
    split: Option<Split>,
) -> Result<RunComparison, ComparisonError> {
    check(configurations, baseline)?;
    let highest_grade = highest_grade(configurations, measures)?;
    let tables: Vec<Table> =
        configurations.iter().map(|one| table(one, measures, split)).collect::<Result<_, ComparisonError>>()?;
    let all: BTreeSet<&String> = tables.iter().flat_map(BTreeMap::keys).collect();
    let (shared, left_out): (Vec<&String>, Vec<&String>) =
        all.into_iter().partition(|query| tables.iter().all(|table| table.contains_key(*query)));
    if shared.is_empty() {
        let part = split.map_or("judged", Split::name);
        return Err(ComparisonError::NothingShared(part.to_owned()));
    }
    let of_measure = |(column, &measure): (usize, &Measure)| {
        let values = |table: &Table| shared.iter().map(|query| table[*query][column]).collect();
        MeasureComparison { measure, rows: rows(tables.iter().map(values).collect(), baseline) }
    };
    Ok(RunComparison {
        runs: configurations.iter().map(|one| one.name.clone()).collect(),
        run_counts: configurations.iter().map(|one| one.runs.len()).collect(),
        baseline,
        split,
        highest_grade,
        measures: measures.iter().enumerate().map(of_measure).collect(),
        queries: shared.into_iter().cloned().collect(),
        left_out: left_out.into_iter().cloned().collect(),
    })
}

fn check(configurations: &[Configuration], baseline: usize) -> Result<(), ComparisonError> {
    if configurations.len() < 2 {
        return Err(ComparisonError::TooFew);
    }
    if baseline >= configurations.len() {
        return Err(ComparisonError::NoBaseline);
    }
    let mut names = BTreeSet::new();
    match configurations.iter().find(|one| !names.insert(&one.name)) {
        Some(twice) => Err(ComparisonError::DuplicateName(twice.name.clone())),
        None => Ok(()),
    }
}

/// The highest grade that all runs take, where a measure depends on it.
fn highest_grade(configurations: &[Configuration], measures: &[Measure]) -> Result<Option<i32>, ComparisonError> {
    if !measures.iter().any(|measure| measure.needs_highest_grade()) {
        return Ok(None);
    }
    let mut grades = configurations.iter().flat_map(|one| &one.runs).filter_map(|run| run.highest_grade);
    let Some(first) = grades.next() else { return Ok(None) };
    match grades.find(|grade| *grade != first) {
        Some(other) => Err(ComparisonError::OtherScale(first, other)),
        None => Ok(Some(first)),
    }
}

/// For each query, one value per measure.
type Table = BTreeMap<String, Vec<f64>>;

/// A configuration's figures: the mean over its runs, query by query.
fn table(configuration: &Configuration, measures: &[Measure], split: Option<Split>) -> Result<Table, ComparisonError> {
    let mut sums: BTreeMap<String, (Vec<f64>, usize)> = BTreeMap::new();
    for run in &configuration.runs {
        let mut met = BTreeSet::new();
        for row in run.queries.iter().filter(|row| split.is_none_or(|split| row.split == split)) {
            if !met.insert(&row.id) {
                let (run, query) = (configuration.name.clone(), row.id.clone());
                return Err(ComparisonError::DuplicateQuery { run, query });
            }
            let (sum, count) = sums.entry(row.id.clone()).or_insert_with(|| (vec![0.0; measures.len()], 0));
            for (sum, &measure) in sum.iter_mut().zip(measures) {
                *sum += row.measures.get(measure).ok_or_else(|| no_measure(&configuration.name, run, measure))?;
            }
            *count += 1;
        }
    }
    let mean = |(query, (sum, count)): (String, (Vec<f64>, usize))| {
        let values: Vec<f64> = sum.into_iter().map(|sum| sum / count as f64).collect();
        // A query without clusters has no figure of a measure that needs them: nothing to pair.
        values.iter().all(|value| value.is_finite()).then_some((query, values))
    };
    Ok(sums.into_iter().filter_map(mean).collect())
}

fn no_measure(name: &str, run: &QueryMeasures, measure: Measure) -> ComparisonError {
    let known = run.measures().iter().map(Measure::to_string).collect::<Vec<_>>().join(", ");
    ComparisonError::NoMeasure { run: name.to_owned(), measure, known }
}

/// One row per run; p-values are adjusted over the runs that are not the baseline.
fn rows(values: Vec<Vec<f64>>, baseline: usize) -> Vec<ComparedRun> {
    let base = values[baseline].clone();
    let mut rows: Vec<ComparedRun> = values
        .into_iter()
        .enumerate()
        .map(|(index, values)| ComparedRun {
            mean: mean(&values),
            interval: bootstrap(&values, LEVEL).unwrap_or_default(),
            against: (index != baseline).then(|| against(&values, &base)),
            values,
        })
        .collect();
    let tests: [fn(&mut Against) -> &mut Adjusted; 3] =
        [|against| &mut against.t, |against| &mut against.randomisation, |against| &mut against.wilcoxon];
    for of in tests {
        adjust(rows.iter_mut().filter_map(|row| row.against.as_mut()).map(of).collect());
    }
    rows
}

fn against(values: &[f64], baseline: &[f64]) -> Against {
    // Equal figures that were summed in another order differ by a last bit, which would be neither tie nor equal.
    let differences: Vec<f64> = differences(values, baseline).into_iter().map(|d| (d * 1e12).round() / 1e12).collect();
    let p = |tested: Option<Tested>| Adjusted { p: tested.map(|tested| tested.p), holm: None };
    Against {
        difference: mean(&differences),
        interval: bootstrap(&differences, LEVEL).unwrap_or_default(),
        t: p(paired_t(&differences)),
        randomisation: p(randomisation(&differences)),
        wilcoxon: p(wilcoxon(&differences)),
        effect: effect_size(&differences),
        outcomes: outcomes(&differences),
        differences,
    }
}

/// Holm's adjustment over the tests that could be made.
fn adjust(tests: Vec<&mut Adjusted>) {
    let made: Vec<f64> = tests.iter().filter_map(|test| test.p).collect();
    let mut adjusted = holm(&made).into_iter();
    for test in tests {
        test.holm = test.p.and_then(|_| adjusted.next());
    }
}

impl RunComparison {
    /// The rows of a measure, if it was compared.
    pub fn of(&self, measure: Measure) -> Option<&[ComparedRun]> {
        self.measures.iter().find(|one| one.measure == measure).map(|one| one.rows.as_slice())
    }
}
