//! Whitening: visual vectors scaled equally in every direction, so that no frequent trait dominates.

mod file;
mod principal;

use std::borrow::Cow;

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use serde::{Deserialize, Serialize};

use super::unit_rows;
use crate::base::Spread;
use principal::{WIDE, principal};

/// Most images to learn from, evenly spaced: enough for a correlation matrix.
const MOST_ROWS: usize = 10_000;

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
    /// components are kept.
    pub fn learn<'a>(
        images: &[usize],
        row: impl Fn(usize) -> Option<Cow<'a, [f32]>>,
        dim: usize,
        settings: VisualSettings,
    ) -> Self {
        let most_rows = if dim > WIDE { WIDE } else { MOST_ROWS };
        let step = images.len().div_ceil(most_rows).max(1);
        let power = |&x: &f32| power(f64::from(x), settings.power);
        let mut data: Vec<f64> = Vec::new();
        for row in images.iter().step_by(step).filter_map(|&image| row(image)).filter(|row| row.len() == dim) {
            data.extend(row.iter().map(power));
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
        let (variance, basis) = if count < 2 { (Vec::new(), Vec::new()) } else { principal(&standard, count, dim) };
        let plain = |values: Vec<f64>| values.into_iter().map(|x| x as f32).collect();
        Self { settings, mean: plain(mean), scale: plain(scale), variance, basis }
    }

    /// The settings it was learned with.
    pub fn settings(&self) -> VisualSettings {
        self.settings
    }

    /// The same directions, used with other settings; their power must be the same.
    pub fn with(&self, settings: VisualSettings) -> Self {
        Self { settings, ..self.clone() }
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
mod tests {
    use super::*;
    use crate::base::Rng;

    const DIM: usize = 5;

    /// Correlated numbers: the last two depend on the first.
    fn rows(count: usize) -> Vec<f32> {
        let mut rng = Rng::new(3);
        let row = |rng: &mut Rng| {
            let x = [0; 3].map(|_| rng.normal());
            [x[0], 2.0 * x[1], x[2] + 1.0, 3.0 * x[0] + 0.1 * x[1], x[0] - x[2]].map(|x| x as f32)
        };
        (0..count).flat_map(|_| row(&mut rng)).collect()
    }

    fn learned(shrinkage: f64) -> (Vec<f32>, Whitening) {
        let rows = rows(400);
        let settings = VisualSettings { whiten: true, power: 1.0, shrinkage, components: 2, spectrum: 0.0 };
        let row = |i: usize| Some(Cow::Borrowed(&rows[i * DIM..(i + 1) * DIM]));
        let whitening = Whitening::learn(&(0..400).collect::<Vec<_>>(), row, DIM, settings);
        (rows, whitening)
    }

    #[test]
    fn components_have_the_variance_of_their_eigenvalue_and_do_not_correlate() {
        let (rows, whitening) = learned(0.0);
        assert!(whitening.dim() <= 4, "five numbers that depend on three");
        let projected = whitening.project(&rows);
        let r = whitening.dim();
        for a in 0..r {
            for b in 0..r {
                let products = projected.chunks(r).map(|row| f64::from(row[a] * row[b]));
                let mean = products.sum::<f64>() / 400.0;
                let expected = if a == b { f64::from(whitening.variance[a]) } else { 0.0 };
                assert!((mean - expected).abs() < 1e-3, "{a} {b}: {mean} {expected}");
            }
        }
        assert!(whitening.variance.windows(2).all(|pair| pair[0] >= pair[1]));
    }

    #[test]
    fn whitened_rows_have_length_one_and_an_image_without_a_vector_has_none() {
        let (mut rows, whitening) = learned(1.0);
        rows[..DIM].fill(0.0);
        let whitened = whitening.whitened(&whitening.project(&rows));
        let length = |row: &[f32]| row.iter().map(|x| x * x).sum::<f32>();
        assert_eq!(length(&whitened[..whitening.dim()]), 0.0);
        assert!(whitened.chunks(whitening.dim()).skip(1).all(|row| (length(row) - 1.0).abs() < 1e-4));
    }

    #[test]
    fn vectors_of_many_numbers_are_learned_from_few_images() {
        let dim = 20_000;
        let mut rng = Rng::new(9);
        let data: Vec<f32> = (0..40 * dim).map(|_| rng.normal() as f32).collect();
        let settings = VisualSettings { whiten: true, power: 1.0, shrinkage: 1.0, components: 8, spectrum: 0.0 };
        let row = |i: usize| Some(Cow::Borrowed(&data[i * dim..(i + 1) * dim]));
        let whitening = Whitening::learn(&(0..40).collect::<Vec<_>>(), row, dim, settings);
        // Standardised rows sum to zero, which takes one direction.
        assert_eq!((whitening.dim(), whitening.components()), (39, 8));
        let whitened = whitening.whitened(&whitening.project(&data[..dim]));
        assert!((whitened.iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-4);
    }

    #[test]
    fn inputs_are_standard_over_the_query() {
        let (rows, whitening) = learned(1.0);
        let inputs = whitening.inputs(&whitening.project(&rows[..20 * DIM]));
        assert_eq!(inputs.len(), 20 * 2);
        for column in 0..2 {
            let values: Vec<f32> = inputs.chunks(2).map(|row| row[column]).collect();
            let (mean, squares) = (values.iter().sum::<f32>() / 20.0, values.iter().map(|x| x * x).sum::<f32>());
            assert!(mean.abs() < 1e-5 && (squares / 19.0 - 1.0).abs() < 1e-4, "{mean} {squares}");
        }
    }

    #[test]
    fn an_image_without_a_vector_has_mean_components_and_changes_no_other_row() {
        let (mut rows, whitening) = learned(1.0);
        // Off the mean of the training images, so that zero is not the query's mean.
        rows[..20 * DIM].iter_mut().for_each(|x| *x += 5.0);
        let complete = whitening.inputs(&whitening.project(&rows[DIM..20 * DIM]));
        rows[..DIM].fill(0.0);
        let inputs = whitening.inputs(&whitening.project(&rows[..20 * DIM]));
        assert_eq!(inputs[..2], [0.0, 0.0]);
        assert_eq!(inputs[2..], complete);
    }

    #[test]
    fn it_reads_back_what_it_wrote_and_refuses_what_is_damaged() {
        let (_, whitening) = learned(0.5);
        let bytes = whitening.to_bytes().unwrap();
        assert_eq!(Whitening::from_bytes(&bytes).unwrap(), whitening);
        assert!(Whitening::from_bytes(&bytes[..bytes.len() - 9]).is_err());
        assert!(Whitening::from_bytes(b"nonsense").is_err());
    }

    #[test]
    fn too_few_or_equal_vectors_leave_nothing_to_learn() {
        let settings = VisualSettings { whiten: true, components: 3, ..VisualSettings::default() };
        let one = [1.0_f32; DIM];
        for images in [0, 1, 6] {
            let row = |_| Some(Cow::Borrowed(&one[..]));
            let whitening = Whitening::learn(&(0..images).collect::<Vec<_>>(), row, DIM, settings);
            assert_eq!((whitening.dim(), whitening.components()), (0, 0));
            assert!(whitening.whitened(&whitening.project(&one)).is_empty());
        }
    }
}
