//! Experiments from files: our own, and those of the paper authors' code.
//!
//! The latter are JSON: `{"params": {…}}`, or `{"grid_params": {…}}` with a list for each key, of which every
//! combination is an experiment. Read are `model`, `input_channels`, `nb_layers`, `conv_channels`, `nb_conv_layers`,
//! `dropout`, `batch_size`, `lr`, `l2_norm`, `nb_epochs`, `loss`, `top_k` (which counts the image itself),
//! `early_stopping`, `patience` and `monitoring_metric`; `in_dim`, `visual_dim` and `checkpoint_dir` are known and left
//! to the data and the command line.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::{Experiment, Loss, Method, RunRecord};
use crate::eval::Measure;
use crate::model::{Activation, ModelKind};

/// More combinations than anyone would train.
const MOST: usize = 100_000;

/// Keys that belong to the authors' files and decide nothing here.
const LEFT_OUT: [&str; 3] = ["in_dim", "visual_dim", "checkpoint_dir"];

/// The experiments of a file, and what in it was not understood.
type Read = Result<(Vec<Experiment>, Vec<String>), String>;

/// Reads a configuration of the paper authors' code, or a grid of them.
///
/// # Errors
/// What is wrong with the file, with its path and the line of the field.
pub fn read_reference(path: &Path) -> Read {
    let text = fs::read_to_string(path).map_err(|error| format!("{error}: {}", path.display()))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {}", path.display()))?;
    reference(&text, &value, path)
}

/// Reads any file that says what to train: a saved run's `run.json`, an experiment as JSON or TOML, or one of the paper
/// authors' files.
///
/// # Errors
/// What is wrong with the file, with its path.
pub fn read_config(path: &Path) -> Read {
    let text = fs::read_to_string(path).map_err(|error| format!("{error}: {}", path.display()))?;
    let at = |error: &dyn std::fmt::Display| format!("{}: {}", error.to_string().trim_end(), path.display());
    let toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let value: Value = match toml {
        true => toml::from_str(&text).map_err(|error| at(&error))?,
        false => serde_json::from_str(&text).map_err(|error| at(&error))?,
    };
    let Some(fields) = value.as_object() else { return Err(at(&"not a table of settings")) };
    let known = |key: &&str| fields.contains_key(*key);
    if ["params", "grid_params"].iter().any(known) || ["top_k", "input_channels", "nb_epochs"].iter().any(known) {
        return reference(&text, &value, path);
    }
    let own = match fields.contains_key("experiment") {
        true => {
            let record: RunRecord = serde_json::from_value(value.clone()).map_err(|error| at(&error))?;
            (record.experiment, &value["experiment"])
        }
        false => (serde_json::from_value(value.clone()).map_err(|error| at(&error))?, &value),
    };
    let written = serde_json::to_value(&own.0).map_err(|error| at(&error))?;
    let mut unknown = Vec::new();
    strangers(own.1, &written, "", &mut unknown);
    let told = unknown.into_iter().map(|key| format!("unknown setting {key}: {}", path.display())).collect();
    Ok((vec![own.0], told))
}

/// Keys of `given` that `known` lacks, with the tables they are in.
fn strangers(given: &Value, known: &Value, above: &str, found: &mut Vec<String>) {
    let (Some(given), Some(known)) = (given.as_object(), known.as_object()) else { return };
    for (key, value) in given {
        match known.get(key) {
            Some(known) => strangers(value, known, &format!("{above}{key}."), found),
            None => found.push(format!("{above}{key}")),
        }
    }
}

/// One of the authors' fields: what a message about it says.
struct Field<'a> {
    key: &'a str,
    value: &'a Value,
    place: String,
}

fn reference(text: &str, value: &Value, path: &Path) -> Read {
    let place = |key: &str| {
        let quoted = format!("\"{key}\"");
        match text.lines().position(|line| line.contains(&quoted)) {
            Some(line) => format!("{}:{}", path.display(), line + 1),
            None => path.display().to_string(),
        }
    };
    let inner = ["params", "grid_params"].iter().find_map(|key| value.get(key)).unwrap_or(value);
    let Some(fields) = inner.as_object() else {
        return Err(format!("the parameters are no table of fields: {}", path.display()));
    };
    let mut warnings = Vec::new();
    let mut experiments = vec![Experiment::default()];
    experiments.iter_mut().for_each(authors);
    check_stopping(fields, &mut warnings, &place);
    for (key, value) in fields {
        let stops = fields.contains_key("early_stopping");
        let idle =
            LEFT_OUT.contains(&key.as_str()) || if stops { key == "monitoring_metric" } else { key == "patience" };
        if idle {
            continue;
        }
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        if values.is_empty() {
            return Err(format!("{key} is an empty list: {}", place(key)));
        }
        if experiments.len() * values.len() > MOST {
            return Err(format!("the grid has more than {MOST} combinations: {}", path.display()));
        }
        let mut grown = Vec::with_capacity(experiments.len() * values.len());
        let mut unknown = false;
        for experiment in &experiments {
            for value in values {
                let mut experiment = experiment.clone();
                unknown |= !set(&mut experiment, &Field { key, value, place: place(key) })?;
                grown.push(experiment);
            }
        }
        if unknown {
            warnings.push(format!("unknown field {key}: {}", place(key)));
            continue;
        }
        experiments = grown;
    }
    Ok((experiments, warnings))
}

/// What the authors' code does without being asked: Adam with an L2 term, no activation, all epochs.
fn authors(experiment: &mut Experiment) {
    experiment.model.activation = Activation::None;
    experiment.training.optimiser = Method::Adam;
    experiment.training.loss = Loss::Bpr;
    experiment.training.patience = None;
}

fn check_stopping(fields: &Map<String, Value>, warnings: &mut Vec<String>, place: &dyn Fn(&str) -> String) {
    match (fields.contains_key("early_stopping"), fields.contains_key("patience")) {
        (true, false) => {
            warnings.push(format!("early_stopping without patience stops nothing: {}", place("early_stopping")));
        }
        (false, true) => warnings.push(format!("patience without early_stopping stops nothing: {}", place("patience"))),
        _ => {}
    }
    if fields.contains_key("early_stopping") && fields.contains_key("monitoring_metric") {
        warnings.push(format!("early_stopping decides instead of monitoring_metric: {}", place("monitoring_metric")));
    }
}

/// Puts one field into an experiment; `false` where no field is called so.
fn set(experiment: &mut Experiment, field: &Field<'_>) -> Result<bool, String> {
    let (model, training) = (&mut experiment.model, &mut experiment.training);
    match field.key {
        "model" => model.kind = kind(field)?,
        "input_channels" => model.hidden = field.count()?,
        "nb_layers" => model.mlp_layers = field.count()?,
        "conv_channels" => model.conv_size = field.count()?,
        "nb_conv_layers" => model.conv_layers = field.count()?,
        "dropout" => model.dropout = field.number()? as f32,
        "batch_size" => training.batch = field.count()?,
        "lr" => training.learning_rate = field.number()?,
        "l2_norm" => training.weight_decay = field.number()?,
        "nb_epochs" => training.epochs = field.count()?,
        "patience" => training.patience = Some(field.count()?),
        "top_k" => experiment.graph.k = field.count()? - 1,
        "early_stopping" | "monitoring_metric" => {
            training.stop_on =
                field.text()?.parse::<Measure>().map_err(|error| format!("{}: {error}: {}", field.key, field.place))?;
        }
        "loss" => match field.text()? {
            "BPRLoss" => training.loss = Loss::Bpr,
            other => return Err(format!("loss: “{other}” is unknown, only BPRLoss is: {}", field.place)),
        },
        _ => return Ok(false),
    }
    Ok(true)
}

fn kind(field: &Field<'_>) -> Result<ModelKind, String> {
    let name = field.text()?.to_lowercase();
    name.parse().map_err(|error| format!("{}: {error}: {}", field.key, field.place))
}

impl Field<'_> {
    fn count(&self) -> Result<usize, String> {
        // Numbers may be written as 16.0.
        let whole = self.value.as_f64().filter(|x| x.fract() == 0.0 && (1.0..1e9).contains(x));
        whole.map(|x| x as usize).ok_or_else(|| self.wrong("a whole number from 1"))
    }

    fn number(&self) -> Result<f64, String> {
        self.value.as_f64().filter(|x| *x >= 0.0).ok_or_else(|| self.wrong("a number from 0"))
    }

    fn text(&self) -> Result<&str, String> {
        self.value.as_str().ok_or_else(|| self.wrong("a name in quotes"))
    }

    fn wrong(&self, wanted: &str) -> String {
        format!("{} must be {wanted}, not {}: {}", self.key, self.value, self.place)
    }
}
