//! Runs against a baseline, on the queries they share.

mod error;
mod means;
mod pair;

pub use error::ComparisonError;
pub use means::{QueryMean, query_means};
pub use pair::{PairMeasures, PerQuery, QueryDelta, shared_means};

use super::paired::{Paired, interval, query_differences};
use crate::base::mean;
use crate::dataset::{LabelSource, RecallBase, Split};
use crate::eval::Measure;
use crate::eval::significance::{Interval, Outcomes, holm, randomisation, wilcoxon};
use crate::train::QueryMeasures;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A named configuration, whose runs differ in their seed or in the queries tested.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// Its name.
    pub name: String,
    /// The measures of each run. A query's value is the mean over the runs that have it in the split compared.
    pub runs: Vec<QueryMeasures>,
}

/// The result of a comparison, as plain values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunComparison {
    /// The runs, in the order given.
    pub runs: Vec<String>,
    /// How many runs (seeds, folds) each of them comprises.
    pub run_counts: Vec<usize>,
    /// The index of the baseline.
    pub baseline: usize,
    /// The split compared; `None` for all queries.
    pub split: Option<Split>,
    /// The queries that all runs have, sorted.
    pub queries: Vec<String>,
    /// Queries that some runs lack, which are left out.
    pub left_out: Vec<String>,
    /// The highest grade, if a measure depends on it ([`Measure::needs_highest_grade`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest_grade: Option<i32>,
    /// Which relevant images the measures count.
    #[serde(default)]
    pub recall_base: RecallBase,
    /// Whose labels the runs were measured by, if all say the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelSource>,
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
    /// The bootstrap interval of that mean ([`LEVEL`](super::LEVEL)).
    pub interval: Interval,
    /// One value per shared query, in their order.
    pub values: Vec<f64>,
    /// Its difference from the baseline; `None` for the baseline itself.
    pub against: Option<Against>,
}

/// A run against the baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// The mean difference: run minus baseline.
    pub difference: f64,
    /// The bootstrap interval of that difference ([`LEVEL`](super::LEVEL)).
    pub interval: Interval,
    /// Student's paired t-test.
    pub t: Adjusted,
    /// The randomisation test.
    pub randomisation: Adjusted,
    /// Wilcoxon's signed-rank test.
    pub wilcoxon: Adjusted,
    /// Cohen's d_z; `None` if the differences do not vary.
    pub effect: Option<f64>,
    /// Numbers of queries that improved, stayed equal and got worse.
    pub outcomes: Outcomes,
    /// The difference on each shared query, in their order, to twelve decimals.
    pub differences: Vec<f64>,
}

/// A p-value, raw and adjusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Adjusted {
    /// Of this test alone; `None` if it cannot be computed.
    pub p: Option<f64>,
    /// After Holm's adjustment over the runs compared with the baseline by this measure and this test.
    pub holm: Option<f64>,
}

/// Compares configurations on the queries that all of them have in a split (`None`: all queries).
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
    let recall_base = recall_base(configurations, measures)?;
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
        recall_base,
        labels: labels(configurations),
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
        Some(duplicate) => Err(ComparisonError::DuplicateName(duplicate.name.clone())),
        None => check_judgements(configurations),
    }
}

/// Checks that all runs were measured by the same judgements, as far as they say.
fn check_judgements(configurations: &[Configuration]) -> Result<(), ComparisonError> {
    let runs = configurations.iter().flat_map(|one| one.runs.iter().map(move |run| (&one.name, run)));
    let mut known = runs.filter_map(|(name, run)| Some((name, run.judgements.as_ref()?)));
    let Some((first, judgements)) = known.next() else { return Ok(()) };
    match known.find(|(_, other)| *other != judgements) {
        Some((name, _)) => Err(ComparisonError::OtherJudgements(first.clone(), name.clone())),
        None => Ok(()),
    }
}

/// The highest grade that all runs share, if a measure depends on it.
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

/// The recall base that all runs share, unless it makes no difference to the measures.
fn recall_base(configurations: &[Configuration], measures: &[Measure]) -> Result<RecallBase, ComparisonError> {
    let runs = || configurations.iter().flat_map(|one| &one.runs);
    let Some(first) = runs().next() else { return Ok(RecallBase::default()) };
    let matters =
        measures.iter().any(|measure| measure.needs_recall_base()) && runs().any(|run| run.relevant_others > 0);
    match runs().find(|run| run.recall_base != first.recall_base) {
        Some(_) if matters => Err(ComparisonError::OtherRecallBase),
        Some(_) => Ok(RecallBase::default()),
        None => Ok(first.recall_base),
    }
}

/// Whose labels all runs were measured by, if all say the same.
fn labels(configurations: &[Configuration]) -> Option<LabelSource> {
    let mut runs = configurations.iter().flat_map(|one| &one.runs).map(|run| run.labels.as_ref());
    let first = runs.next()??;
    runs.all(|labels| labels == Some(first)).then(|| first.clone())
}

/// For each query, one value per measure.
type Table = BTreeMap<String, Vec<f64>>;

fn table(configuration: &Configuration, measures: &[Measure], split: Option<Split>) -> Result<Table, ComparisonError> {
    let runs = configuration.runs.iter().map(|run| (configuration.name.as_str(), run));
    let means = query_means(runs, measures, split)?;
    // A query without clusters has no value of a measure that needs them, so it cannot be paired.
    let is_complete = |(_, mean): &(String, QueryMean)| mean.values.iter().all(|value| value.is_finite());
    Ok(means.into_iter().filter(is_complete).map(|(query, mean)| (query, mean.values)).collect())
}

/// One row per run; p-values are adjusted over the runs that are not the baseline.
fn rows(values: Vec<Vec<f64>>, baseline: usize) -> Vec<ComparedRun> {
    let base = values[baseline].clone();
    let mut rows: Vec<ComparedRun> = values
        .into_iter()
        .enumerate()
        .map(|(index, values)| ComparedRun {
            mean: mean(&values),
            interval: interval(&values).unwrap_or_default(),
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
    let differences = query_differences(values, baseline);
    let pair = Paired::of(&differences);
    let raw = |p: Option<f64>| Adjusted { p, holm: None };
    Against {
        difference: pair.delta,
        interval: pair.interval.unwrap_or_default(),
        t: raw(pair.p),
        randomisation: raw(randomisation(&differences).map(|tested| tested.p)),
        wilcoxon: raw(wilcoxon(&differences).map(|tested| tested.p)),
        effect: pair.effect_size,
        outcomes: Outcomes { wins: pair.wins, ties: pair.ties, losses: pair.losses },
        differences,
    }
}

/// Holm's adjustment over the tests that have a p-value.
fn adjust(tests: Vec<&mut Adjusted>) {
    let raw: Vec<f64> = tests.iter().filter_map(|test| test.p).collect();
    let mut adjusted = holm(&raw).into_iter();
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
