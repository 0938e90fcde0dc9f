//! Experiments by name: what a sweep or an ablation starts from, and what a benchmark sets side by side.

use super::parameters::nearest;
use super::{Configuration, StudyError};
use crate::model::ModelKind;
use crate::train::{Experiment, Preset};

/// What a benchmark sets beside the shipped preset: the authors' settings.
pub const REFERENCE: &str = "reference";

/// The experiments that have a name: each [`Preset`], and each kind of network with the reference's other settings.
pub fn names() -> Vec<&'static str> {
    let kinds = ModelKind::ALL.iter().map(|kind| kind.name());
    Preset::ALL.iter().map(|preset| preset.name()).chain(kinds).collect()
}

/// The experiment of a name of [`names`].
///
/// # Errors
/// If there is none, with the nearest and the list.
pub fn named(name: &str) -> Result<Experiment, StudyError> {
    if let Some(kind) = ModelKind::ALL.iter().find(|kind| kind.name() == name) {
        let mut experiment = Preset::Reference.experiment();
        experiment.model.kind = *kind;
        // A weighted sum has so few weights that the reference's small steps would not get it anywhere.
        if *kind == ModelKind::Linear {
            experiment.training.learning_rate = 0.02;
        }
        return Ok(experiment);
    }
    name.parse::<Preset>().map(Preset::experiment).map_err(|_| {
        let names = names();
        let near = nearest(&names, name).unwrap_or_default();
        let message = format!("no preset is called “{name}”; did you mean “{near}”? There are {}", names.join(", "));
        StudyError::Parameter(message)
    })
}

/// What a benchmark compares where nothing else is asked for: all of [`names`], and one name for each experiment (the
/// reference is of a kind that has a name too).
pub fn benchmark_names() -> Vec<&'static str> {
    let mut kept: Vec<(&'static str, Experiment)> = Vec::new();
    for name in names() {
        if let Ok(experiment) = named(name)
            && kept.iter().all(|(_, other)| *other != experiment)
        {
            kept.push((name, experiment));
        }
    }
    kept.into_iter().map(|(name, _)| name).collect()
}

/// Named experiments as configurations of a study.
///
/// # Errors
/// If a name is unknown.
pub fn configurations<S: AsRef<str>>(names: &[S]) -> Result<Vec<Configuration>, StudyError> {
    let of = |name: &S| {
        let name = name.as_ref().trim();
        Ok(Configuration { name: name.to_owned(), changes: Vec::new(), experiment: named(name)? })
    };
    names.iter().map(of).collect()
}
