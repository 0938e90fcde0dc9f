//! One run, made ready for tables and plots.

use super::parameters::{self, Parameters};
use crate::dataset::Split;
use crate::eval::{Measure, Measures};
use crate::train::{Comparison, RunState};
use crate::workspace::SavedRun;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What runs are judged by: a measure on one part of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Objective {
    /// The validation or the test queries.
    pub split: Split,
    /// One of [`crate::eval::STANDARD`].
    pub measure: Measure,
}

impl Default for Objective {
    /// What may be chosen by: test figures only tell.
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

/// One run, made ready for tables and plots.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The run on disk.
    pub saved: SavedRun,
    /// Its configuration, flat.
    pub parameters: Parameters,
    /// The study that it is a trial of.
    pub study: Option<String>,
    /// Equal for runs that differ in nothing but the seed.
    pub configuration: String,
}

impl RunFacts {
    /// Reads them off a run.
    pub fn of(saved: SavedRun) -> Self {
        let parameters = parameters::parameters(&saved.record);
        let study = study_of(&saved.path);
        let configuration = parameters::configuration(&saved.record, &parameters, study.as_deref());
        Self { saved, parameters, study, configuration }
    }

    /// The run's figure, once it has one.
    pub fn figure(&self, objective: Objective) -> Option<f64> {
        pick(&self.comparison(objective.split)?.model, objective.measure)
    }

    /// Its change against the text signal alone.
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

    /// How it stands, in words.
    pub fn state_name(&self) -> &'static str {
        state_name(self.saved.record.state)
    }
}

/// A trial lies in its study's folder `trials`.
fn study_of(path: &Path) -> Option<String> {
    let trials = path.parent().filter(|parent| parent.file_name().is_some_and(|name| name == "trials"))?;
    trials.parent()?.file_name().map(|name| name.to_string_lossy().into_owned())
}

/// How a run on disk stands, in words.
pub fn state_name(state: RunState) -> &'static str {
    match state {
        RunState::Running => "cut off",
        RunState::Finished => "finished",
        RunState::EarlyStopped => "stopped early",
        RunState::Interrupted => "stopped by hand",
    }
}

fn pick(measures: &Measures, measure: Measure) -> Option<f64> {
    measures.get(measure).filter(|value| value.is_finite())
}
