//! Common to all tests.

use serde::{Deserialize, Serialize};

/// The seed of all random draws here.
pub const SEED: u64 = 20_200_414;

/// The result of a test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// The test's own statistic: t, W, or the mean difference.
    pub statistic: f64,
    /// The two-sided p-value: the probability of a difference at least this large if there were none.
    pub p: f64,
}
