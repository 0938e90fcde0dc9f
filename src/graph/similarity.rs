//! Cosine similarities of one query's images, and each image's nearest neighbours.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};

use rayon::prelude::*;

use super::GraphError;
use super::simd::{dispatch, dot4};

/// Added to a norm before dividing by it, as the authors do.
pub(super) const NORM_EPSILON: f64 = 1e-6;
/// Rows processed per read of another row.
const GROUP: usize = 4;
/// Rows that are not stored and are computed together, so that they share the reading of the others from memory, and how
/// many of the others are read at a time, so that they stay in the processor's cache meanwhile.
const TALL: usize = 16 * GROUP;
const TILE: usize = 64;
/// Rows between two calls of an observer.
const WATCHED: usize = 4 * TALL;

/// Each row divided by (its Euclidean norm + 1e-6). A row of zeros, which represents an image without a vector, is
/// unchanged; a row with a non-finite number becomes one.
///
/// # Shapes
/// `vectors` and the result: row-major `n × dim`.
pub fn unit_rows(vectors: &[f32], dim: usize) -> Vec<f32> {
    let mut unit = vectors.to_vec();
    make_unit(&mut unit, dim);
    unit
}

/// [`unit_rows`] in place.
pub fn make_unit(rows: &mut [f32], dim: usize) {
    for row in rows.chunks_mut(dim.max(1)) {
        let norm = row.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
        if !norm.is_finite() {
            row.fill(0.0);
            continue;
        }
        for x in row {
            *x = (f64::from(*x) / (norm + NORM_EPSILON)) as f32;
        }
    }
}

/// Most bytes that the cosines of one query's images may take, unless another bound is given.
pub const USUAL_MEMORY: usize = 1_000_000_000;

/// All cosines of one query's images.
///
/// Computed once per query; graphs for any k are then derived without another product. Where n × n numbers would not
/// fit into memory, cosines are computed when asked for, with the same bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Similarities {
    n: usize,
    cosines: Cosines,
}

#[derive(Clone, Debug, PartialEq)]
enum Cosines {
    /// n × n, bitwise symmetric.
    Stored(Vec<f32>),
    /// Computed from the unit rows, n × `dim`.
    Computed { unit: Vec<f32>, dim: usize },
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
    /// Similarities of unit rows (see [`unit_rows`]), `n × dim` row-major, in at most [`USUAL_MEMORY`].
    pub fn new(unit: &[f32], dim: usize) -> Self {
        Self::within(USUAL_MEMORY, unit, dim)
    }

    /// The same in at most `memory` bytes (beside the rows themselves).
    pub fn within(memory: usize, unit: &[f32], dim: usize) -> Self {
        let n = unit.len().checked_div(dim).unwrap_or(0);
        let unit = &unit[..n * dim];
        let cosines = match Self::bytes(n) <= memory {
            true => Cosines::Stored(cosines(unit, n, dim)),
            false => Cosines::Computed { unit: unit.to_vec(), dim },
        };
        Self { n, cosines }
    }

    /// The bytes that all cosines of `n` images take.
    pub fn bytes(n: usize) -> usize {
        n.saturating_mul(n).saturating_mul(size_of::<f32>())
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
        match &self.cosines {
            Cosines::Stored(cos) => cos[i * self.n + j],
            Cosines::Computed { unit, dim } => {
                dispatch(One { x: &unit[i * dim..][..*dim], y: &unit[j * dim..][..*dim] })
            }
        }
    }

    /// The cosines of image `i` and every image.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn row(&self, i: usize) -> Cow<'_, [f32]> {
        match &self.cosines {
            Cosines::Stored(cos) => Cow::Borrowed(&cos[i * self.n..][..self.n]),
            Cosines::Computed { unit, dim } => {
                let mut row = vec![0.0; self.n];
                dispatch(Block { unit, dim: *dim, first: i, n: self.n, columns: 0..self.n, out: &mut row });
                Cow::Owned(row)
            }
        }
    }

    /// Every image's `k` nearest others, or all if there are fewer. Only these are sorted, not the rest of a row.
    pub(super) fn nearest(&self, k: usize) -> Nearest {
        let mut nearest = self.none_yet(k);
        self.find(0..self.n, &mut nearest);
        nearest
    }

    /// The same; `proceed` gets the number of images done and in all, and may stop the work.
    ///
    /// # Errors
    /// [`GraphError::Cancelled`] after a `Break`.
    pub(super) fn nearest_while(
        &self,
        k: usize,
        proceed: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Nearest, GraphError> {
        let mut nearest = self.none_yet(k);
        for first in (0..self.n).step_by(WATCHED) {
            if proceed(first, self.n).is_break() {
                return Err(GraphError::Cancelled);
            }
            self.find(first..self.n.min(first + WATCHED), &mut nearest);
        }
        Ok(nearest)
    }

    fn none_yet(&self, k: usize) -> Nearest {
        let has_vector: Vec<bool> = (0..self.n).into_par_iter().map(|i| self.get(i, i) > 0.0).collect();
        let others = has_vector.iter().filter(|has| **has).count().saturating_sub(1);
        let width = k.min(others);
        Nearest { width, rows: vec![0; self.n * width], has_vector }
    }

    /// Finds the nearest of some images.
    fn find(&self, images: Range<usize>, nearest: &mut Nearest) {
        let Nearest { width, rows, has_vector } = nearest;
        let (n, width, start) = (self.n, *width, images.start);
        if width == 0 {
            return;
        }
        let together = match self.cosines {
            Cosines::Stored(_) => GROUP,
            Cosines::Computed { .. } => TALL,
        };
        let rows = &mut rows[start * width..images.end * width];
        rows.par_chunks_mut(together * width).enumerate().for_each_init(
            || (Vec::new(), Vec::new()),
            |(keys, buffer), (chunk, nearest)| {
                let first = start + chunk * together;
                let cos = self.rows(first, nearest.len() / width, buffer);
                for (lane, nearest) in nearest.chunks_exact_mut(width).enumerate() {
                    let i = first + lane;
                    if has_vector[i] {
                        put_nearest(&cos[lane * n..][..n], i, has_vector, keys, nearest);
                    }
                }
            },
        );
    }

    /// `count` rows from `first` on; `buffer` is for rows that are not stored.
    fn rows<'a>(&'a self, first: usize, count: usize, buffer: &'a mut Vec<f32>) -> &'a [f32] {
        let n = self.n;
        match &self.cosines {
            Cosines::Stored(cos) => &cos[first * n..][..count * n],
            Cosines::Computed { unit, dim } => {
                buffer.resize(count * n, 0.0);
                for tile in (0..n).step_by(TILE) {
                    let columns = tile..n.min(tile + TILE);
                    for (group, out) in buffer.chunks_mut(GROUP * n).enumerate() {
                        let first = first + group * GROUP;
                        dispatch(Block { unit, dim: *dim, first, n, columns: columns.clone(), out });
                    }
                }
                buffer
            }
        }
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
        let last = (block + 1) * GROUP;
        dispatch(Block { unit, dim, first: block * GROUP, n, columns: 0..last.min(n), out });
    });
    for i in 0..n {
        for j in 0..i {
            cos[j * n + i] = cos[i * n + j];
        }
    }
    cos
}

/// Some columns of up to four rows of the matrix of cosines.
struct Block<'a> {
    unit: &'a [f32],
    dim: usize,
    first: usize,
    n: usize,
    columns: Range<usize>,
    out: &'a mut [f32],
}

impl pulp::WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let row = |i: usize| &self.unit[i * self.dim..][..self.dim];
        let rows = self.out.len() / self.n;
        let last_row = self.first + rows - 1;
        let group = [0, 1, 2, 3].map(|lane| row((self.first + lane).min(last_row)));
        for j in self.columns {
            let products = dot4(simd, row(j), group);
            for (lane, product) in products.into_iter().enumerate().take(rows) {
                self.out[lane * self.n + j] = product;
            }
        }
    }
}

/// One cosine.
struct One<'a> {
    x: &'a [f32],
    y: &'a [f32],
}

impl pulp::WithSimd for One<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) -> f32 {
        dot4(simd, self.x, [self.y; 4])[0]
    }
}
