//! Cosine similarities of one query's images, and each image's neighbours in order.

use std::ops::Range;

use rayon::prelude::*;

use super::simd::{dispatch, dot4};

/// Added to a norm before dividing by it, as the authors do.
const NORM_EPSILON: f64 = 1e-6;
/// Rows that one read of another row serves.
const GROUP: usize = 4;

/// Each row divided by (its Euclidean norm + 1e-6). A row of zeros stays one; a row that holds a number that is not
/// finite becomes one, which is how an image without a vector is written.
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

/// All cosines of one query's images, and for every image the others from the most to the least similar.
///
/// Computed once per query; graphs for any k are then cut from it without another product.
#[derive(Clone, Debug, PartialEq)]
pub struct Similarities {
    n: usize,
    /// n × n, symmetric to the bit.
    cos: Vec<f32>,
    /// Row i of `order` is `spans[i]..spans[i + 1]`.
    spans: Vec<usize>,
    order: Vec<u32>,
}

impl Similarities {
    /// Similarities of unit rows (see [`unit_rows`]), `n × dim` row-major.
    pub fn new(unit: &[f32], dim: usize) -> Self {
        let n = unit.len().checked_div(dim).unwrap_or(0);
        let cos = cosines(&unit[..n * dim], n, dim);
        let has_vector: Vec<bool> = (0..n).map(|i| cos[i * n + i] > 0.0).collect();
        let orders: Vec<Vec<u32>> = (0..n).into_par_iter().map(|i| order_row(&cos, n, i, &has_vector)).collect();
        let mut spans = Vec::with_capacity(n + 1);
        spans.push(0);
        spans.extend(orders.iter().scan(0, |end, row| {
            *end += row.len();
            Some(*end)
        }));
        Self { n, cos, spans, order: orders.concat() }
    }

    /// Number of images.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The cosine of images `i` and `j`; 0 where one of them has no vector.
    ///
    /// # Panics
    /// If `i` or `j` is out of range.
    pub fn get(&self, i: usize, j: usize) -> f32 {
        assert!(j < self.n, "image {j} of {}", self.n);
        self.cos[i * self.n + j]
    }

    /// The other images from the most to the least similar to `i`, equal ones by index. Images without a vector are
    /// no one's neighbour and have none.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn order(&self, i: usize) -> &[u32] {
        let span: Range<usize> = self.spans[i]..self.spans[i + 1];
        &self.order[span]
    }
}

/// Row `i`'s neighbours, sorted by one integer key: the flipped bits of the cosine, then the index.
fn order_row(cos: &[f32], n: usize, i: usize, has_vector: &[bool]) -> Vec<u32> {
    if !has_vector[i] {
        return Vec::new();
    }
    let row = &cos[i * n..(i + 1) * n];
    let others = (0..n).filter(|&j| j != i && has_vector[j]);
    let mut keys: Vec<u64> = others.map(|j| (u64::from(descending(row[j])) << 32) | j as u64).collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| key as u32).collect()
}

/// An integer that falls where the number rises; −0 and 0 are the same.
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
