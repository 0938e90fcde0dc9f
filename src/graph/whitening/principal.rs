//! The principal components of standardised rows.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par, Side};

/// Up to this many numbers a vector the d × d correlation is decomposed; wider vectors go by the n × n products of at most
/// as many images, which have the same principal components.
pub(super) const WIDE: usize = 2048;
/// Most principal components that are kept.
pub(super) const MOST_COMPONENTS: usize = 512;
/// A direction with less than this share of a number's variance is rounding error.
const LEAST_VARIANCE: f64 = 1e-6;

/// Eigenvalues, largest first, and eigenvectors (d × r row-major) of the correlation of standardised rows; `None` if the
/// decomposition does not converge, which it does for every finite matrix.
pub(super) fn principal(standard: &[f64], count: usize, dim: usize) -> Option<(Vec<f32>, Vec<f32>)> {
    let rows = MatRef::from_row_major_slice(standard, count, dim);
    let (values, vectors) = if dim > WIDE { by_images(rows)? } else { by_numbers(rows)? };
    let variance = values.iter().map(|&value| value as f32).collect();
    // An eigenvector's sign is free: its largest number is made positive, so that the same data give the same inputs.
    let sign = |at: usize| {
        let largest =
            (0..dim).map(|i| vectors[(i, at)]).fold(0.0, |most: f64, x| if x.abs() > most.abs() { x } else { most });
        if largest < 0.0 { -1.0 } else { 1.0 }
    };
    let signs: Vec<f64> = (0..values.len()).map(sign).collect();
    let row =
        |i: usize| signs.iter().enumerate().map(|(at, sign)| (vectors[(i, at)] * sign) as f32).collect::<Vec<_>>();
    Some((variance, (0..dim).flat_map(row).collect()))
}

/// The eigenvalues that count, largest first, with their vectors as columns.
fn leading(symmetric: &Mat<f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    let n = symmetric.nrows();
    let eigen = symmetric.self_adjoint_eigen(Side::Lower).ok()?;
    let (ascending, vectors) = (eigen.S().column_vector(), eigen.U());
    let descending = (0..n).rev().map(|at| ascending[at]);
    let values: Vec<f64> = descending.take_while(|&value| value > LEAST_VARIANCE).take(MOST_COMPONENTS).collect();
    let rank = values.len();
    Some((values, Mat::from_fn(n, rank, |i, at| vectors[(i, n - 1 - at)])))
}

/// The eigenvalues and eigenvectors of `XᵀX / n` that count.
fn by_numbers(rows: MatRef<'_, f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    let (count, dim) = (rows.nrows(), rows.ncols());
    let mut correlation = Mat::<f64>::zeros(dim, dim);
    matmul(correlation.as_mut(), Accum::Replace, rows.transpose(), rows, 1.0 / count as f64, Par::Seq);
    leading(&correlation)
}

/// The same by way of `XXᵀ / n`: its eigenvalues are those that are not zero, and its eigenvectors u give `Xᵀu / √(nλ)`.
fn by_images(rows: MatRef<'_, f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    let (count, dim) = (rows.nrows(), rows.ncols());
    let mut products = Mat::<f64>::zeros(count, count);
    matmul(products.as_mut(), Accum::Replace, rows, rows.transpose(), 1.0 / count as f64, Par::Seq);
    let (values, directions) = leading(&products)?;
    let mut vectors = Mat::<f64>::zeros(dim, values.len());
    matmul(vectors.as_mut(), Accum::Replace, rows.transpose(), directions.as_ref(), 1.0, Par::Seq);
    for (at, value) in values.iter().enumerate() {
        let scale = 1.0 / (count as f64 * value).sqrt();
        (0..dim).for_each(|i| vectors[(i, at)] *= scale);
    }
    Some((values, vectors))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Rng;

    #[test]
    fn products_of_images_give_the_same_components_as_correlations_of_numbers() {
        let (count, dim) = (12, 30);
        let mut rng = Rng::new(5);
        let data: Vec<f64> = (0..count * dim).map(|_| rng.normal()).collect();
        let rows = MatRef::from_row_major_slice(&data, count, dim);
        let ((long, ours), (short, theirs)) = (by_numbers(rows).unwrap(), by_images(rows).unwrap());
        assert_eq!(short.len(), count);
        for at in 0..count {
            assert!((long[at] - short[at]).abs() < 1e-9, "{at}: {} {}", long[at], short[at]);
            let cosine: f64 = (0..dim).map(|i| ours[(i, at)] * theirs[(i, at)]).sum();
            assert!((cosine.abs() - 1.0).abs() < 1e-9, "{at}: {cosine}");
        }
    }
}
