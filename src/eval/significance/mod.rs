//! Whether two rankings of the same queries differ by more than chance.
//!
//! Everything works on plain slices of paired values, one pair per query. Tests are two-sided. What is drawn at random
//! is drawn from [`SEED`], so that the same values give the same figures everywhere.
//!
//! M. Smucker, J. Allan, B. Carterette, "A comparison of statistical significance tests for information retrieval
//! evaluation", CIKM 2007, compares the tests; T. Sakai, "Statistical reform in information retrieval?", SIGIR Forum
//! 2014, asks for effect sizes and intervals beside them.

mod bootstrap;
mod correlation;
mod effect;
mod holm;
mod randomisation;
mod ranks;
mod student;
mod wilcoxon;

pub use bootstrap::{Interval, RESAMPLES, bootstrap};
pub use correlation::{kendall_tau_b, spearman};
pub use effect::{Outcomes, differences, effect_size, outcomes};
pub use holm::holm;
pub use randomisation::{EXACT_UP_TO, FLIPS, randomisation};
pub use student::paired_t;
pub use wilcoxon::wilcoxon;

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
