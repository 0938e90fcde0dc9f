//! Parameters of an experiment by name: their path in its serialised form, so that whatever an experiment has, now or
//! later, can be swept.

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
    /// The value it takes.
    pub value: Value,
}

impl Change {
    /// From a name and anything JSON can hold.
    pub fn new(parameter: &str, value: impl Into<Value>) -> Self {
        Self { parameter: parameter.to_owned(), value: value.into() }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.parameter, plain(&self.value))
    }
}

/// A value as it is typed: text without quotes, lists joined by `+`.
pub(super) fn plain(value: &Value) -> String {
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

/// Every value of anything by its path in its serialised form.
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

/// The experiment with one parameter changed. `none` also stands for a value left out.
///
/// # Errors
/// If there is no such parameter (the nearest name is told, and all there are), or it can't have this value.
pub fn set(experiment: &Experiment, change: &Change) -> Result<Experiment, StudyError> {
    let known = parameters(experiment);
    let Some(current) = known.iter().find(|known| known.parameter == change.parameter) else {
        return Err(unknown(&known, &change.parameter));
    };
    let refused = |error: &dyn fmt::Display| {
        let (given, now) = (&change.value, &current.value);
        StudyError::Parameter(format!("“{}” can't be {given} ({error}); here it is {now}", change.parameter))
    };
    let with = |value: &Value| {
        let mut tree = serde_json::to_value(experiment)?;
        let pointer = format!("/{}", change.parameter.replace('.', "/"));
        if let Some(place) = tree.pointer_mut(&pointer) {
            *place = value.clone();
        }
        serde_json::from_value::<Experiment>(tree)
    };
    let changed = match with(&change.value) {
        Ok(changed) => changed,
        Err(error) if change.value == "none" => with(&Value::Null).map_err(|_| refused(&error))?,
        Err(error) => return Err(refused(&error)),
    };
    match Setting::find(&change.parameter) {
        Some(setting) if !setting.holds(&changed) => Err(refused(&setting.expected())),
        _ => Ok(changed),
    }
}

/// The experiment with every change made, one after the other.
///
/// # Errors
/// Those of [`set`], for the first change that can't be made.
pub fn apply(experiment: &Experiment, changes: &[Change]) -> Result<Experiment, StudyError> {
    changes.iter().try_fold(experiment.clone(), |experiment, change| set(&experiment, change))
}

fn unknown(known: &[Change], name: &str) -> StudyError {
    let names: Vec<&str> = known.iter().map(|change| change.parameter.as_str()).collect();
    let nearest = nearest(&names, name).map(|near| format!("did you mean “{near}”? ")).unwrap_or_default();
    StudyError::Parameter(format!("no parameter is called “{name}”; {nearest}There are {}", names.join(", ")))
}

/// The name with the fewest letters changed, whole or behind its last point; the first of several.
pub fn nearest<'a>(names: &[&'a str], name: &str) -> Option<&'a str> {
    let tail = |name: &'a str| name.rsplit('.').next().unwrap_or(name);
    let far = |known: &'a str| distance(known, name).min(distance(tail(known), name));
    names.iter().copied().min_by_key(|known| far(known))
}

/// Levenshtein's distance in characters.
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

/// A value as typed on a command line: JSON where it reads as such, else text.
pub fn typed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.trim().to_owned()))
}

/// `graph.k=5,10,20` as a name and its values. Commas within brackets part nothing, so that lists can be values.
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
