//! Agreement beyond chance, with chance from the judges' own use of the grades.

use super::scale::{Coded, Row, Weights};

/// Labels of two judges: rows are the first's categories, columns the second's; only images that both labelled.
pub(super) fn confusion(coded: &Coded, rows: &[Row<'_>], a: usize, b: usize) -> Vec<Vec<f64>> {
    let mut counts = vec![vec![0.0; coded.values.len()]; coded.values.len()];
    for row in rows {
        if let (Some(a), Some(b)) = (row[a], row[b]) {
            counts[a][b] += 1.0;
        }
    }
    counts
}

/// Cohen's κ of two judges: 1 − observed over expected disagreement, each difference weighted by the distance of its
/// grades (J. Cohen, *Educational and Psychological Measurement* 1960, and with weights *Psychological Bulletin* 1968).
///
/// `None` without images, if chance alone would never disagree, or with weights on grades without order.
pub(super) fn cohen(coded: &Coded, confusion: &[Vec<f64>], weights: Weights) -> Option<f64> {
    if weights != Weights::Plain && !coded.is_ordered {
        return None;
    }
    let of_a: Vec<f64> = confusion.iter().map(|row| row.iter().sum()).collect();
    let of_b: Vec<f64> = (0..of_a.len()).map(|b| confusion.iter().map(|row| row[b]).sum()).collect();
    let total: f64 = of_a.iter().sum();
    let (mut observed, mut expected) = (0.0, 0.0);
    for (a, row) in confusion.iter().enumerate() {
        for (b, count) in row.iter().enumerate() {
            let distance = weights.distance(coded.values[a], coded.values[b]);
            observed += distance * count;
            expected += distance * of_a[a] * of_b[b];
        }
    }
    (expected > 0.0).then(|| 1.0 - observed * total / expected)
}

/// Fleiss' κ: the mean agreement of pairs of judges, with chance from all grades together (J. Fleiss, *Psychological
/// Bulletin* 1971). It needs the same number of labels everywhere, so only images that all judges labelled count.
///
/// `None` without such images, with fewer than two judges, or if only one grade was given.
pub(super) fn fleiss(coded: &Coded, rows: &[Row<'_>]) -> Option<f64> {
    let complete: Vec<&Row<'_>> = rows.iter().filter(|row| row.iter().all(Option::is_some)).collect();
    let judges = complete.first()?.len() as f64;
    let images = complete.len() as f64;
    let mut shares = vec![0.0; coded.values.len()];
    let mut agreed = 0.0;
    for row in complete {
        let counts = coded.counts(row);
        agreed += counts.iter().map(|count| count * (count - 1.0)).sum::<f64>();
        shares.iter_mut().zip(counts).for_each(|(share, count)| *share += count / (judges * images));
    }
    let observed = agreed / (images * judges * (judges - 1.0));
    let chance: f64 = shares.iter().map(|share| share * share).sum();
    let kappa = (observed - chance) / (1.0 - chance);
    (judges > 1.0 && shares.iter().filter(|share| **share > 0.0).count() > 1).then_some(kappa)
}
