//! The vectors of one query's candidates, row by row.

use super::similarity::make_unit;
use crate::dataset::{Dataset, VectorTable};

/// The vectors of a query's candidates, L2-normalised; a row of zeros if an image has none.
///
/// # Shapes
/// Row-major, `candidates × dim`.
pub fn visual_rows(dataset: &Dataset, vectors: &VectorTable, query: usize) -> Vec<f32> {
    let mut rows = raw_rows(dataset, vectors, query);
    make_unit(&mut rows, vectors.dim);
    rows
}

/// The raw vectors of a query's candidates; a row of zeros if an image has none.
///
/// # Shapes
/// Row-major, `candidates × dim`.
pub fn raw_rows(dataset: &Dataset, vectors: &VectorTable, query: usize) -> Vec<f32> {
    let candidates = &dataset.queries[query].candidates;
    let mut rows = vec![0.0; candidates.len() * vectors.dim];
    for (row, candidate) in rows.chunks_exact_mut(vectors.dim.max(1)).zip(candidates) {
        if let Some(vector) = vectors.get(candidate.image) {
            row.copy_from_slice(&vector);
        }
    }
    rows
}
