//! Experiments by name: what a sweep or an ablation starts from, and what a benchmark sets side by side.

use super::parameters::nearest;
use super::{Configuration, StudyError};
use crate::model::{Activation, ModelKind};
use crate::train::{Experiment, Loss};

/// The name of [`reference()`].
pub const REFERENCE: &str = "reference";

/// DCMM-edge with the settings of the authors' released code: its grid's larger widths, 10 neighbours counting the
/// image itself (9 here), 40 epochs of which the best on validation is kept.
pub fn reference() -> Experiment {
    let mut experiment = Experiment::default();
    experiment.graph.k = 9;
    let model = &mut experiment.model;
    (model.kind, model.activation, model.dropout) = (ModelKind::DcmmEdge, Activation::None, 0.2);
    (model.hidden, model.mlp_layers, model.conv_size, model.conv_layers) = (32, 2, 32, 1);
    let training = &mut experiment.training;
    (training.loss, training.learning_rate, training.weight_decay) = (Loss::Bpr, 1e-3, 0.0);
    (training.batch, training.epochs, training.patience) = (16, 40, None);
    experiment
}

/// The experiments that have a name: `default` (what the window starts with), [`REFERENCE`], and each kind of network
/// with the reference's other settings.
pub fn names() -> Vec<&'static str> {
    let kinds = ModelKind::ALL.iter().map(|kind| kind.name());
    ["default", REFERENCE].into_iter().chain(kinds).collect()
}

/// The experiment of a name of [`names`].
///
/// # Errors
/// If there is none, with the nearest and the list.
pub fn named(name: &str) -> Result<Experiment, StudyError> {
    if let Some(kind) = ModelKind::ALL.iter().find(|kind| kind.name() == name) {
        let mut experiment = reference();
        experiment.model.kind = *kind;
        return Ok(experiment);
    }
    match name {
        "default" => Ok(Experiment::default()),
        REFERENCE => Ok(reference()),
        _ => {
            let names = names();
            let near = nearest(&names, name).unwrap_or_default();
            let message =
                format!("no preset is called “{name}”; did you mean “{near}”? There are {}", names.join(", "));
            Err(StudyError::Parameter(message))
        }
    }
}

/// What a benchmark compares where nothing else is asked for: all of [`names`] but `default`, and one name for each
/// experiment (the reference is of a kind that has a name too).
pub fn benchmark_names() -> Vec<&'static str> {
    let mut kept: Vec<(&'static str, Experiment)> = Vec::new();
    for name in names().into_iter().filter(|name| *name != "default") {
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
