//! The value of one parameter.

use crate::study::parameters::plain;
use serde_json::Value;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// The value of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamValue {
    /// A number.
    Number(f64),
    /// A name, a list of names, `yes`, `no` or `none`.
    Text(Arc<str>),
}

impl ParamValue {
    /// A value of a configuration.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Bool(value) => Self::Text(if *value { "yes" } else { "no" }.into()),
            Value::Number(value) => Self::number(value.as_f64().unwrap_or(f64::NAN)),
            other => Self::Text(plain(other).into()),
        }
    }

    /// A number as it was written: 32-bit numbers lose the digits that only appear as 64 bits.
    fn number(value: f64) -> Self {
        let short = f64::from(value as f32) == value;
        let text = if short { (value as f32).to_string() } else { value.to_string() };
        Self::Number(text.parse().unwrap_or(value))
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Text(_) => None,
        }
    }

    /// Numbers by size, then texts alphabetically.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

impl fmt::Display for ParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) if *value != 0.0 && value.abs() < 0.01 => write!(f, "{value:e}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}
