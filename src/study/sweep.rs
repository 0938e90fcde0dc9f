//! Sweeps: many combinations of parameter values, ranked by a measure on the validation queries.

use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::aggregate::{over_trials, some};
use super::facts::{self, Facts};
use super::space::{Axis, MOST_COMBINATIONS, Values, grid, random};
use super::{Change, Configuration, Folds, Runner, StudyError, StudyObserver, Trial, TrialResult, apply, check_size};
use crate::base::Spread;
use crate::dataset::Split;
use crate::eval::{ByMeasure, Measure, STANDARD};
use crate::train::Experiment;

/// The most epochs of a trial, as of any run.
const MOST_EPOCHS: usize = 100_000;

/// How configurations and their epochs are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "method")]
pub enum Method {
    /// Every combination of the values.
    Grid,
    /// Combinations drawn at random.
    Random {
        /// How many.
        samples: usize,
        /// Seed of the draw.
        sample_seed: u64,
    },
    /// Successive halving (Jamieson and Talwalkar, AISTATS 2016): all with few epochs, the best 1/η of them with η
    /// times as many, and so on. Each round trains from scratch, so that the learning-rate schedule fits its epochs.
    Halving {
        /// The factor η, at least 2.
        eta: usize,
        /// Epochs of the first round.
        min_epochs: usize,
        /// Epochs of the last round, at most.
        max_epochs: usize,
        /// How many to draw at random; `None` starts with every combination.
        samples: Option<usize>,
        /// Seed of the draw.
        sample_seed: u64,
    },
}

/// A sweep, ready to run.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepPlan {
    /// What every configuration starts from.
    pub base: Experiment,
    /// The parameters and their values.
    pub axes: Vec<Axis>,
    /// Which combinations to try.
    pub method: Method,
    /// How queries are split.
    pub folds: Folds,
    /// Each configuration is trained with every seed.
    pub seeds: Vec<u64>,
    /// One of [`STANDARD`]; its mean over the validation queries ranks the configurations.
    pub objective: Measure,
    /// The data set, if the sweep file names one.
    pub dataset: Option<PathBuf>,
    /// Visual vectors by name, if the sweep file names them.
    pub vectors: Option<Vec<String>>,
}

impl SweepPlan {
    /// The initial configurations.
    ///
    /// # Errors
    /// If a parameter does not exist or a value is invalid, there is nothing to try, or the method's numbers are
    /// invalid.
    pub fn configurations(&self) -> Result<Vec<Configuration>, StudyError> {
        self.check()?;
        let choices = match self.method {
            Method::Grid | Method::Halving { samples: None, .. } => grid(&self.axes)?,
            Method::Random { samples, sample_seed } => random(&self.axes, samples, sample_seed),
            Method::Halving { samples: Some(samples), sample_seed, .. } => random(&self.axes, samples, sample_seed),
        };
        let mut configurations: Vec<Configuration> = Vec::with_capacity(choices.len());
        for changes in choices {
            let experiment = apply(&self.base, &changes)?;
            self.check_rounds(&experiment)?;
            // Skip what was drawn twice or is another spelling of the same value.
            if configurations.iter().all(|other| other.experiment != experiment) {
                configurations.push(Configuration { name: self.name(&changes), changes, experiment });
            }
        }
        check_size(configurations.len(), self.folds.count(), self.seeds.len())?;
        Ok(configurations)
    }

    fn check(&self) -> Result<(), StudyError> {
        let fault = |message: String| Err(StudyError::Plan(message));
        if self.seeds.is_empty() {
            return fault("at least one seed is needed".to_owned());
        }
        check_objective(self.objective)?;
        match self.method {
            Method::Random { samples, .. } | Method::Halving { samples: Some(samples), .. }
                if samples == 0 || samples > MOST_COMBINATIONS =>
            {
                fault(format!("samples must be a whole number from 1 to {MOST_COMBINATIONS}, not {samples}"))
            }
            Method::Halving { eta, .. } if eta < 2 => fault(format!("eta must be at least 2, not {eta}")),
            Method::Halving { min_epochs, max_epochs, .. } if min_epochs == 0 || min_epochs > max_epochs => {
                fault(format!("min_epochs ({min_epochs}) must be at least 1 and at most max_epochs ({max_epochs})"))
            }
            Method::Halving { max_epochs, .. } if max_epochs > MOST_EPOCHS => {
                fault(format!("max_epochs must be a whole number from 1 to {MOST_EPOCHS}, not {max_epochs}"))
            }
            _ => Ok(()),
        }
    }

    /// The first round of a halving has the fewest epochs.
    fn check_rounds(&self, experiment: &Experiment) -> Result<(), StudyError> {
        let Method::Halving { min_epochs, .. } = self.method else { return Ok(()) };
        let warm_up = experiment.training.schedule.warm_up;
        if warm_up > min_epochs {
            let message = format!(
                "training.schedule.warm_up must be from 0 to {min_epochs}, the first round's epochs, not {warm_up}"
            );
            return Err(StudyError::Plan(message));
        }
        Ok(())
    }

    /// Trains all trials, saves `study.json`, and ranks the configurations.
    ///
    /// # Errors
    /// Those of [`Self::configurations`] and [`Runner::run`].
    pub fn run(
        &self,
        runner: &Runner,
        configurations: &[Configuration],
        observer: StudyObserver<'_>,
    ) -> Result<Sweep, StudyError> {
        runner.check_kind("sweep")?;
        let is_halving = matches!(self.method, Method::Halving { .. });
        runner.check_shared(configurations, if is_halving { &["training.epochs"] } else { &[] })?;
        let mut rows: Vec<SweepRow> = configurations.iter().map(SweepRow::new).collect();
        let mut alive: Vec<usize> = (0..configurations.len()).collect();
        let rounds = self.rounds();
        for (number, &epochs) in rounds.iter().enumerate() {
            let tried: Vec<Configuration> = alive.iter().map(|&at| with_epochs(&configurations[at], epochs)).collect();
            let results = runner.run(&Trial::all(&tried, self.folds.count(), &self.seeds), observer)?;
            for (index, &at) in alive.iter().enumerate() {
                let own: Vec<&TrialResult> = results.iter().filter(|result| result.configuration == index).collect();
                rows[at].fill(&tried[index].experiment, &own, number);
            }
            if number + 1 < rounds.len() {
                alive.retain(|&at| self.value(&rows[at]).is_some());
                alive.sort_by(|&a, &b| self.compare(&rows[a], &rows[b]).then(a.cmp(&b)));
                alive.truncate(alive.len().div_ceil(self.eta()));
                alive.sort_unstable();
            }
        }
        rows.sort_by(|a, b| b.round.cmp(&a.round).then_with(|| self.compare(a, b)));
        let facts = Facts::new(runner.data(), self.folds, &self.seeds);
        let sweep = Sweep { facts, objective: self.objective, method: self.method, rows };
        facts::save(runner.folder(), &sweep.object())?;
        Ok(sweep)
    }

    /// The changes that vary among configurations; `base` if there are none.
    fn name(&self, changes: &[Change]) -> String {
        let varies = |change: &&Change| {
            let axis = self.axes.iter().find(|axis| axis.parameter == change.parameter);
            axis.is_none_or(|axis| !matches!(&axis.values, Values::List(values) if values.len() == 1))
        };
        let parts: Vec<String> = changes.iter().filter(varies).map(ToString::to_string).collect();
        if parts.is_empty() { "base".to_owned() } else { parts.join(",") }
    }

    fn eta(&self) -> usize {
        if let Method::Halving { eta, .. } = self.method { eta } else { 1 }
    }

    /// The epochs and the number of configurations of each round of a halving that starts with so many, unless trials
    /// fail; empty for other methods.
    pub fn halving_rounds(&self, configurations: usize) -> Vec<(usize, usize)> {
        let counts = std::iter::successors(Some(configurations), |count| Some(count.div_ceil(self.eta())));
        self.rounds().into_iter().zip(counts).filter_map(|(epochs, count)| Some((epochs?, count))).collect()
    }

    /// Epochs of each round; `None` leaves the configuration's own.
    fn rounds(&self) -> Vec<Option<usize>> {
        let Method::Halving { eta, min_epochs, max_epochs, .. } = self.method else { return vec![None] };
        let next = |epochs: &usize| (*epochs < max_epochs).then(|| epochs.saturating_mul(eta).min(max_epochs));
        std::iter::successors(Some(min_epochs), next).map(Some).collect()
    }

    fn value(&self, row: &SweepRow) -> Option<f64> {
        row.validation.get(self.objective).map(|spread| spread.mean)
    }

    /// Best first; those without a value last.
    fn compare(&self, a: &SweepRow, b: &SweepRow) -> std::cmp::Ordering {
        let value = |row| self.value(row).unwrap_or(f64::NEG_INFINITY);
        value(b).total_cmp(&value(a))
    }
}

/// Checks that an objective is one of [`STANDARD`], which every run saves per query.
///
/// # Errors
/// If it is not.
pub fn check_objective(objective: Measure) -> Result<(), StudyError> {
    if STANDARD.contains(&objective) {
        return Ok(());
    }
    let names: Vec<String> = STANDARD.iter().map(ToString::to_string).collect();
    Err(StudyError::Plan(format!("the objective must be one of {}, not {objective}", names.join(", "))))
}

fn with_epochs(configuration: &Configuration, epochs: Option<usize>) -> Configuration {
    let mut tried = configuration.clone();
    if let Some(epochs) = epochs {
        tried.set_epochs(epochs);
    }
    tried
}

/// A finished sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// What the measures are based on.
    pub facts: Facts,
    /// What ranks the configurations.
    pub objective: Measure,
    /// How they were chosen.
    pub method: Method,
    /// Best on validation first.
    pub rows: Vec<SweepRow>,
}

/// One configuration's measures over seeds × folds.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepRow {
    /// Its name.
    pub name: String,
    /// How it differs from the base.
    pub changes: Vec<Change>,
    /// The experiment of the last round it was in.
    pub experiment: Experiment,
    /// The last round of a halving it was in, from 0.
    pub round: usize,
    /// [`STANDARD`] on the validation queries; empty if every trial failed.
    pub validation: ByMeasure<Spread>,
    /// [`STANDARD`] on the test queries, which are not used to choose.
    pub test: ByMeasure<Spread>,
    /// The folders of its trials of that round.
    pub folders: Vec<PathBuf>,
    /// Errors, each with the number of trials that failed with it.
    pub failures: BTreeMap<String, usize>,
}

impl SweepRow {
    fn new(configuration: &Configuration) -> Self {
        Self {
            name: configuration.name.clone(),
            changes: configuration.changes.clone(),
            experiment: configuration.experiment.clone(),
            round: 0,
            validation: ByMeasure::default(),
            test: ByMeasure::default(),
            folders: Vec::new(),
            failures: BTreeMap::new(),
        }
    }

    fn fill(&mut self, experiment: &Experiment, results: &[&TrialResult], round: usize) {
        self.experiment = experiment.clone();
        self.round = round;
        self.validation = over_trials(results, Split::Validation);
        self.test = over_trials(results, Split::Test);
        self.folders = results.iter().map(|result| result.folder.clone()).collect();
        self.failures = failures(results);
    }
}

/// Errors of trials, each with the number of trials that failed with it.
pub(super) fn failures(results: &[&TrialResult]) -> BTreeMap<String, usize> {
    let mut failures = BTreeMap::new();
    for message in results.iter().filter_map(|result| result.outcome.as_ref().err()) {
        *failures.entry(message.clone()).or_default() += 1;
    }
    failures
}

impl Sweep {
    /// The result as saved in `study.json`.
    pub fn object(&self) -> Value {
        let row = |row: &SweepRow| {
            json!({
                "name": row.name,
                "changes": row.changes,
                "epochs": row.experiment.training.epochs,
                "validation": some(&row.validation),
                "test": some(&row.test),
                "trials": facts::names(&row.folders),
                "failures": row.failures,
            })
        };
        let results = json!({
            "objective": format!("{} on validation", self.objective),
            "method": self.method,
            "configurations": self.rows.iter().map(row).collect::<Vec<_>>(),
        });
        facts::object("sweep", &self.facts, &results)
    }
}
