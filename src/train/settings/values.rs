//! The values that a setting takes.

use crate::eval::Measure;
use serde_json::{Number, Value};

/// One of several values.
#[derive(Clone, Debug)]
pub struct Choice {
    /// As it is typed, and as files hold it.
    pub name: &'static str,
    /// As it is shown.
    pub label: &'static str,
    /// What it means, in a sentence without a full stop.
    pub explanation: &'static str,
}

/// The values that a setting takes.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// Yes or no.
    Flag,
    /// Whole numbers, both ends included.
    Count(u64, u64),
    /// Numbers, both ends included.
    Number(f64, f64),
    /// Numbers above the first and up to the second.
    Above(f64, f64),
    /// Numbers from the first to below the second.
    Below(f64, f64),
    /// One of several.
    Choice(fn() -> Vec<Choice>),
    /// A measure of a ranking.
    Measure,
    /// Any name.
    Name,
}

impl Values {
    /// Choices by the name, label and explanation of each.
    pub(super) fn choices<T: Copy, const N: usize>(
        all: [T; N],
        name: fn(T) -> &'static str,
        label: fn(T) -> &'static str,
        explanation: fn(T) -> &'static str,
    ) -> Vec<Choice> {
        let choice = |value: T| Choice { name: name(value), label: label(value), explanation: explanation(value) };
        all.into_iter().map(choice).collect()
    }

    /// Choices by their names, labels and explanations.
    pub(super) fn listed(all: &[(&'static str, &'static str, &'static str)]) -> Vec<Choice> {
        all.iter().map(|&(name, label, explanation)| Choice { name, label, explanation }).collect()
    }

    pub(super) fn parse(self, text: &str) -> Option<Value> {
        match self {
            Values::Flag => match text {
                "true" | "yes" => Some(true.into()),
                "false" | "no" => Some(false.into()),
                _ => None,
            },
            Values::Count(..) => text.parse::<u64>().ok().map(Value::from),
            Values::Number(..) | Values::Above(..) | Values::Below(..) => {
                text.parse().ok().and_then(Number::from_f64).map(Value::Number)
            }
            Values::Choice(choices) => {
                let found = choices().into_iter().find(|choice| choice.name.eq_ignore_ascii_case(text));
                found.map(|choice| choice.name.into())
            }
            Values::Measure => text.parse::<Measure>().ok().map(|measure| measure.to_string().into()),
            Values::Name => Some(text.into()),
        }
    }

    pub(super) fn allow(self, value: &Value) -> bool {
        let number = || value.as_f64().filter(|number| number.is_finite());
        match self {
            Values::Flag => value.is_boolean(),
            Values::Count(least, most) => value.as_u64().is_some_and(|count| (least..=most).contains(&count)),
            Values::Number(least, most) => number().is_some_and(|number| (least..=most).contains(&number)),
            Values::Above(least, most) => number().is_some_and(|number| number > least && number <= most),
            Values::Below(least, most) => number().is_some_and(|number| (least..most).contains(&number)),
            Values::Choice(choices) => choices().iter().any(|choice| *value == choice.name),
            Values::Measure => value.as_str().is_some_and(|name| name.parse::<Measure>().is_ok()),
            Values::Name => value.is_string(),
        }
    }

    pub(super) fn expected(self) -> String {
        match self {
            Values::Flag => "true or false".to_owned(),
            Values::Count(least, u64::MAX) => format!("a whole number from {least}"),
            Values::Count(least, most) => format!("a whole number from {least} to {most}"),
            Values::Number(least, most) => format!("a number from {least} to {most}"),
            Values::Above(least, f64::MAX) => format!("a number above {least}"),
            Values::Above(least, most) => format!("a number above {least}, {most} at most"),
            Values::Below(least, most) => format!("a number from {least} to below {most}"),
            Values::Choice(choices) => {
                let names: Vec<&str> = choices().iter().map(|choice| choice.name).collect();
                format!("one of {}", names.join(", "))
            }
            Values::Measure => "a measure, such as map or ndcg@20".to_owned(),
            Values::Name => "a name".to_owned(),
        }
    }
}
