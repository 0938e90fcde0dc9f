//! The values that a sweep tries.

use serde_json::Value;

use super::{Change, StudyError};
use crate::base::Rng;

/// The most combinations that a sweep tries.
pub const MOST_COMBINATIONS: usize = 100_000;
/// Digits that drawn numbers are rounded to, which keeps names short.
const DIGITS: usize = 4;

/// A parameter and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its name, as in `graph.k`.
    pub parameter: String,
    /// Its values.
    pub values: Values,
}

/// The values of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// A list; a random sweep draws from it.
    List(Vec<Value>),
    /// Uniform between two numbers.
    Uniform(f64, f64),
    /// Uniform in the logarithm between two numbers above 0.
    Log(f64, f64),
    /// A whole number between two, inclusive.
    Int(i64, i64),
}

impl Values {
    /// Checks that values can be drawn.
    ///
    /// # Errors
    /// With a sentence that names the invalid ends.
    pub fn check(&self) -> Result<(), StudyError> {
        let range = |low: f64, high: f64| low.is_finite() && high.is_finite() && low < high;
        let fault = match *self {
            Self::List(ref values) if values.is_empty() => "the list of values is empty".to_owned(),
            Self::Uniform(low, high) if !range(low, high) => format!("{low} must be below {high}"),
            Self::Log(low, high) if !range(low, high) || low <= 0.0 => {
                format!("{low} must be above 0 and below {high}")
            }
            Self::Int(low, high) if low >= high => format!("{low} must be below {high}"),
            _ => return Ok(()),
        };
        Err(StudyError::Parameter(fault))
    }

    fn draw(&self, rng: &mut Rng) -> Value {
        match self {
            Self::List(values) => values[rng.below(values.len())].clone(),
            Self::Uniform(low, high) => rounded(low + (high - low) * rng.uniform()).into(),
            Self::Log(low, high) => rounded((low.ln() + (high.ln() - low.ln()) * rng.uniform()).exp()).into(),
            Self::Int(low, high) => {
                let span = usize::try_from(high.abs_diff(*low)).unwrap_or(usize::MAX - 1);
                low.wrapping_add(rng.below(span + 1) as i64).into()
            }
        }
    }
}

/// Rounds to a few digits, which fit a name.
fn rounded(number: f64) -> f64 {
    format!("{number:.*e}", DIGITS - 1).parse().unwrap_or(number)
}

/// Every combination of listed values, the last parameter changing fastest; without parameters, one empty combination.
///
/// # Errors
/// If a parameter has no list, or there are too many combinations.
pub fn grid(axes: &[Axis]) -> Result<Vec<Vec<Change>>, StudyError> {
    let mut combinations = vec![Vec::new()];
    for axis in axes {
        let Values::List(values) = &axis.values else {
            let message = format!("“{}” has a range, which a grid cannot enumerate: list its values", axis.parameter);
            return Err(StudyError::Plan(message));
        };
        if combinations.len().saturating_mul(values.len()) > MOST_COMBINATIONS {
            return Err(StudyError::Plan(format!(
                "the grid has more than {MOST_COMBINATIONS} combinations: draw some at random"
            )));
        }
        let extended = |changes: Vec<Change>| {
            values.iter().map(move |value| {
                let mut changes = changes.clone();
                changes.push(Change { parameter: axis.parameter.clone(), value: value.clone() });
                changes
            })
        };
        combinations = combinations.into_iter().flat_map(extended).collect();
    }
    Ok(combinations)
}

/// Combinations drawn in sequence: more samples start with the same ones.
pub fn random(axes: &[Axis], samples: usize, seed: u64) -> Vec<Vec<Change>> {
    let mut rng = Rng::new(seed);
    let mut one = || {
        let draw = |axis: &Axis| Change { parameter: axis.parameter.clone(), value: axis.values.draw(&mut rng) };
        axes.iter().map(draw).collect()
    };
    (0..samples).map(|_| one()).collect()
}
