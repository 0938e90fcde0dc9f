//! Parameters of an experiment by name, which is their path in its serialised form, so that any setting, present or
//! future, can be swept.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

use super::StudyError;
use crate::train::{Experiment, Setting};

/// One parameter and its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// `graph.k`, `training.learning_rate`, `features`, …
    pub parameter: String,
    /// Its value.
    pub value: Value,
}

impl Change {
    /// From a name and any JSON value.
    pub fn new(parameter: &str, value: impl Into<Value>) -> Self {
        Self { parameter: parameter.to_owned(), value: value.into() }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.parameter, plain(&self.value))
    }
}

/// A value as shown: text without quotes, lists joined by `+`.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("+"),
        other => other.to_string(),
    }
}

/// Every parameter with its value, in the order of the experiment.
pub fn parameters(experiment: &Experiment) -> Vec<Change> {
    flatten(experiment)
}

/// Every leaf of a value by its path in the serialised form.
pub(super) fn flatten(value: &impl Serialize) -> Vec<Change> {
    let mut found = Vec::new();
    if let Ok(tree) = serde_json::to_value(value) {
        collect(&tree, "", &mut found);
    }
    found
}

fn collect(tree: &Value, path: &str, found: &mut Vec<Change>) {
    match tree {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(value, &path, found);
            }
        }
        leaf => found.push(Change::new(path, leaf.clone())),
    }
}

/// The experiment with one parameter changed, which a run then no longer chooses ([`Experiment::choose`]). `none` also
/// stands for `null`.
///
/// # Errors
/// If there is no such parameter (with the nearest name and all names), or the value is invalid.
pub fn set(experiment: &Experiment, change: &Change) -> Result<Experiment, StudyError> {
    let known = parameters(experiment);
    let Some(current) = known.iter().find(|known| known.parameter == change.parameter) else {
        return Err(unknown(&known, &change.parameter));
    };
    let invalid = |error: &dyn fmt::Display| {
        let (given, now) = (&change.value, &current.value);
        StudyError::Parameter(format!("“{}” cannot be {given} ({error}); its current value is {now}", change.parameter))
    };
    let with = |value: &Value| {
        let mut tree = serde_json::to_value(experiment)?;
        let pointer = format!("/{}", change.parameter.replace('.', "/"));
        if let Some(node) = tree.pointer_mut(&pointer) {
            *node = value.clone();
        }
        serde_json::from_value::<Experiment>(tree)
    };
    let mut changed = match with(&change.value) {
        Ok(changed) => changed,
        Err(error) if change.value == "none" => with(&Value::Null).map_err(|_| invalid(&error))?,
        Err(error) => return Err(invalid(&error)),
    };
    changed.fix(&change.parameter);
    match Setting::find(&change.parameter) {
        Some(setting) if !setting.holds(&changed) => Err(invalid(&setting.expected())),
        _ => Ok(changed),
    }
}

/// The experiment with every change applied in turn.
///
/// # Errors
/// Those of [`set`], for the first change that cannot be made; or if the settings do not go together.
pub fn apply(experiment: &Experiment, changes: &[Change]) -> Result<Experiment, StudyError> {
    let changed = changes.iter().try_fold(experiment.clone(), |experiment, change| set(&experiment, change))?;
    changed.check().map_err(|error| StudyError::Parameter(error.to_string()))?;
    Ok(changed)
}

fn unknown(known: &[Change], name: &str) -> StudyError {
    let names: Vec<&str> = known.iter().map(|change| change.parameter.as_str()).collect();
    let nearest = nearest(&names, name).map(|near| format!("did you mean “{near}”? ")).unwrap_or_default();
    StudyError::Parameter(format!("no parameter is called “{name}”; {nearest}Known: {}", names.join(", ")))
}

/// The name with the smallest edit distance, in full or after its last dot; the first of several.
pub fn nearest<'a>(names: &[&'a str], name: &str) -> Option<&'a str> {
    let tail = |name: &'a str| name.rsplit('.').next().unwrap_or(name);
    let gap = |known: &'a str| distance(known, name).min(distance(tail(known), name));
    names.iter().copied().min_by_key(|known| gap(known))
}

/// The Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// A value from the command line: JSON if it parses as such, else text.
pub fn typed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.trim().to_owned()))
}

/// `graph.k=5,10,20` as a name and its values. Commas inside brackets do not separate, so that lists can be values.
///
/// # Errors
/// If there is no `=`, no name or no value.
pub fn typed_values(text: &str) -> Result<(String, Vec<Value>), StudyError> {
    let fault = || StudyError::Parameter(format!("“{text}” is not PARAMETER=VALUE,VALUE,…"));
    let (name, values) = text.split_once('=').ok_or_else(fault)?;
    let (mut depth, mut start, mut parts) = (0i32, 0, Vec::new());
    for (at, letter) in values.char_indices() {
        match letter {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ',' if depth <= 0 => {
                parts.push(&values[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&values[start..]);
    let name = name.trim();
    if name.is_empty() || parts.iter().any(|part| part.trim().is_empty()) {
        return Err(fault());
    }
    Ok((name.to_owned(), parts.into_iter().map(typed).collect()))
}
