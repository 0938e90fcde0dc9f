//! From values to positions.

use super::Axis;

/// Maps values to positions along an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    logarithmic: bool,
    names: Vec<String>,
}

/// Approximate number of ticks per axis.
const TICKS: f64 = 5.0;

impl Scale {
    /// Covers all `values`, and 0 if `zero`. If `round`, ends that the axis does not set are rounded outwards.
    pub fn new(axis: &Axis, values: impl Iterator<Item = f64>, zero: bool, round: bool) -> Scale {
        let positive = |value: &f64| value.is_finite() && (!axis.logarithmic || *value > 0.0);
        let mut ends = values.filter(positive).fold(None, |ends: Option<(f64, f64)>, value| {
            Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        });
        if !axis.names.is_empty() {
            ends = Some((-0.5, axis.names.len() as f64 - 0.5));
        }
        let (mut low, mut high) = axis.range.or(ends).unwrap_or((if axis.logarithmic { 1.0 } else { 0.0 }, 10.0));
        if zero && !axis.logarithmic {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        let mut scale = Scale { low, high, logarithmic: axis.logarithmic, names: axis.names.clone() };
        scale.widen();
        if round && axis.range.is_none() && axis.names.is_empty() && !axis.logarithmic {
            let step = scale.step();
            scale.low = (scale.low / step).floor() * step;
            scale.high = (scale.high / step).ceil() * step;
        }
        scale
    }

    /// Adds room on both sides of a single value.
    fn widen(&mut self) {
        if self.low >= self.high {
            if self.logarithmic {
                (self.low, self.high) = (self.low / 2.0, self.low * 2.0);
            } else {
                let room = if self.low == 0.0 { 0.5 } else { self.low.abs() * 0.1 };
                (self.low, self.high) = (self.low - room, self.low + room);
            }
        }
    }

    /// 0 at the low end, 1 at the high end.
    pub fn position(&self, value: f64) -> f64 {
        if self.logarithmic {
            (value.max(f64::MIN_POSITIVE).ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// The distance between ticks: 1, 2 or 5 times a power of ten.
    fn step(&self) -> f64 {
        let rough = (self.high - self.low) / TICKS;
        let power = 10_f64.powf(rough.log10().floor());
        let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough * 0.999).unwrap_or(10.0);
        factor * power
    }

    /// The values to label, with their labels.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        if !self.names.is_empty() {
            return self.names.iter().enumerate().map(|(index, name)| (index as f64, name.clone())).collect();
        }
        if self.logarithmic {
            return self.powers();
        }
        let step = self.step();
        if !(step.is_finite() && step > 0.0) {
            return Vec::new();
        }
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let (first, last) = ((self.low / step - 1e-6).ceil() as i64, (self.high / step + 1e-6).floor() as i64);
        (first..=last.min(first + 50)).map(|i| i as f64 * step).map(|value| (value, number(value, decimals))).collect()
    }

    /// 1, 2 and 5 times powers of ten, or only the powers if those are too many; the ends if fewer than two are in
    /// range.
    fn powers(&self) -> Vec<(f64, String)> {
        let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        let within = |value: &f64| (self.low * 0.999..=self.high * 1.001).contains(value);
        let ticks = |factors: &[f64]| -> Vec<f64> {
            let of = |power| factors.iter().map(move |factor| factor * 10_f64.powi(power));
            (first..=last).flat_map(of).filter(within).collect()
        };
        let most = 1.6 * TICKS;
        let chosen = [&[1.0, 2.0, 5.0][..], &[1.0]].map(ticks).into_iter().find(|all| (all.len() as f64) <= most);
        let chosen = chosen.unwrap_or_else(|| ticks(&[1.0]).into_iter().step_by(2).collect());
        let chosen = if chosen.len() < 2 { vec![self.low, self.high] } else { chosen };
        chosen.into_iter().map(|value| (value, short(value))).collect()
    }
}

/// With a proper minus sign; zero has none.
pub(super) fn number(value: f64, decimals: usize) -> String {
    if value != 0.0 && (value.abs() >= 1e6 || value.abs() < 1e-4) {
        return short(value);
    }
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| byte == b'0' || byte == b'.') => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

/// As short as possible: `0.001`, `1e-5`, `300`.
pub(super) fn short(value: f64) -> String {
    // Multiples of powers of ten may be off by the last bit.
    let value = format!("{value:.9e}").parse().unwrap_or(value);
    let plain = if (1e-4..1e6).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") };
    let plain = if plain.len() > 8 { format!("{value:.3e}") } else { plain };
    plain.replace('-', "−")
}
