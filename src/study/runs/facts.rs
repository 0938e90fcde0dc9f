//! A run in the form that tables and plots need.

use super::parameters::{self, Parameters};
use super::saved::SavedRun;
use crate::dataset::Split;
use crate::eval::{Measure, Measures};
use crate::train::{Comparison, RunState};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What runs are ranked by: a measure on one split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Objective {
    /// The validation or the test queries.
    pub split: Split,
    /// One of [`crate::eval::STANDARD`].
    pub measure: Measure,
}

impl Default for Objective {
    /// Configurations may be chosen by this, but never by the test queries.
    fn default() -> Self {
        Self { split: Split::Validation, measure: Measure::Map }
    }
}

impl Objective {
    /// For axes and headings: `validation MAP`.
    pub fn name(self) -> String {
        format!("{} {}", self.split.name(), self.measure.label())
    }
}

/// A run in the form that tables and plots need.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The run on disk.
    pub saved: SavedRun,
    /// Its configuration, flat.
    pub parameters: Parameters,
    /// The study it is a trial of.
    pub study: Option<String>,
    /// Equal for runs that differ only in their seeds.
    pub configuration: String,
}

impl RunFacts {
    /// From a saved run.
    pub fn of(saved: SavedRun) -> Self {
        let parameters = parameters::of_run(&saved.record);
        let study = study_of(&saved.path);
        let configuration = parameters::configuration(&saved.record, &parameters, study.as_deref());
        Self { saved, parameters, study, configuration }
    }

    /// A measure of the run's ranking, if it was computed.
    pub fn measure(&self, objective: Objective) -> Option<f64> {
        pick(&self.comparison(objective.split)?.model, objective.measure)
    }

    /// The difference to the text signal alone.
    pub fn gain(&self, objective: Objective) -> Option<f64> {
        let comparison = self.comparison(objective.split)?;
        Some(pick(&comparison.model, objective.measure)? - pick(&comparison.text, objective.measure)?)
    }

    fn comparison(&self, split: Split) -> Option<&Comparison> {
        match split {
            Split::Validation => Some(&self.saved.record.validation),
            Split::Test => Some(&self.saved.record.test),
            _ => None,
        }
    }

    /// Its state in words.
    pub fn state_name(&self) -> &'static str {
        state_name(self.saved.record.state)
    }
}

/// The study of a trial, which lies in its folder `trials`.
fn study_of(path: &Path) -> Option<String> {
    let trials = path.parent().filter(|parent| parent.file_name().is_some_and(|name| name == "trials"))?;
    trials.parent()?.file_name().map(|name| name.to_string_lossy().into_owned())
}

/// The state of a run on disk in words.
pub fn state_name(state: RunState) -> &'static str {
    match state {
        RunState::Running => "interrupted",
        RunState::Finished => "finished",
        RunState::EarlyStopped => "stopped early",
        RunState::Interrupted => "stopped",
    }
}

fn pick(measures: &Measures, measure: Measure) -> Option<f64> {
    measures.get(measure).filter(|value| value.is_finite())
}
