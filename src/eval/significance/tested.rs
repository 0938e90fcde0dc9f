//! What all tests have in common.

use serde::{Deserialize, Serialize};

/// The seed of everything drawn at random here.
pub const SEED: u64 = 20_200_414;

/// What a test says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// The test's own statistic: t, W, or the mean difference.
    pub statistic: f64,
    /// The chance of a difference at least this large, in either direction, if there were none.
    pub p: f64,
}
