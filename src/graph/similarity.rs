//! Cosine similarities of one query's images, and each image's nearest neighbours.

use rayon::prelude::*;

use super::simd::{dispatch, dot4};

/// Added to a norm before dividing by it, as the authors do.
const NORM_EPSILON: f64 = 1e-6;
/// Rows processed per read of another row.
const GROUP: usize = 4;

/// Each row divided by (its Euclidean norm + 1e-6). A row of zeros, which represents an image without a vector, is
/// unchanged; a row with a non-finite number becomes one.
///
/// # Shapes
/// `vectors` and the result: row-major `n × dim`.
pub fn unit_rows(vectors: &[f32], dim: usize) -> Vec<f32> {
    let mut unit = vectors.to_vec();
    if dim == 0 {
        return unit;
    }
    for row in unit.chunks_mut(dim) {
        let norm = row.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
        if !norm.is_finite() {
            row.fill(0.0);
            continue;
        }
        for x in row {
            *x = (f64::from(*x) / (norm + NORM_EPSILON)) as f32;
        }
    }
    unit
}

/// All cosines of one query's images.
///
/// Computed once per query; graphs for any k are then derived without another product.
#[derive(Clone, Debug, PartialEq)]
pub struct Similarities {
    n: usize,
    /// n × n, bitwise symmetric.
    cos: Vec<f32>,
}

/// The images that are most similar to each of a query's images.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Nearest {
    /// Neighbours per image that has any.
    width: usize,
    /// One row of `width` per image; unused if the image has no vector.
    rows: Vec<u32>,
    has_vector: Vec<bool>,
}

impl Similarities {
    /// Similarities of unit rows (see [`unit_rows`]), `n × dim` row-major.
    pub fn new(unit: &[f32], dim: usize) -> Self {
        let n = unit.len().checked_div(dim).unwrap_or(0);
        Self { n, cos: cosines(&unit[..n * dim], n, dim) }
    }

    /// Number of images.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The cosine of images `i` and `j`; 0 if one of them has no vector.
    ///
    /// # Panics
    /// If `i` or `j` is out of range.
    pub fn get(&self, i: usize, j: usize) -> f32 {
        assert!(j < self.n, "image {j} of {}", self.n);
        self.cos[i * self.n + j]
    }

    /// Every image's `k` nearest others, or all if there are fewer. Only these are sorted, not the rest of a row.
    pub(super) fn nearest(&self, k: usize) -> Nearest {
        let n = self.n;
        let has_vector: Vec<bool> = (0..n).map(|i| self.cos[i * n + i] > 0.0).collect();
        let others = has_vector.iter().filter(|has| **has).count().saturating_sub(1);
        let width = k.min(others);
        let mut rows = vec![0; n * width];
        if width > 0 {
            rows.par_chunks_exact_mut(width).enumerate().for_each_init(
                || Vec::with_capacity(others),
                |keys, (i, row)| {
                    if has_vector[i] {
                        put_nearest(&self.cos[i * n..][..n], i, &has_vector, keys, row);
                    }
                },
            );
        }
        Nearest { width, rows, has_vector }
    }
}

impl Nearest {
    /// The others from the most to the least similar to `i`, ties by index. Images without a vector neither are nor
    /// have neighbours.
    pub(super) fn of(&self, i: usize) -> &[u32] {
        if self.has_vector[i] { &self.rows[i * self.width..][..self.width] } else { &[] }
    }

    /// The largest number of neighbours of an image.
    pub(super) fn width(&self) -> usize {
        self.width
    }
}

/// Fills `nearest` with the images nearest to `i`, by one integer key: the flipped bits of the cosine, then the index.
fn put_nearest(cos: &[f32], i: usize, has_vector: &[bool], keys: &mut Vec<u64>, nearest: &mut [u32]) {
    let others = (0..cos.len()).filter(|&j| j != i && has_vector[j]);
    keys.clear();
    keys.extend(others.map(|j| (u64::from(descending(cos[j])) << 32) | j as u64));
    if nearest.len() < keys.len() {
        keys.select_nth_unstable(nearest.len() - 1);
    }
    let keys = &mut keys[..nearest.len()];
    keys.sort_unstable();
    nearest.iter_mut().zip(keys).for_each(|(slot, key)| *slot = *key as u32);
}

/// An integer that decreases as the number increases; −0 and 0 are equal.
fn descending(x: f32) -> u32 {
    let bits = (x + 0.0).to_bits();
    if bits >> 31 == 0 { !(bits | 0x8000_0000) } else { bits }
}

/// The product of the rows with themselves: only the lower triangle is computed, and mirrored.
fn cosines(unit: &[f32], n: usize, dim: usize) -> Vec<f32> {
    let mut cos = vec![0.0; n * n];
    cos.par_chunks_mut(GROUP * n.max(1)).enumerate().for_each(|(block, out)| {
        dispatch(Block { unit, dim, first: block * GROUP, n, out });
    });
    for i in 0..n {
        for j in 0..i {
            cos[j * n + i] = cos[i * n + j];
        }
    }
    cos
}

/// Four rows of the matrix of cosines, up to the diagonal.
struct Block<'a> {
    unit: &'a [f32],
    dim: usize,
    first: usize,
    n: usize,
    out: &'a mut [f32],
}

impl pulp::WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let row = |i: usize| &self.unit[i * self.dim..][..self.dim];
        let rows = self.out.len() / self.n;
        let last = self.first + rows - 1;
        let group = [0, 1, 2, 3].map(|lane| row((self.first + lane).min(last)));
        for j in 0..=last {
            let products = dot4(simd, row(j), group);
            for (lane, product) in products.into_iter().enumerate().take(rows) {
                self.out[lane * self.n + j] = product;
            }
        }
    }
}
