//! Filters: which runs a text selects.

use super::facts::{Objective, RunFacts};
use super::parameter_list::Parameters;
use super::parameters::{self, SHORT};
use super::terms::{Part, Term, TermError, Test, parts, term};
use super::value::ParamValue;
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
/// name= state= study= fold= split= labels= data= tag=
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
            let label = &run.saved.label;
            let texts = [run.name(), &record.name, &record.dataset, run.state_name(), &label.note];
            let texts = texts.into_iter().chain(label.tags.iter().map(String::as_str));
            let values = run.parameters.values().filter_map(|value| match value {
                ParamValue::Text(text) => Some(&**text),
                ParamValue::Number(_) => None,
            });
            texts.chain(values).any(|text| text.to_lowercase().contains(word))
        }
        Term::Test { key, test } => {
            let values = values_of(run, key);
            // None of a run's tags may be one that is not wanted; of the others one is enough.
            match test {
                Test::NoneOf(_) => values.iter().all(|value| test.holds(value)),
                _ => values.iter().any(|value| test.holds(value)),
            }
        }
    }
}

/// Keys that are neither parameters nor measures.
const OWN_KEYS: [&str; 8] = ["name", "state", "study", "fold", "split", "labels", "data", "tag"];

/// The values of a key for a run: a parameter, one of [`OWN_KEYS`], or a measure (`map`, `test.map`, `val.ndcg@20`).
/// A run can have several tags; what it lacks has no value.
fn values_of(run: &RunFacts, key: &str) -> Vec<ParamValue> {
    if let Some(value) = parameters::find(&run.parameters, key) {
        return vec![value.clone()];
    }
    let text = |text: &str| ParamValue::Text(text.into());
    match key {
        "name" => vec![text(run.name())],
        "state" => vec![text(run.state_name())],
        "study" => run.study.as_deref().map(text).into_iter().collect(),
        "fold" => run.fold.map(|fold| ParamValue::Number(fold as f64)).into_iter().collect(),
        "split" => run.split.as_deref().map(text).into_iter().collect(),
        "labels" => {
            let labels = run.saved.record.labels.iter();
            labels.flat_map(|labels| [text(labels.kind.name()), text(&labels.label())]).collect()
        }
        "data" => vec![text(&run.saved.record.dataset)],
        "tag" => run.saved.label.tags.iter().map(|tag| text(tag)).collect(),
        _ => objective(key).and_then(|key| run.measure(key)).map(ParamValue::Number).into_iter().collect(),
    }
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
        || runs.iter().any(|run| !values_of(run, key).is_empty());
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
            let names: Vec<&str> = names.chain(usual.names()).collect();
            Err(TermError::UnknownKey { nearest: nearest(&names, key).unwrap_or_default().to_owned() })
        }
    }
}
