//! Mean, standard deviation and range.

use serde::Serialize;

/// Mean and unbiased standard deviation of a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The sample standard deviation (over n − 1); 0 for a single value.
    pub deviation: f64,
    /// Sample size.
    #[serde(skip)]
    pub n: usize,
}

impl Spread {
    /// Of these values; `None` if there are none. Equal values give exactly that mean and a deviation of 0.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().collect();
        let (first, n) = (*values.first()?, values.len());
        // The rounded sum of equal values, divided by n, may be off by one bit.
        if values.iter().all(|value| *value == first) {
            return Some(Self { mean: first, deviation: 0.0, n });
        }
        let mean = mean(&values);
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Some(Self { mean, deviation: (squares / (n as f64 - 1.0)).sqrt(), n })
    }
}

/// The arithmetic mean; 0 for an empty slice.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The lowest and the highest of the finite values; `None` if there are none.
pub fn range(values: impl IntoIterator<Item = f32>) -> Option<(f32, f32)> {
    let finite = values.into_iter().filter(|value| value.is_finite());
    finite.map(|value| (value, value)).reduce(|(low, high), (a, b)| (low.min(a), high.max(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        // Squares of −2, −1 and 3 over two.
        let spread = Spread::of([1.0, 2.0, 6.0]).expect("numbers");
        assert_eq!((spread.mean, spread.deviation, spread.n), (3.0, 7.0_f64.sqrt(), 3));
    }

    #[test]
    fn equal_numbers_have_no_deviation_although_their_sum_is_rounded() {
        let values = [0.1; 3];
        assert_ne!(mean(&values), 0.1, "otherwise this shows nothing");
        assert_eq!(Spread::of(values), Some(Spread { mean: 0.1, deviation: 0.0, n: 3 }));
        assert_eq!(Spread::of([5.0]), Some(Spread { mean: 5.0, deviation: 0.0, n: 1 }));
    }

    #[test]
    fn nothing_has_no_spread() {
        assert_eq!((Spread::of([]), mean(&[])), (None, 0.0));
    }

    #[test]
    fn the_sample_size_is_not_serialised() {
        let json = serde_json::to_string(&Spread { mean: 0.5, deviation: 0.25, n: 2 }).expect("plain numbers");
        assert_eq!(json, r#"{"mean":0.5,"deviation":0.25}"#);
    }
}
