//! The grammar of the filter: words, and terms such as `k=10`, `lr<1e-3`, `layers=1,2` or `map=.7...8`.

use super::value::ParamValue;

/// How a term compares.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// Equal to one of these.
    OneOf(Vec<String>),
    /// Equal to none of these.
    NoneOf(Vec<String>),
    /// Between these, inclusive.
    Range(f64, f64),
    Less(f64),
    AtMost(f64),
    More(f64),
    AtLeast(f64),
}

/// One term, in lower case.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    Word(String),
    Test { key: String, test: Test },
}

/// A part of the line between spaces, without its quotation marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Position of its first character, from 1.
    pub at: usize,
    /// The text.
    pub text: String,
    /// Whether it has an unclosed quotation mark.
    pub is_open: bool,
}

/// Why a part of the line is not a term.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// The line ends inside quotation marks.
    #[error("the quotation mark is never closed")]
    OpenQuote,
    /// As in `=10`.
    #[error("no setting or measure before “{0}”")]
    NoKey(&'static str),
    /// As in `k=`.
    #[error("no value after “{0}”")]
    NoValue(&'static str),
    /// As in `lr<small`.
    #[error("“{value}” is not a number, which “{operator}” needs")]
    NotANumber {
        /// `<`, `<=`, `>` or `>=`.
        operator: &'static str,
        /// What follows it.
        value: String,
    },
    /// As in `k=5..` and `k=20..5`.
    #[error("“{0}” is not a range: write the smaller number, two dots and the greater number")]
    Range(String),
    /// As in `neighbors=5`.
    #[error("no run has a setting or measure of this name; did you mean “{nearest}”?")]
    UnknownKey {
        /// The most similar known name.
        nearest: String,
    },
    /// As in `ndcg@7>.5`.
    #[error("{measure} is not saved with runs; these measures are: {known}")]
    NoMeasure {
        /// The requested measure.
        measure: String,
        /// The available measures.
        known: String,
    },
}

/// The parts of a line; quotation marks hold together a part with spaces.
pub(super) fn parts(line: &str) -> Vec<Part> {
    let (mut parts, mut text, mut at, mut is_quoted) = (Vec::new(), String::new(), None, false);
    let mut finish = |at: &mut Option<usize>, text: &mut String, is_open: bool| {
        if let Some(at) = at.take().filter(|_| !text.is_empty() || is_open) {
            parts.push(Part { at, text: std::mem::take(text), is_open });
        }
    };
    for (index, letter) in line.chars().enumerate() {
        if letter.is_whitespace() && !is_quoted {
            finish(&mut at, &mut text, false);
            continue;
        }
        at.get_or_insert(index + 1);
        if letter == '"' {
            is_quoted = !is_quoted;
        } else {
            text.push(letter);
        }
    }
    finish(&mut at, &mut text, is_quoted);
    parts
}

const OPERATORS: [&str; 6] = ["!=", "<=", ">=", "=", "<", ">"];

/// Key, operator and value of a part that compares, in lower case; `None` for a word.
fn split(part: &str) -> Option<(String, &'static str, String)> {
    let at = part.find(['!', '<', '>', '='])?;
    let operator = OPERATORS.into_iter().find(|operator| part[at..].starts_with(operator))?;
    Some((part[..at].to_lowercase(), operator, part[at + operator.len()..].to_lowercase()))
}

/// Parses a part of the line, ignoring case.
///
/// # Errors
/// If it has an operator but is malformed.
pub(super) fn term(part: &str) -> Result<Term, TermError> {
    let Some((key, operator, value)) = split(part) else { return Ok(Term::Word(part.to_lowercase())) };
    if key.is_empty() {
        return Err(TermError::NoKey(operator));
    }
    let list: Vec<String> = value.split(',').filter(|item| !item.is_empty()).map(str::to_owned).collect();
    if list.is_empty() {
        return Err(TermError::NoValue(operator));
    }
    let bound = || match value.parse::<f64>() {
        Ok(bound) if !bound.is_nan() => Ok(bound),
        _ => Err(TermError::NotANumber { operator, value: value.clone() }),
    };
    let test = match operator {
        "=" => match range(&value)? {
            Some((low, high)) => Test::Range(low, high),
            None => Test::OneOf(list),
        },
        "!=" => Test::NoneOf(list),
        "<" => Test::Less(bound()?),
        "<=" => Test::AtMost(bound()?),
        ">" => Test::More(bound()?),
        _ => Test::AtLeast(bound()?),
    };
    Ok(Term::Test { key, test })
}

/// The ends of a range; `None` if the value is not a range.
fn range(value: &str) -> Result<Option<(f64, f64)>, TermError> {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| !number.is_nan());
    let sides = || value.match_indices("..").map(|(at, _)| (&value[..at], &value[at + 2..]));
    // `.7...8` is .7 to .8: the separating dots are those with a number on both sides.
    match sides().find_map(|(low, high)| Some((number(low)?, number(high)?))) {
        Some((low, high)) if low <= high => Ok(Some((low, high))),
        Some(_) => Err(TermError::Range(value.to_owned())),
        // `5..` and `..5` are incomplete ranges, but a name may contain dots.
        None if sides().any(|(low, high)| number(low).is_some() || (low.is_empty() && number(high).is_some())) => {
            Err(TermError::Range(value.to_owned()))
        }
        None => Ok(None),
    }
}

impl Test {
    /// Whether it holds for a value.
    pub fn holds(&self, value: &ParamValue) -> bool {
        let equals = |wanted: &String| match (value, wanted.parse::<f64>()) {
            (ParamValue::Number(value), Ok(wanted)) => (value - wanted).abs() <= 1e-9 * value.abs().max(1e-9),
            _ => value.to_string().to_lowercase() == *wanted,
        };
        let number = value.as_number();
        let check = |test: &dyn Fn(f64) -> bool| number.is_some_and(test);
        match self {
            Test::OneOf(wanted) => wanted.iter().any(equals),
            Test::NoneOf(unwanted) => !unwanted.iter().any(equals),
            Test::Range(low, high) => check(&|value| (*low..=*high).contains(&value)),
            Test::Less(bound) => check(&|value| value < *bound),
            Test::AtMost(bound) => check(&|value| value <= *bound),
            Test::More(bound) => check(&|value| value > *bound),
            Test::AtLeast(bound) => check(&|value| value >= *bound),
        }
    }
}

/// The line without its terms on `key` and, if there is a value, with `key=value` appended.
pub fn with_term(line: &str, key: &str, value: Option<&str>) -> String {
    let quote = |text: &str| if text.contains(char::is_whitespace) { format!("\"{text}\"") } else { text.to_owned() };
    let key = key.to_lowercase();
    let on_key = |part: &Part| split(&part.text).is_some_and(|(known, ..)| known == key);
    let others = parts(line).into_iter().filter(|part| !on_key(part)).map(|part| quote(&part.text));
    let own = value.map(|value| quote(&format!("{key}={value}")));
    others.chain(own).collect::<Vec<_>>().join(" ")
}

/// The value that the line requires of `key` with `=`, in lower case.
pub fn asked(line: &str, key: &str) -> Option<String> {
    let prefix = format!("{}=", key.to_lowercase());
    parts(line).into_iter().find_map(|part| part.text.to_lowercase().strip_prefix(&prefix).map(str::to_owned))
}
