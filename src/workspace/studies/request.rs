//! What a person asks of a study.

use crate::signals::Signals;
use crate::study::{self, Axis, Configuration, Folds, Method, StudyError, SweepPlan, Values};
use crate::train::Experiment;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// What kind of study.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StudyKind {
    /// The configuration against itself with one part taken away.
    #[default]
    Ablation,
    /// The configuration on every fold with every seed.
    CrossValidation,
    /// Many values of some parameters.
    Sweep,
}

impl StudyKind {
    /// For menus and folders.
    pub fn name(self) -> &'static str {
        match self {
            StudyKind::Ablation => "Ablation",
            StudyKind::CrossValidation => "Cross-validation",
            StudyKind::Sweep => "Sweep",
        }
    }
}

/// A request for a study, saved in its folder so that it can be resumed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StudyRequest {
    /// What kind.
    pub kind: StudyKind,
    /// What every configuration starts from.
    pub experiment: Experiment,
    /// Folds of the cross-validation by query; below 2 stands for the split of the files.
    pub folds: usize,
    /// How many seeds: 1, 2, …
    pub seeds: usize,
    /// Parameters of a sweep with their values, a line each: `graph.k = 5, 10, 20`.
    pub values: String,
    /// Combinations of a sweep drawn at random; 0 tries all.
    pub samples: usize,
    /// The names of the visual vectors' sources.
    pub vectors: Vec<String>,
    /// Where the data set lay.
    pub dataset_path: PathBuf,
}

impl Default for StudyRequest {
    fn default() -> Self {
        Self {
            kind: StudyKind::default(),
            experiment: Experiment::default(),
            folds: 5,
            seeds: 3,
            values: "graph.k = 5, 10, 20\nmodel.conv_layers = 1, 2, 3".to_owned(),
            samples: 0,
            vectors: Vec::new(),
            dataset_path: PathBuf::new(),
        }
    }
}

/// How much a study trains.
#[derive(Clone, Debug, PartialEq)]
pub struct StudySize {
    /// Configurations that are compared.
    pub configurations: usize,
    /// Trainings in all: every configuration on every fold with every seed.
    pub trials: usize,
    /// Epochs of all trainings together, if none stops early.
    pub epochs: usize,
    /// How long that takes at the pace of the latest run with the same network on the same data set, if there is one.
    pub estimate: Option<Duration>,
    /// Settings that each training chooses first, which takes further trainings.
    pub chosen: usize,
}

impl StudyRequest {
    pub(super) fn folds(&self) -> Folds {
        if self.folds < 2 { Folds::Files } else { Folds::cross(self.folds) }
    }

    pub(super) fn seeds(&self) -> Vec<u64> {
        (1..=self.seeds.max(1) as u64).collect()
    }

    /// The sweep's parameters and values.
    ///
    /// # Errors
    /// The line that is not `PARAMETER = VALUE, VALUE, …`, or names no parameter.
    pub fn axes(&self) -> Result<Vec<Axis>, StudyError> {
        let lines = self.values.lines().map(str::trim).filter(|line| !line.is_empty());
        let axis = |line: &str| {
            let (parameter, values) = study::typed_values(line)?;
            Ok(Axis { parameter, values: Values::List(values) })
        };
        lines.map(axis).collect()
    }

    pub(super) fn plan(&self) -> Result<SweepPlan, StudyError> {
        let axes = if self.kind == StudyKind::Sweep { self.axes()? } else { Vec::new() };
        if self.kind == StudyKind::Sweep && axes.is_empty() {
            return Err(StudyError::Plan("name at least one parameter with its values".to_owned()));
        }
        let method = match self.samples {
            samples if samples > 0 && self.kind == StudyKind::Sweep => Method::Random { samples, sample_seed: 1 },
            _ => Method::Grid,
        };
        Ok(SweepPlan {
            base: self.experiment.clone(),
            axes,
            method,
            folds: self.folds(),
            seeds: self.seeds(),
            objective: self.experiment.training.stop_on,
            dataset: None,
            vectors: None,
        })
    }

    /// The number of configurations, if it can be known without the data.
    ///
    /// # Errors
    /// What is wrong with the values.
    pub fn configurations(&self) -> Result<usize, StudyError> {
        Ok(self.plan()?.configurations()?.len())
    }

    /// What is compared.
    ///
    /// # Errors
    /// What is wrong with the values.
    pub(super) fn tried(&self, signals: &Signals) -> Result<Vec<Configuration>, StudyError> {
        match self.kind {
            StudyKind::Ablation => study::ablations(&self.experiment, signals),
            StudyKind::CrossValidation | StudyKind::Sweep => self.plan()?.configurations(),
        }
    }

    /// Its size; `pace` is the usual length of an epoch in seconds.
    ///
    /// # Errors
    /// What is wrong with the values.
    pub(super) fn size(&self, signals: &Signals, pace: Option<f64>) -> Result<StudySize, StudyError> {
        let configurations = self.tried(signals)?;
        study::check_size(configurations.len(), self.folds.max(1), self.seeds.max(1))?;
        let repeats = self.folds.max(1) * self.seeds.max(1);
        let epochs = |configuration: &Configuration| {
            let training = &configuration.experiment.training;
            training.epochs * if training.retrain { 2 } else { 1 }
        };
        let epochs = repeats * configurations.iter().map(epochs).sum::<usize>();
        let estimate = pace.and_then(|pace| Duration::try_from_secs_f64(pace * epochs as f64).ok());
        Ok(StudySize {
            configurations: configurations.len(),
            trials: repeats * configurations.len(),
            epochs,
            estimate,
            chosen: self.experiment.choose.len(),
        })
    }
}
