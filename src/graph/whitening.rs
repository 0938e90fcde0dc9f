//! Whitening: visual vectors scaled equally in every direction, so that no frequent trait dominates.

mod file;
mod principal;

use std::borrow::Cow;
use std::ops::ControlFlow;

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use serde::{Deserialize, Serialize};

use super::background::abandonable;
use super::{GraphError, unit_rows};
use crate::base::Spread;
use principal::{MOST_COMPONENTS, WIDE, principal};

/// Most images to learn from, evenly spaced: enough for a correlation matrix.
const MOST_ROWS: usize = 10_000;

/// Vectors read between two questions whether to go on.
const ROWS_AT_ONCE: usize = 64;
/// Most bytes that learning may take.
const MOST_BYTES: u64 = 16 << 30;

/// Checks that all that [`Whitening::learn`] allocates for `rows` vectors of `dim` numbers stays within bounds: the rows
/// twice, their products, and the components as they come and as they are kept.
fn check_size(rows: usize, dim: usize) -> Result<(), GraphError> {
    let size = |a: usize, b: usize, bytes: u64| (a as u64).checked_mul(b as u64)?.checked_mul(bytes);
    let side = dim.min(WIDE.max(rows));
    let parts = [size(rows, dim, 16), size(side, side, 16), size(dim, MOST_COMPONENTS, 12)];
    let needed = parts.into_iter().try_fold(0_u64, |sum, part| sum.checked_add(part?)).unwrap_or(u64::MAX);
    if needed <= MOST_BYTES { Ok(()) } else { Err(GraphError::TooWide { dim, needed }) }
}

/// How visual vectors are processed before they are used for neighbours and inputs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VisualSettings {
    /// Whether vectors are whitened: `sign(x) |x|^power`, standardised, and divided in every principal direction by
    /// the root of (variance + shrinkage), all learned on the images of the training queries.
    pub whiten: bool,
    /// The power; ½ damps the large counts of histograms, 1 changes nothing.
    pub power: f64,
    /// Added to a direction's variance: the larger, the less weak directions count.
    pub shrinkage: f64,
    /// How many principal components, standardised per query, join the signals as inputs.
    pub components: usize,
    /// The power of a component's variance, relative to that of the first, by which it is scaled: 0 for equal scales, ½
    /// for the scale it has in the vectors. The larger, the less weak components count.
    pub spectrum: f64,
}

impl Default for VisualSettings {
    fn default() -> Self {
        Self { whiten: false, power: 0.5, shrinkage: 1.0, components: 0, spectrum: 0.0 }
    }
}

/// Principal components of visual vectors (Jégou and Chum, ECCV 2012, for retrieval), learned without labels.
///
/// # Shapes
/// d numbers per vector, r components.
#[derive(Clone, Debug, PartialEq)]
pub struct Whitening {
    settings: VisualSettings,
    /// d.
    mean: Vec<f32>,
    /// One over the deviation, d; 0 if all are equal.
    scale: Vec<f32>,
    /// Eigenvalues of the correlation matrix, largest first: r.
    variance: Vec<f32>,
    /// The directions, d × r row-major.
    basis: Vec<f32>,
}

impl Whitening {
    /// Learns from the vectors, of `dim` numbers each, that `row` gives for `images`. With fewer than two, no
    /// components are kept. `proceed` is asked often whether to go on.
    ///
    /// # Errors
    /// [`GraphError::TooWide`] or [`GraphError::Decomposition`] for vectors that nothing can be learned from, and
    /// [`GraphError::Cancelled`] after a `Break`.
    pub fn learn<'a>(
        images: &[usize],
        row: impl Fn(usize) -> Option<Cow<'a, [f32]>>,
        dim: usize,
        settings: VisualSettings,
        proceed: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Self, GraphError> {
        let most_rows = if dim > WIDE { WIDE } else { MOST_ROWS };
        check_size(images.len().min(most_rows), dim)?;
        let step = images.len().div_ceil(most_rows).max(1);
        let power = |&x: &f32| power(f64::from(x), settings.power);
        let mut data: Vec<f64> = Vec::new();
        for (index, &image) in images.iter().step_by(step).enumerate() {
            if index % ROWS_AT_ONCE == 0 && proceed().is_break() {
                return Err(GraphError::Cancelled);
            }
            if let Some(row) = row(image).filter(|row| row.len() == dim) {
                data.extend(row.iter().map(power));
            }
        }
        let count = data.len().checked_div(dim).unwrap_or(0);
        let (mut mean, mut squares) = (vec![0.0; dim], vec![0.0; dim]);
        for row in data.chunks(dim.max(1)) {
            mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / count as f64);
        }
        for row in data.chunks(dim.max(1)) {
            squares.iter_mut().zip(row).zip(&mean).for_each(|((sum, x), mean)| *sum += (x - mean).powi(2));
        }
        let deviation = |sum: &f64| (sum / count as f64).sqrt();
        let scale: Vec<f64> =
            squares.iter().map(|sum| if deviation(sum) > 1e-9 { 1.0 / deviation(sum) } else { 0.0 }).collect();
        let standard: Vec<f64> = data
            .chunks(dim.max(1))
            .flat_map(|row| row.iter().zip(&mean).zip(&scale).map(|((x, mean), scale)| (x - mean) * scale))
            .collect();
        let (variance, basis) = match count {
            0 | 1 => Default::default(),
            // Nothing in it can be interrupted.
            _ => abandonable(move || principal(&standard, count, dim), proceed)?
                .flatten()
                .ok_or(GraphError::Decomposition)?,
        };
        let plain = |values: Vec<f64>| values.into_iter().map(|x| x as f32).collect();
        Ok(Self { settings, mean: plain(mean), scale: plain(scale), variance, basis })
    }

    /// The settings it was learned with.
    pub fn settings(&self) -> VisualSettings {
        self.settings
    }

    /// The same directions, used with other settings; their power must be the same.
    pub fn with(&self, settings: VisualSettings) -> Self {
        Self { settings, ..self.clone() }
    }

    /// The dimension of the vectors that it takes.
    pub fn input_dim(&self) -> usize {
        self.mean.len()
    }

    /// Numbers of a whitened vector (r).
    pub fn dim(&self) -> usize {
        self.variance.len()
    }

    /// Number of components that join the signals: those requested, as far as available.
    pub fn components(&self) -> usize {
        self.settings.components.min(self.dim())
    }

    /// The principal components of some vectors; a row of zeros (an image without a vector) stays one.
    ///
    /// # Shapes
    /// n × d → n × r.
    pub fn project(&self, rows: &[f32]) -> Vec<f32> {
        let (dim, kept) = (self.mean.len(), self.dim());
        let n = rows.len().checked_div(dim).unwrap_or(0);
        let standard = |(row, column): (&[f32], usize)| {
            let x = power(f64::from(row[column]), self.settings.power) as f32;
            (x - self.mean[column]) * self.scale[column]
        };
        let mut standardised = Vec::with_capacity(n * dim);
        for row in rows.chunks(dim.max(1)) {
            let there = row.iter().any(|&x| x != 0.0);
            standardised.extend((0..dim).map(|column| if there { standard((row, column)) } else { 0.0 }));
        }
        let mut out = Mat::<f32>::zeros(n, kept);
        let left = MatRef::from_row_major_slice(&standardised, n, dim);
        let right = MatRef::from_row_major_slice(&self.basis, dim, kept);
        matmul(out.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
        (0..n).flat_map(|i| (0..kept).map(move |c| (i, c))).map(|(i, c)| out[(i, c)]).collect()
    }

    /// Whitened unit vectors from [`Self::project`]'s rows.
    ///
    /// # Shapes
    /// n × r → n × r.
    pub fn whitened(&self, projected: &[f32]) -> Vec<f32> {
        unit_rows(&self.leading(projected, self.dim()), self.dim())
    }

    /// The `kept` strongest directions (all, if there are fewer) of [`Self::project`]'s rows, whitened, not normalised.
    ///
    /// # Shapes
    /// n × r → n × min(`kept`, r).
    pub fn leading(&self, projected: &[f32], kept: usize) -> Vec<f32> {
        let scale = |v: &f32| 1.0 / (f64::from(*v) + self.settings.shrinkage).sqrt() as f32;
        let scale: Vec<f32> = self.variance.iter().take(kept).map(scale).collect();
        let rows = projected.chunks(self.dim().max(1));
        rows.flat_map(|row| row.iter().zip(&scale).map(|(x, scale)| x * scale)).collect()
    }

    fn component_scale(&self, component: usize) -> f64 {
        match self.settings.spectrum {
            0.0 => 1.0,
            power => {
                (f64::from(self.variance[component]) / f64::from(self.variance[0]).max(1e-30)).max(0.0).powf(power)
            }
        }
    }

    /// The first components from [`Self::project`]'s rows, each with mean 0 over the rows and deviation 1, or less by
    /// [`VisualSettings::spectrum`]. A row of zeros (an image without a vector) does not count and stays one: its
    /// components are the mean.
    ///
    /// # Shapes
    /// n × r → n × [`Self::components`].
    pub fn inputs(&self, projected: &[f32]) -> Vec<f32> {
        let (kept, wanted) = (self.dim(), self.components());
        let n = projected.len().checked_div(kept).unwrap_or(0);
        let mut out = vec![0.0; n * wanted];
        let there = |&i: &usize| projected[i * kept..(i + 1) * kept].iter().any(|&x| x != 0.0);
        let present: Vec<usize> = (0..n).filter(there).collect();
        for column in 0..wanted {
            let values = || present.iter().map(|&i| f64::from(projected[i * kept + column]));
            let Spread { mean, deviation, .. } = Spread::of(values()).unwrap_or_default();
            let scale = self.component_scale(column);
            for (&i, x) in present.iter().zip(values()) {
                out[i * wanted + column] = if deviation > 1e-9 { ((x - mean) / deviation * scale) as f32 } else { 0.0 };
            }
        }
        out
    }
}

/// `sign(x) |x|^power`.
fn power(x: f64, power: f64) -> f64 {
    match power {
        1.0 => x,
        0.5 => x.signum() * x.abs().sqrt(),
        power => x.signum() * x.abs().powf(power),
    }
}

#[cfg(test)]
mod tests;
