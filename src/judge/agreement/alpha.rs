//! Krippendorff's α, which takes any number of judges and missing labels.

use super::scale::{Coded, Row};

/// How α measures the difference of two grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// All differences alike.
    Nominal,
    /// By the number of labels between the two grades.
    Ordinal,
    /// By the square of the difference.
    Interval,
}

/// The coincidence matrix: pairs of labels of the same image, each image weighing as much as it has labels. Images with
/// fewer than two are left out.
pub(super) fn coincidences(coded: &Coded, rows: &[Row<'_>]) -> Vec<Vec<f64>> {
    let size = coded.values.len();
    let mut pairs = vec![vec![0.0; size]; size];
    for row in rows {
        let counts = coded.counts(row);
        let labels: f64 = counts.iter().sum();
        if labels < 2.0 {
            continue;
        }
        for (a, of_a) in counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            for (b, of_b) in counts.iter().enumerate() {
                pairs[a][b] += of_a * (of_b - f64::from(u8::from(a == b))) / (labels - 1.0);
            }
        }
    }
    pairs
}

/// α = 1 − observed over expected disagreement (K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011).
///
/// `None` if no image has two labels, if all of those are of one grade, or for a metric that grades without order do
/// not have.
pub(super) fn alpha(coded: &Coded, coincidences: &[Vec<f64>], metric: Metric) -> Option<f64> {
    if metric != Metric::Nominal && !coded.is_ordered {
        return None;
    }
    let labels: Vec<f64> = coincidences.iter().map(|row| row.iter().sum()).collect();
    let total: f64 = labels.iter().sum();
    let (mut observed, mut expected) = (0.0, 0.0);
    for a in 0..labels.len() {
        for b in 0..labels.len() {
            let difference = match metric {
                Metric::Nominal => f64::from(u8::from(a != b)),
                Metric::Interval => (coded.values[a] - coded.values[b]).powi(2),
                Metric::Ordinal => {
                    let between: f64 = labels[a.min(b)..=a.max(b)].iter().sum();
                    if a == b { 0.0 } else { (between - (labels[a] + labels[b]) / 2.0).powi(2) }
                }
            };
            observed += difference * coincidences[a][b];
            expected += difference * labels[a] * labels[b];
        }
    }
    (expected > 0.0).then(|| 1.0 - (total - 1.0) * observed / expected)
}
