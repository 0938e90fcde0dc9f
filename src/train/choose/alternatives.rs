//! What can be chosen: settings, each with the values to choose from.

use serde_json::Value;

use crate::train::{Experiment, Setting, TrainError};

/// The most values of one setting, and the most settings.
const MOST: usize = 16;
/// Settings of the protocol itself, by which alternatives are compared.
const FIXED: [&str; 7] = [
    "training.epochs",
    "training.seed",
    "training.stop_on",
    "training.patience",
    "training.keep",
    "training.retrain",
    "training.batch",
];

/// A setting and the values to choose from, the usual one first.
#[derive(Clone, Debug)]
pub struct Alternatives {
    /// The setting.
    pub setting: &'static Setting,
    /// At least two values, all different.
    pub values: Vec<Value>,
}

impl Alternatives {
    /// Whether a setting can be chosen: alternatives are not compared by it.
    pub fn allows(setting: &Setting) -> bool {
        !FIXED.contains(&setting.path)
    }

    /// The setting's path in an entry of [`Experiment::choose`], whether or not the rest can be read.
    pub fn path(text: &str) -> &str {
        text.split_once('=').map_or(text, |(path, _)| path).trim()
    }

    /// Reads `visual.components=64,0`.
    ///
    /// # Errors
    /// [`TrainError::Config`] if there is no such setting, it cannot be chosen, or a value is invalid.
    pub fn parse(text: &str) -> Result<Self, TrainError> {
        let fault = |message: String| TrainError::Config(format!("cannot choose “{text}”: {message}"));
        let Some((_, values)) = text.split_once('=') else {
            return Err(fault("it must be SETTING=VALUE,VALUE,…".to_owned()));
        };
        let path = Self::path(text);
        let setting = Setting::find(path).ok_or_else(|| fault(format!("there is no setting “{path}”")))?;
        if !Self::allows(setting) {
            return Err(fault("alternatives are compared by this setting".to_owned()));
        }
        let mut found: Vec<Value> = Vec::new();
        for value in values.split(',') {
            let value = setting.parse(value.trim()).map_err(|expected| fault(format!("{path} {expected}")))?;
            if !found.contains(&value) {
                found.push(value);
            }
        }
        match found.len() {
            0 | 1 => Err(fault("there must be at least two values".to_owned())),
            2..=MOST => Ok(Self { setting, values: found }),
            _ => Err(fault(format!("there can be at most {MOST} values"))),
        }
    }

    /// The value where there are too few queries to compare any: the first, except that a weight for each of many
    /// components cannot be learned from a few queries. (On folders of 48 photos with three queries of 20 judgements, one
    /// of them to train on, 64 components gave a mean MAP of .415 on the third query, and none .574.)
    pub(super) fn cautious(&self) -> &Value {
        let none = self.values.iter().find(|value| self.setting.path == "visual.components" && **value == 0);
        none.unwrap_or(&self.values[0])
    }

    /// The same experiment with one of the values.
    pub(super) fn set(&self, experiment: &Experiment, value: &Value) -> Result<Experiment, TrainError> {
        let fault = |error: serde_json::Error| TrainError::Config(format!("{}: {error}", self.setting.path));
        let mut tree = serde_json::to_value(experiment).map_err(fault)?;
        if let Some(current) = self.setting.value_in(&mut tree) {
            *current = value.clone();
        }
        serde_json::from_value(tree).map_err(fault)
    }
}

impl Experiment {
    /// What is to be chosen, in order.
    ///
    /// # Errors
    /// [`TrainError::Config`] if an entry of [`Experiment::choose`] is invalid or names a setting twice.
    pub fn alternatives(&self) -> Result<Vec<Alternatives>, TrainError> {
        if self.choose.len() > MOST {
            return Err(TrainError::Config(format!("at most {MOST} settings can be chosen")));
        }
        let all: Vec<Alternatives> =
            self.choose.iter().map(|text| Alternatives::parse(text)).collect::<Result<_, _>>()?;
        for (at, one) in all.iter().enumerate() {
            if all[..at].iter().any(|other| other.setting.path == one.setting.path) {
                return Err(TrainError::Config(format!("{} is to be chosen twice", one.setting.path)));
            }
        }
        Ok(all)
    }

    /// Whether each run chooses this setting.
    pub fn chooses(&self, path: &str) -> bool {
        self.choose.iter().any(|text| Alternatives::path(text) == path)
    }

    /// Chooses this setting no longer: it has the value that it was given.
    pub fn fix(&mut self, path: &str) {
        self.choose.retain(|text| Alternatives::path(text) != path);
    }
}
