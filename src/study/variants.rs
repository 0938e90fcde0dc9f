//! Experiments by name: what a sweep or an ablation starts from, and what a benchmark compares.

use super::parameters::nearest;
use super::{Configuration, StudyError};
use crate::model::ModelKind;
use crate::train::{Experiment, Preset};

/// The authors' settings, which a benchmark compares with the bundled preset.
pub const REFERENCE: &str = "reference";

/// The default preset with another model: the same inputs and the same training, so that only the model differs.
const EQUAL_INPUTS: [(&str, ModelKind); 5] = [
    ("best/linear", ModelKind::Linear),
    ("best/mlp", ModelKind::Mlp),
    ("best/gcn", ModelKind::Gcn),
    ("best/dcmm-cos", ModelKind::DcmmCos),
    ("best/dcmm-edge", ModelKind::DcmmEdge),
];

/// The names of experiments: each [`Preset`]; the default preset with other models, as `best/gcn`; and each kind of
/// model, with the reference's other settings.
pub fn names() -> Vec<&'static str> {
    let presets = Preset::ALL.iter().map(|preset| preset.name());
    let equal = EQUAL_INPUTS.iter().map(|(name, _)| *name);
    presets.chain(equal).chain(ModelKind::ALL.iter().map(|kind| kind.name())).collect()
}

/// The experiment with one of the [`names`].
///
/// # Errors
/// If there is none, with the nearest name and the list.
pub fn named(name: &str) -> Result<Experiment, StudyError> {
    if let Some(kind) = ModelKind::ALL.iter().find(|kind| kind.name() == name) {
        let mut experiment = Preset::Reference.experiment();
        experiment.model.kind = *kind;
        // With its few weights, a weighted sum would hardly move at the reference's small steps.
        if *kind == ModelKind::Linear {
            experiment.training.learning_rate = 0.02;
        }
        return Ok(experiment);
    }
    if let Some((_, kind)) = EQUAL_INPUTS.iter().find(|(equal, _)| *equal == name) {
        let mut experiment = Preset::Best.experiment();
        experiment.model.kind = *kind;
        return Ok(experiment);
    }
    name.parse::<Preset>().map(Preset::experiment).map_err(|_| {
        let names = names();
        let near = nearest(&names, name).unwrap_or_default();
        let message = format!("no preset is called “{name}”; did you mean “{near}”? Known: {}", names.join(", "));
        StudyError::Parameter(message)
    })
}

/// What a benchmark compares by default: all [`names`], but each experiment once (the reference is also the experiment
/// of its kind).
pub fn benchmark_names() -> Vec<&'static str> {
    let mut unique: Vec<(&'static str, Experiment)> = Vec::new();
    for name in names() {
        if let Ok(experiment) = named(name)
            && unique.iter().all(|(_, other)| *other != experiment)
        {
            unique.push((name, experiment));
        }
    }
    unique.into_iter().map(|(name, _)| name).collect()
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
