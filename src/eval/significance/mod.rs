//! Whether two rankings of the same queries differ by more than chance.
//!
//! Everything works on plain slices of paired values, one pair per query. Tests are two-sided. Random draws are seeded
//! with [`SEED`], so the same values give the same results everywhere.
//!
//! M. Smucker, J. Allan, B. Carterette, "A comparison of statistical significance tests for information retrieval
//! evaluation", CIKM 2007, compares the tests; T. Sakai, "Statistical reform in information retrieval?", SIGIR Forum
//! 2014, calls for effect sizes and intervals along with them.

mod bootstrap;
mod correlation;
mod effect;
mod holm;
mod randomisation;
mod ranks;
mod student;
mod tested;
mod wilcoxon;

pub use bootstrap::{Interval, RESAMPLES, bootstrap, percentiles, two_way};
pub use correlation::{kendall_tau_b, spearman};
pub use effect::{Outcomes, differences, effect_size, outcomes};
pub use holm::holm;
pub use randomisation::{EXACT_UP_TO, FLIPS, randomisation};
pub use student::paired_t;
pub use tested::{SEED, Tested};
pub use wilcoxon::wilcoxon;
