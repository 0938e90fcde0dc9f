//! What is typed to find runs: words, and terms such as `k=10`, `lr<1e-3`, `layers=1,2` or `map=.7...8`.

use super::parameters::{self, ParamValue};
use super::{Objective, RunFacts};
use crate::dataset::Split;
use crate::eval::Measure;

/// How a term compares.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// Equal to one of these.
    OneOf(Vec<String>),
    /// Equal to none of these.
    NoneOf(Vec<String>),
    /// Between these, both included.
    Range(f64, f64),
    Less(f64),
    AtMost(f64),
    More(f64),
    AtLeast(f64),
}

/// One term.
#[derive(Clone, Debug, PartialEq)]
enum Term {
    Word(String),
    Test { key: String, test: Test },
}

/// Terms that must all hold. Upper and lower case do not matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

impl Filter {
    /// Reads what was typed. Whatever makes no term is a word to look for.
    pub fn parse(text: &str) -> Self {
        Self { terms: words(text).iter().map(|word| term(word)).collect() }
    }

    /// Whether a run is wanted.
    pub fn matches(&self, run: &RunFacts) -> bool {
        self.terms.iter().all(|term| holds(term, run))
    }
}

impl Filter {
    /// Whether every term on `key` holds for a value of it.
    pub fn accepts(&self, key: &str, value: &ParamValue) -> bool {
        let key = key.to_lowercase();
        self.terms.iter().all(|term| match term {
            Term::Test { key: known, test } if *known == key => compare(test, value),
            _ => true,
        })
    }
}

/// The words of a line; quotation marks hold a word with spaces together.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            letter if letter.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            letter => word.push(letter),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

const OPERATORS: [&str; 6] = ["!=", "<=", ">=", "=", "<", ">"];

fn term(word: &str) -> Term {
    let plain = || Term::Word(word.to_lowercase());
    let Some(at) = word.find(['!', '<', '>', '=']) else { return plain() };
    let Some(operator) = OPERATORS.into_iter().find(|operator| word[at..].starts_with(operator)) else {
        return plain();
    };
    let (key, value) = (word[..at].to_lowercase(), word[at + operator.len()..].to_lowercase());
    if key.is_empty() || value.is_empty() {
        return plain();
    }
    let list = || value.split(',').filter(|item| !item.is_empty()).map(str::to_owned).collect();
    let test = match (operator, value.parse::<f64>()) {
        ("=", _) => match range(&value) {
            Some((low, high)) => Test::Range(low, high),
            None => Test::OneOf(list()),
        },
        ("!=", _) => Test::NoneOf(list()),
        ("<", Ok(bound)) => Test::Less(bound),
        ("<=", Ok(bound)) => Test::AtMost(bound),
        (">", Ok(bound)) => Test::More(bound),
        (_, Ok(bound)) => Test::AtLeast(bound),
        _ => return plain(),
    };
    Term::Test { key, test }
}

fn range(value: &str) -> Option<(f64, f64)> {
    // `.7...8` is from .7 to .8: the dots that leave a number on both sides are the right ones.
    value.match_indices("..").find_map(|(at, _)| {
        let (low, high) = (value[..at].parse().ok()?, value[at + 2..].parse().ok()?);
        Some((low, high))
    })
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
            Some(value) => compare(test, &value),
            None => matches!(test, Test::NoneOf(_)),
        },
    }
}

/// What a key means for a run: a parameter, its name or state, or a measure (`map`, `test.map`, `val.ndcg@20`).
fn value_of(run: &RunFacts, key: &str) -> Option<ParamValue> {
    if let Some(value) = parameters::find(&run.parameters, key) {
        return Some(value.clone());
    }
    match key {
        "name" => return Some(ParamValue::Text(run.saved.record.name.clone())),
        "state" => return Some(ParamValue::Text(run.state_name().to_owned())),
        "study" => return Some(ParamValue::Text(run.study.clone()?)),
        "data" => return Some(ParamValue::Text(run.saved.record.dataset.clone())),
        _ => {}
    }
    let (split, name) = match key.split_once('.') {
        Some(("val" | "validation", name)) => (Split::Validation, name),
        Some(("test", name)) => (Split::Test, name),
        _ => (Split::Test, key),
    };
    let measure: Measure = name.parse().ok()?;
    run.figure(Objective { split, measure }).map(ParamValue::Number)
}

fn compare(test: &Test, value: &ParamValue) -> bool {
    let is = |wanted: &String| match (value, wanted.parse::<f64>()) {
        (ParamValue::Number(value), Ok(wanted)) => (value - wanted).abs() <= 1e-9 * value.abs().max(1e-9),
        _ => value.to_string().to_lowercase() == *wanted,
    };
    let number = value.as_number();
    let held = |check: &dyn Fn(f64) -> bool| number.is_some_and(check);
    match test {
        Test::OneOf(wanted) => wanted.iter().any(is),
        Test::NoneOf(unwanted) => !unwanted.iter().any(is),
        Test::Range(low, high) => held(&|value| (*low..=*high).contains(&value)),
        Test::Less(bound) => held(&|value| value < *bound),
        Test::AtMost(bound) => held(&|value| value <= *bound),
        Test::More(bound) => held(&|value| value > *bound),
        Test::AtLeast(bound) => held(&|value| value >= *bound),
    }
}

/// The line with the terms on `key` taken out and, where there is one, another put in their place.
pub fn with_term(text: &str, key: &str, value: Option<&str>) -> String {
    let quote = |word: &str| if word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word.to_owned() };
    let on_key = |word: &String| matches!(term(word), Term::Test { key: known, .. } if known == key.to_lowercase());
    let mut words: Vec<String> =
        words(text).into_iter().filter(|word| !on_key(word)).map(|word| quote(&word)).collect();
    words.extend(value.map(|value| quote(&format!("{key}={value}"))));
    words.join(" ")
}

/// What the line asks of `key` with `=`, as it was typed.
pub fn asked(text: &str, key: &str) -> Option<String> {
    let prefix = format!("{}=", key.to_lowercase());
    words(text)
        .into_iter()
        .map(|word| word.to_lowercase())
        .find_map(|word| word.strip_prefix(&prefix).map(str::to_owned))
}
