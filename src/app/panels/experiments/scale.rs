//! Scales for the axes of parallel coordinates.

use crate::study::runs::{ParamValue, places};

/// Maps values to positions on an axis.
pub(super) enum Scale {
    /// Evenly spaced values.
    Categorical(Vec<ParamValue>),
    /// Linear, from the lowest to the highest number.
    Linear(f64, f64),
    /// Logarithmic, from the lowest to the highest number.
    Logarithmic(f64, f64),
}

impl Scale {
    /// A scale for the values of one axis.
    pub(super) fn of(values: &[Option<ParamValue>]) -> Self {
        if let Some(distinct) = places(values) {
            return Self::Categorical(distinct);
        }
        let numbers = || values.iter().flatten().filter_map(ParamValue::as_number);
        let (low, high) = (numbers().fold(f64::INFINITY, f64::min), numbers().fold(f64::NEG_INFINITY, f64::max));
        if low > 0.0 && high / low > 50.0 { Self::Logarithmic(low, high) } else { Self::Linear(low, high) }
    }

    /// A value's position, from 0 at the bottom to 1 at the top.
    pub(super) fn position(&self, value: &ParamValue) -> Option<f32> {
        let share = |value: f64, low: f64, high: f64| ((value - low) / (high - low).max(1e-12)) as f32;
        match self {
            Self::Categorical(values) => {
                let at = values.iter().position(|known| known == value)?;
                Some(if values.len() > 1 { at as f32 / (values.len() - 1) as f32 } else { 0.5 })
            }
            Self::Linear(low, high) => value.as_number().map(|value| share(value, *low, *high)),
            Self::Logarithmic(low, high) => value.as_number().map(|value| share(value.ln(), low.ln(), high.ln())),
        }
    }

    /// The filter's term for a brush from `low` to `high` (shares of the axis); `None` if it covers nothing.
    pub(super) fn term(&self, low: f32, high: f32) -> Option<String> {
        let at = |share: f32, from: f64, to: f64| from + (to - from) * f64::from(share.clamp(0.0, 1.0));
        let range = |low: f64, high: f64| Some(format!("{}..{}", rounded(low), rounded(high)));
        match self {
            Self::Categorical(values) => {
                let within = |value: &&ParamValue| self.position(value).is_some_and(|at| (low..=high).contains(&at));
                let covered: Vec<String> = values.iter().filter(within).map(ToString::to_string).collect();
                (!covered.is_empty()).then(|| covered.join(","))
            }
            Self::Linear(from, to) => range(at(low, *from, *to), at(high, *from, *to)),
            Self::Logarithmic(from, to) => range(at(low, from.ln(), to.ln()).exp(), at(high, from.ln(), to.ln()).exp()),
        }
    }

    /// Tick marks along the axis: position and text.
    pub(super) fn marks(&self) -> Vec<(f32, String)> {
        match self {
            Self::Categorical(values) => {
                values.iter().filter_map(|value| Some((self.position(value)?, value.to_string()))).collect()
            }
            Self::Linear(low, high) => {
                [0.0, 0.5, 1.0].iter().map(|&share| (share, rounded(low + (high - low) * f64::from(share)))).collect()
            }
            Self::Logarithmic(low, high) => [0.0f32, 0.5, 1.0]
                .iter()
                .map(|&share| (share, rounded((low.ln() + (high.ln() - low.ln()) * f64::from(share)).exp())))
                .collect(),
        }
    }
}

/// Four significant digits, without an exponent.
fn rounded(value: f64) -> String {
    let digits = if value == 0.0 { 3 } else { (3 - value.abs().log10().floor() as i32).clamp(0, 9) as usize };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
