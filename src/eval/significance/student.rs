//! Student's paired t-test.

use super::Tested;
use super::effect::deviation;
use crate::base::mean;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The paired t-test (Student 1908): t = mean / (deviation / √n) with n − 1 degrees of freedom.
///
/// p = 1 if nothing differs; `None` for fewer than two pairs, or if all differ by exactly the same amount, so that the
/// deviation is 0.
pub fn paired_t(differences: &[f64]) -> Option<Tested> {
    let deviation = deviation(differences)?;
    if differences.iter().all(|&difference| difference == 0.0) {
        return Some(Tested { statistic: 0.0, p: 1.0 });
    }
    let n = differences.len() as f64;
    let statistic = mean(differences) / (deviation / n.sqrt());
    if !statistic.is_finite() {
        return None;
    }
    let distribution = StudentsT::new(0.0, 1.0, n - 1.0).ok()?;
    Some(Tested { statistic, p: (2.0 * distribution.cdf(-statistic.abs())).min(1.0) })
}
