//! The record of a choice.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A setting that was chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChosenSetting {
    /// Its path: `visual.components`.
    pub setting: String,
    /// The value chosen.
    pub value: Value,
    /// All values, the usual one first; empty if there were too few queries to compare them.
    pub tried: Vec<TriedValue>,
}

/// A value that was tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TriedValue {
    /// The value.
    pub value: Value,
    /// Number of queries that it was measured on; fewer than of the first value if it was given up early.
    pub queries: usize,
    /// The mean of the measure over these queries.
    pub mean: f64,
    /// The mean difference from the first value on these queries.
    pub difference: f64,
    /// The standard error of that difference.
    pub error: f64,
}
