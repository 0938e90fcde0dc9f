//! The persistence of rank-biased precision.

use std::fmt;

/// The probability that a user continues to the next image: a fraction strictly between 0 and 1 with at most six
/// decimals, so that measures can be compared and written as names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Persistence {
    /// In millionths, 1..1,000,000.
    millionths: u32,
}

const WHOLE: f64 = 1e6;

impl Persistence {
    /// From a fraction; `None` outside 0..1 or with more than six decimals.
    pub fn new(fraction: f64) -> Option<Self> {
        let millionths = (fraction * WHOLE).round();
        // The nearest float to a fraction of six decimals is off by far less than this.
        let exact = (fraction * WHOLE - millionths).abs() < 1e-6;
        (exact && (1.0..WHOLE).contains(&millionths)).then_some(Self { millionths: millionths as u32 })
    }

    /// The fraction.
    pub fn value(self) -> f64 {
        f64::from(self.millionths) / WHOLE
    }
}

impl fmt::Display for Persistence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value())
    }
}
