//! Cosines of many rows with a few: one pass over vectors that lie on disk.

use super::simd::{dispatch, dot4};
use super::similarity::NORM_EPSILON;

/// Queries that share one read of a row; the fourth product is the row's own norm.
const TOGETHER: usize = 3;

/// The cosine of every row with every query, whose vectors have length 1. A row of zeros, or with a number that is not
/// finite, gives NaN.
///
/// # Shapes
/// `rows`: n × dim, of any length; each query: dim. The result: n × queries, row-major.
pub fn cosines_with<Q: AsRef<[f32]>>(rows: &[f32], dim: usize, queries: &[Q]) -> Vec<f32> {
    if dim == 0 || queries.is_empty() {
        return Vec::new();
    }
    let mut out = vec![f32::NAN; rows.len() / dim * queries.len()];
    let queries: Vec<&[f32]> = queries.iter().map(AsRef::as_ref).collect();
    dispatch(Scan { rows, dim, queries: &queries, out: &mut out });
    out
}

struct Scan<'a> {
    rows: &'a [f32],
    dim: usize,
    queries: &'a [&'a [f32]],
    out: &'a mut [f32],
}

impl pulp::WithSimd for Scan<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        for (row, out) in self.rows.chunks_exact(self.dim).zip(self.out.chunks_exact_mut(self.queries.len())) {
            for (queries, out) in self.queries.chunks(TOGETHER).zip(out.chunks_mut(TOGETHER)) {
                let query = |at: usize| queries[at.min(queries.len() - 1)];
                let products = dot4(simd, row, [query(0), query(1), query(2), row]);
                let norm = f64::from(products[TOGETHER]).sqrt();
                if norm > 0.0 && norm.is_finite() {
                    for (out, product) in out.iter_mut().zip(products) {
                        *out = (f64::from(product) / (norm + NORM_EPSILON)) as f32;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::unit_rows;

    #[test]
    fn cosines_are_those_of_unit_rows_and_a_row_of_zeros_has_none() {
        let rows = [3.0, 4.0, 0.0, 0.0, 0.0, 2.0, -1.0, 0.0];
        let queries: Vec<Vec<f32>> = [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [-1.0, 0.0]].map(Vec::from).into();
        let cosines = cosines_with(&rows, 2, &queries);
        assert!(cosines[4..8].iter().all(|cosine| cosine.is_nan()));
        let unit = unit_rows(&rows, 2);
        for (row, cosines) in [0, 2, 3].into_iter().map(|row| (row, &cosines[row * 4..][..4])) {
            for (query, cosine) in queries.iter().zip(cosines) {
                let expected = unit[row * 2] * query[0] + unit[row * 2 + 1] * query[1];
                assert!((cosine - expected).abs() < 1e-5, "{cosine} {expected}");
            }
        }
    }
}
