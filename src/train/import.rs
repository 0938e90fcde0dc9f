//! Experiments from files: our own, and those of the paper authors' code.
//!
//! The latter are JSON: `{"params": {…}}`, or `{"grid_params": {…}}` with a list per key, of which every combination is
//! an experiment. Supported are `model`, `input_channels`, `nb_layers`, `conv_channels`, `nb_conv_layers`, `dropout`,
//! `batch_size`, `lr`, `l2_norm`, `nb_epochs`, `loss`, `top_k` (which counts the image itself), `early_stopping`,
//! `patience` and `monitoring_metric`; `in_dim`, `visual_dim` and `checkpoint_dir` are ignored, as the data and the
//! command line determine them.

use std::fmt::Display;
use std::path::Path;

use serde_json::{Map, Value};

use super::{Experiment, Loss, Method, RunRecord, Setting};
use crate::base::{At, FileError, UnknownName, read_text_file};
use crate::eval::Measure;
use crate::model::{Activation, ModelKind};

/// More combinations than anyone would train.
const MOST: usize = 100_000;

/// Keys of the authors' files that have no effect here.
const IGNORED: [&str; 3] = ["in_dim", "visual_dim", "checkpoint_dir"];

/// The experiments of a file, and warnings about unknown settings.
type Read = Result<(Vec<Experiment>, Vec<String>), FileError>;

/// Reads a configuration of the paper authors' code, or a grid of them.
///
/// # Errors
/// If the file is invalid, with its path and the line of the field.
pub fn read_reference(path: &Path) -> Read {
    let text = read_text_file(path)?;
    let value: Value = serde_json::from_str(&text).at(path)?;
    reference(&text, &value, path)
}

/// Reads any file that describes an experiment: a saved run's `run.json`, an experiment as JSON or TOML, or one of the
/// paper authors' files.
///
/// # Errors
/// If the file is invalid or has an unknown setting, with its path.
pub fn read_config(path: &Path) -> Read {
    let text = read_text_file(path)?;
    let toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let value: Value = match toml {
        true => toml::from_str(&text).map_err(|error| FileError::malformed(error.to_string().trim_end(), path))?,
        false => serde_json::from_str(&text).at(path)?,
    };
    let Some(fields) = value.as_object() else { return Err(FileError::malformed("not a table of settings", path)) };
    let known = |key: &&str| fields.contains_key(*key);
    if ["params", "grid_params"].iter().any(known) || ["top_k", "input_channels", "nb_epochs"].iter().any(known) {
        return reference(&text, &value, path);
    }
    let own = match fields.contains_key("experiment") {
        true => {
            let record: RunRecord = serde_json::from_value(value.clone()).at(path)?;
            (record.with_effective_settings().experiment, &value["experiment"])
        }
        false => (serde_json::from_value(value.clone()).at(path)?, &value),
    };
    own.0.check().map_err(|error| FileError::malformed(error, path))?;
    let written = serde_json::to_value(&own.0).at(path)?;
    let mut unknown = Vec::new();
    unknown_keys(own.1, &written, "", &mut unknown);
    if let Some(key) = unknown.first() {
        let names: Vec<&str> = Setting::all().map(|setting| setting.path).collect();
        let message = UnknownName::new("setting", key, &names).to_string();
        return Err(FileError::Malformed { message, path: path.to_owned(), line: line_of(&text, key) });
    }
    Ok((vec![own.0], Vec::new()))
}

/// The line of a key's last part, from 1, if only one line begins with it.
fn line_of(text: &str, key: &str) -> Option<usize> {
    let name = key.rsplit('.').next()?;
    let begins = |line: &str| {
        let rest = line.trim_start().trim_start_matches(['"', '{']).strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with(['"', ' ', '=', ':']))
    };
    let mut lines = text.lines().enumerate().filter(|(_, line)| begins(line)).map(|(at, _)| at + 1);
    lines.next().filter(|_| lines.next().is_none())
}

/// Keys of `given` that `known` lacks, with their path.
fn unknown_keys(given: &Value, known: &Value, above: &str, found: &mut Vec<String>) {
    let (Some(given), Some(known)) = (given.as_object(), known.as_object()) else { return };
    for (key, value) in given {
        match known.get(key) {
            Some(known) => unknown_keys(value, known, &format!("{above}{key}."), found),
            None => found.push(format!("{above}{key}")),
        }
    }
}

/// The text of one of the authors' files, for messages about its fields.
#[derive(Clone, Copy)]
struct Source<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Source<'_> {
    /// An error about a field, with its line.
    fn about(self, key: &str, message: impl Display) -> FileError {
        let quoted = format!("\"{key}\"");
        let line = self.text.lines().position(|line| line.contains(&quoted)).map(|line| line + 1);
        FileError::Malformed { message: message.to_string(), path: self.path.to_owned(), line }
    }
}

/// One of the authors' fields.
struct Field<'a> {
    key: &'a str,
    value: &'a Value,
    source: Source<'a>,
}

fn reference(text: &str, value: &Value, path: &Path) -> Read {
    let source = Source { text, path };
    let inner = ["params", "grid_params"].iter().find_map(|key| value.get(key)).unwrap_or(value);
    let Some(fields) = inner.as_object() else {
        return Err(FileError::malformed("the parameters are not a table of fields", path));
    };
    let mut warnings = Vec::new();
    let mut experiments = vec![Experiment::default()];
    experiments.iter_mut().for_each(authors);
    check_stopping(fields, &mut warnings, source);
    for (key, value) in fields {
        let stops = fields.contains_key("early_stopping");
        let idle =
            IGNORED.contains(&key.as_str()) || if stops { key == "monitoring_metric" } else { key == "patience" };
        if idle {
            continue;
        }
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        if values.is_empty() {
            return Err(source.about(key, format!("{key} is an empty list")));
        }
        if experiments.len() * values.len() > MOST {
            return Err(FileError::malformed(format!("the grid has more than {MOST} combinations"), path));
        }
        let mut grown = Vec::with_capacity(experiments.len() * values.len());
        let mut unknown = false;
        for experiment in &experiments {
            for value in values {
                let mut experiment = experiment.clone();
                unknown |= !set(&mut experiment, &Field { key, value, source })?;
                grown.push(experiment);
            }
        }
        if unknown {
            warnings.push(source.about(key, format!("unknown field {key}")).to_string());
            continue;
        }
        experiments = grown;
    }
    Ok((experiments, warnings))
}

/// The defaults of the authors' code: Adam with an L2 term, no activation, all epochs.
fn authors(experiment: &mut Experiment) {
    experiment.model.activation = Activation::None;
    experiment.training.optimiser = Method::Adam;
    experiment.training.loss = Loss::Bpr;
    experiment.training.patience = None;
}

fn check_stopping(fields: &Map<String, Value>, warnings: &mut Vec<String>, source: Source<'_>) {
    let mut warn = |key: &str, message: &str| warnings.push(source.about(key, message).to_string());
    match (fields.contains_key("early_stopping"), fields.contains_key("patience")) {
        (true, false) => warn("early_stopping", "early_stopping has no effect without patience"),
        (false, true) => warn("patience", "patience has no effect without early_stopping"),
        _ => {}
    }
    if fields.contains_key("early_stopping") && fields.contains_key("monitoring_metric") {
        warn("monitoring_metric", "early_stopping takes precedence over monitoring_metric");
    }
}

/// Applies one field to an experiment and checks its range; `false` if the field is unknown.
fn set(experiment: &mut Experiment, field: &Field<'_>) -> Result<bool, FileError> {
    if !assign(experiment, field)? {
        return Ok(false);
    }
    match SETTINGS.iter().find(|(key, _)| *key == field.key).and_then(|(_, path)| Setting::find(path)) {
        Some(setting) if !setting.holds(experiment) => {
            // It counts the image itself.
            let counts = if field.key == "top_k" { " without the image itself" } else { "" };
            let message = format!("{}{counts} {}, not {}", field.key, setting.expected(), field.value);
            Err(field.source.about(field.key, message))
        }
        _ => Ok(true),
    }
}

/// The numbers of the authors' files, and the settings that have their ranges.
const SETTINGS: [(&str, &str); 11] = [
    ("input_channels", "model.hidden"),
    ("nb_layers", "model.mlp_layers"),
    ("conv_channels", "model.conv_size"),
    ("nb_conv_layers", "model.conv_layers"),
    ("dropout", "model.dropout"),
    ("batch_size", "training.batch"),
    ("lr", "training.learning_rate"),
    ("l2_norm", "training.weight_decay"),
    ("nb_epochs", "training.epochs"),
    ("patience", "training.patience"),
    ("top_k", "graph.k"),
];

fn assign(experiment: &mut Experiment, field: &Field<'_>) -> Result<bool, FileError> {
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
            training.stop_on = field.text()?.parse::<Measure>().map_err(|error| field.fault(&error))?;
        }
        "loss" => match field.text()? {
            "BPRLoss" => training.loss = Loss::Bpr,
            other => return Err(field.fault(&format!("“{other}” is not supported, only BPRLoss is"))),
        },
        _ => return Ok(false),
    }
    Ok(true)
}

fn kind(field: &Field<'_>) -> Result<ModelKind, FileError> {
    let name = field.text()?.to_lowercase();
    name.parse().map_err(|error: UnknownName| field.fault(&error))
}

impl Field<'_> {
    fn count(&self) -> Result<usize, FileError> {
        // Numbers may be written as 16.0.
        let whole = self.value.as_f64().filter(|x| x.fract() == 0.0 && (1.0..1e15).contains(x));
        whole.map(|x| x as usize).ok_or_else(|| self.invalid("a whole number of at least 1"))
    }

    fn number(&self) -> Result<f64, FileError> {
        self.value.as_f64().filter(|x| *x >= 0.0).ok_or_else(|| self.invalid("a number of at least 0"))
    }

    fn text(&self) -> Result<&str, FileError> {
        self.value.as_str().ok_or_else(|| self.invalid("a name in quotes"))
    }

    fn invalid(&self, wanted: &str) -> FileError {
        self.source.about(self.key, format!("{} must be {wanted}, not {}", self.key, self.value))
    }

    /// An error about the value.
    fn fault(&self, message: &dyn Display) -> FileError {
        self.source.about(self.key, format!("{}: {message}", self.key))
    }
}
