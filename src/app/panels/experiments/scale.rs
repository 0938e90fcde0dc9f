//! Where values lie on an axis of parallel coordinates.

use crate::study::runs::{ParamValue, places};

/// Where values lie on an axis.
pub(super) enum Scale {
    /// A place for each value.
    Places(Vec<ParamValue>),
    /// From the least to the greatest number.
    Linear(f64, f64),
    /// The same, by their logarithms.
    Logarithmic(f64, f64),
}

impl Scale {
    /// For the values of one axis.
    pub(super) fn of(values: &[Option<ParamValue>]) -> Self {
        if let Some(places) = places(values) {
            return Self::Places(places);
        }
        let numbers = || values.iter().flatten().filter_map(ParamValue::as_number);
        let (low, high) = (numbers().fold(f64::INFINITY, f64::min), numbers().fold(f64::NEG_INFINITY, f64::max));
        if low > 0.0 && high / low > 50.0 { Self::Logarithmic(low, high) } else { Self::Linear(low, high) }
    }

    /// Where a value lies, 0 at the bottom and 1 at the top.
    pub(super) fn place(&self, value: &ParamValue) -> Option<f32> {
        let share = |value: f64, low: f64, high: f64| ((value - low) / (high - low).max(1e-12)) as f32;
        match self {
            Self::Places(values) => {
                let at = values.iter().position(|known| known == value)?;
                Some(if values.len() > 1 { at as f32 / (values.len() - 1) as f32 } else { 0.5 })
            }
            Self::Linear(low, high) => value.as_number().map(|value| share(value, *low, *high)),
            Self::Logarithmic(low, high) => value.as_number().map(|value| share(value.ln(), low.ln(), high.ln())),
        }
    }

    /// What a brush from `low` to `high` (shares of the axis) asks of the filter; `None` where it meets nothing.
    pub(super) fn term(&self, low: f32, high: f32) -> Option<String> {
        let at = |share: f32, from: f64, to: f64| from + (to - from) * f64::from(share.clamp(0.0, 1.0));
        let range = |low: f64, high: f64| Some(format!("{}..{}", rounded(low), rounded(high)));
        match self {
            Self::Places(values) => {
                let within = |value: &&ParamValue| self.place(value).is_some_and(|at| (low..=high).contains(&at));
                let met: Vec<String> = values.iter().filter(within).map(ToString::to_string).collect();
                (!met.is_empty()).then(|| met.join(","))
            }
            Self::Linear(from, to) => range(at(low, *from, *to), at(high, *from, *to)),
            Self::Logarithmic(from, to) => range(at(low, from.ln(), to.ln()).exp(), at(high, from.ln(), to.ln()).exp()),
        }
    }

    /// Marks along the axis: share and text.
    pub(super) fn marks(&self) -> Vec<(f32, String)> {
        match self {
            Self::Places(values) => {
                values.iter().filter_map(|value| Some((self.place(value)?, value.to_string()))).collect()
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

/// Four digits that count, without an exponent.
fn rounded(value: f64) -> String {
    let digits = if value == 0.0 { 3 } else { (3 - value.abs().log10().floor() as i32).clamp(0, 9) as usize };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
