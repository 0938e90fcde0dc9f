//! Whether settings are within their ranges.

use super::Setting;
use super::setting::pointer;
use crate::eval::Measure;
use crate::train::{Experiment, TrainConfig, TrainError};
use serde::Serialize;
use serde_json::Value;

impl Experiment {
    /// Checks every setting against its range.
    ///
    /// # Errors
    /// [`TrainError::Config`] with a sentence that names the setting, its range and its value.
    pub fn check(&self) -> Result<(), TrainError> {
        check(self, "")?;
        self.alternatives()?;
        check_warm_up(&self.training)?;
        check_measure(self.training.stop_on)
    }
}

impl TrainConfig {
    /// Checks every setting against its range.
    ///
    /// # Errors
    /// [`TrainError::Config`] with a sentence that names the setting, its range and its value.
    pub fn check(&self) -> Result<(), TrainError> {
        check(self, "training.")?;
        check_warm_up(self)?;
        check_measure(self.stop_on)
    }
}

/// Checks the settings whose paths begin with `prefix`; `values` are what these paths lead to.
fn check(values: &impl Serialize, prefix: &str) -> Result<(), TrainError> {
    let tree = serde_json::to_value(values).map_err(|error| TrainError::Config(error.to_string()))?;
    for setting in Setting::all() {
        let Some(path) = setting.path.strip_prefix(prefix) else { continue };
        let value = tree.pointer(&pointer(path)).unwrap_or(&Value::Null);
        if !setting.allows(value) {
            let value = if value.is_null() { "a value that is not finite".to_owned() } else { value.to_string() };
            let message = format!("{} {}, not {value}", setting.path, setting.expected());
            return Err(TrainError::Config(message));
        }
    }
    Ok(())
}

/// A longer warm-up would never reach the step size.
fn check_warm_up(training: &TrainConfig) -> Result<(), TrainError> {
    let (warm_up, epochs) = (training.schedule.warm_up, training.epochs);
    if warm_up > epochs {
        let message = format!(
            "training.schedule.warm_up must be a whole number from 0 to {epochs}, the number of epochs, not {warm_up}"
        );
        return Err(TrainError::Config(message));
    }
    Ok(())
}

fn check_measure(measure: Measure) -> Result<(), TrainError> {
    if measure.needs_clusters() {
        let message = format!("{measure} needs diversity clusters, which training does not use");
        return Err(TrainError::Config(message));
    }
    Ok(())
}
