//! Agreement as such, without regard to chance.

use super::scale::{Coded, Row};

/// The share of pairs of labels of the same image that are alike; `None` without any pair.
pub(super) fn raw(coded: &Coded, rows: &[Row<'_>]) -> Option<f64> {
    let (mut alike, mut pairs) = (0.0, 0.0);
    for row in rows {
        let counts = coded.counts(row);
        let labels: f64 = counts.iter().sum();
        alike += counts.iter().map(|count| count * (count - 1.0)).sum::<f64>();
        pairs += labels * (labels - 1.0);
    }
    (pairs > 0.0).then(|| alike / pairs)
}

/// For each grade, the chance that another judge gives it too where one did (specific agreement: D. Cicchetti and
/// A. Feinstein, *Journal of Clinical Epidemiology* 1990); `None` where no second label is.
pub(super) fn per_grade(coded: &Coded, rows: &[Row<'_>]) -> Vec<Option<f64>> {
    let mut alike = vec![0.0; coded.values.len()];
    let mut pairs = alike.clone();
    for row in rows {
        let counts = coded.counts(row);
        let labels: f64 = counts.iter().sum();
        for (category, count) in counts.iter().enumerate() {
            alike[category] += count * (count - 1.0);
            pairs[category] += count * (labels - 1.0);
        }
    }
    alike.iter().zip(pairs).map(|(alike, pairs)| (pairs > 0.0).then(|| alike / pairs)).collect()
}

/// The share of each grade among all labels.
pub(super) fn prevalence(coded: &Coded, rows: &[Row<'_>]) -> Vec<f64> {
    let mut counts = vec![0.0; coded.values.len()];
    rows.iter().for_each(|row| counts.iter_mut().zip(coded.counts(row)).for_each(|(all, count)| *all += count));
    let total: f64 = counts.iter().sum::<f64>().max(1.0);
    counts.iter().map(|count| count / total).collect()
}
