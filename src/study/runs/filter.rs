//! Filters: which runs a text selects.

use super::facts::{Objective, RunFacts};
use super::parameters::{self, ParamValue, Parameters, SHORT};
use super::terms::{Part, Term, TermError, Test, parts, term};
use crate::dataset::Split;
use crate::eval::{Measure, STANDARD};
use crate::study::nearest;
use crate::train::RunRecord;

/// Terms that must all match.
///
/// ```text
/// edge "best of all"   words in the name, the data set, the state or a setting
/// k=10  loss!=bpr      equal, or not; graph.k and k are the same
/// k=5,10  k=5..20      one of several, or from 5 to 20
/// lr<1e-3  seed>=2     less or greater
/// map>.8  val.p@20>.7  measures, on the test queries unless the name says otherwise
/// name= state= study= fold= split= data=
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

/// An error in a filter, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("in the filter at character {at}, “{part}”: {error}")]
pub struct FilterError {
    /// Its first character, from 1.
    pub at: usize,
    /// The part of the filter in error.
    pub part: String,
    /// What is wrong with it.
    pub error: TermError,
}

impl Filter {
    /// Reads text that is still being typed: what is not yet a term counts as a word to look for.
    pub fn parse(text: &str) -> Self {
        let lenient = |part: Part| term(&part.text).unwrap_or_else(|_| Term::Word(part.text.to_lowercase()));
        Self { terms: parts(text).into_iter().map(lenient).collect() }
    }

    /// Reads complete text, to select from `runs`.
    ///
    /// # Errors
    /// At the first part that is malformed, or compares what neither these runs nor new ones have.
    pub fn read(text: &str, runs: &[RunFacts]) -> Result<Self, FilterError> {
        let usual = parameters::of_run(&RunRecord::default());
        let read = |part: &Part| {
            if part.is_open {
                return Err(TermError::OpenQuote);
            }
            let term = term(&part.text)?;
            match &term {
                Term::Test { key, .. } => check_key(key, &usual, runs).map(|()| term),
                Term::Word(_) => Ok(term),
            }
        };
        let at_part = |part: Part| read(&part).map_err(|error| FilterError { at: part.at, part: part.text, error });
        Ok(Self { terms: parts(text).into_iter().map(at_part).collect::<Result<_, _>>()? })
    }

    /// Whether a run is selected.
    pub fn matches(&self, run: &RunFacts) -> bool {
        self.terms.iter().all(|term| holds(term, run))
    }

    /// Whether every term on `key` holds for a value of it.
    pub fn accepts(&self, key: &str, value: &ParamValue) -> bool {
        let key = key.to_lowercase();
        self.terms.iter().all(|term| match term {
            Term::Test { key: known, test } if *known == key => test.holds(value),
            _ => true,
        })
    }
}

fn holds(term: &Term, run: &RunFacts) -> bool {
    match term {
        Term::Word(word) => {
            let record = &run.saved.record;
            let texts = [record.name.as_str(), record.dataset.as_str(), run.state_name()];
            let values = run.parameters.values().filter_map(|value| match value {
                ParamValue::Text(text) => Some(text.as_str()),
                ParamValue::Number(_) => None,
            });
            texts.into_iter().chain(values).any(|text| text.to_lowercase().contains(word))
        }
        Term::Test { key, test } => match value_of(run, key) {
            Some(value) => test.holds(&value),
            None => matches!(test, Test::NoneOf(_)),
        },
    }
}

/// Keys that are neither parameters nor measures.
const OWN_KEYS: [&str; 6] = ["name", "state", "study", "fold", "split", "data"];

/// The value of a key for a run: a parameter, one of [`OWN_KEYS`], or a measure (`map`, `test.map`, `val.ndcg@20`).
fn value_of(run: &RunFacts, key: &str) -> Option<ParamValue> {
    if let Some(value) = parameters::find(&run.parameters, key) {
        return Some(value.clone());
    }
    match key {
        "name" => return Some(ParamValue::Text(run.saved.record.name.clone())),
        "state" => return Some(ParamValue::Text(run.state_name().to_owned())),
        "study" => return Some(ParamValue::Text(run.study.clone()?)),
        "fold" => return Some(ParamValue::Number(run.fold? as f64)),
        "split" => return Some(ParamValue::Text(run.split.clone()?)),
        "data" => return Some(ParamValue::Text(run.saved.record.dataset.clone())),
        _ => {}
    }
    run.measure(objective(key)?).map(ParamValue::Number)
}

/// The measure that a key names; on the test queries unless it says otherwise.
fn objective(key: &str) -> Option<Objective> {
    let (split, name) = match key.split_once('.') {
        Some(("val" | "validation", name)) => (Split::Validation, name),
        Some(("test", name)) => (Split::Test, name),
        _ => (Split::Test, key),
    };
    Some(Objective { split, measure: name.parse().ok()? })
}

/// Rejects a key that no run has.
fn check_key(key: &str, usual: &Parameters, runs: &[RunFacts]) -> Result<(), TermError> {
    let is_known = OWN_KEYS.contains(&key)
        || parameters::find(usual, key).is_some()
        || runs.iter().any(|run| value_of(run, key).is_some());
    match objective(key) {
        _ if is_known => Ok(()),
        Some(objective) if STANDARD.contains(&objective.measure) => Ok(()),
        Some(objective) => Err(TermError::NoMeasure {
            measure: objective.measure.to_string(),
            known: STANDARD.map(|measure| measure.to_string()).join(", "),
        }),
        None => {
            let measures = STANDARD.map(|measure: Measure| measure.to_string());
            let short = SHORT.map(|(_, short)| short);
            let names = OWN_KEYS.into_iter().chain(short).chain(measures.iter().map(String::as_str));
            let names: Vec<&str> = names.chain(usual.keys().map(String::as_str)).collect();
            Err(TermError::UnknownKey { nearest: nearest(&names, key).unwrap_or_default().to_owned() })
        }
    }
}
