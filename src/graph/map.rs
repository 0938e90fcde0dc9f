//! Maps: vectors as points of a plane, by their principal components or by t-SNE.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use bhtsne::{Neighbor, tSNE};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par, Side};
use rayon::prelude::*;

use crate::base::Rng;

/// Oversampling: extra directions in the search for principal components.
const SPARE: usize = 8;
/// Iterations of that search.
const ROUNDS: usize = 8;
/// Number of principal components in which t-SNE finds neighbours, as its authors do.
const TSNE_COMPONENTS: usize = 50;
/// Iterations of t-SNE; the first quarter is early exaggeration.
pub const TSNE_EPOCHS: usize = 1000;
/// Barnes–Hut's θ: accuracy of the far field.
const THETA: f32 = 0.5;
/// Standard deviation of t-SNE's initial coordinates.
const FIRST_SPREAD: f64 = 1e-4;

/// The principal components of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    /// Number of components (r).
    pub dim: usize,
    /// The rows' coordinates, n × r row-major, centred; the first column has the largest variance.
    pub coordinates: Vec<f32>,
    /// The share of the rows' variance in each direction.
    pub explained: Vec<f64>,
}

/// The first `wanted` principal components of rows, by subspace iteration from a seeded start (Halko, Martinsson and
/// Tropp, SIAM Review 2011, algorithm 4.4); exact for few rows or columns. A component's largest coordinate is
/// positive, so that the same rows give the same picture.
///
/// # Shapes
/// `rows`: n × `dim` row-major. At most min(n, `dim`) components are returned.
pub fn principal_components(rows: &[f32], dim: usize, wanted: usize) -> Principal {
    let n = rows.len().checked_div(dim).unwrap_or(0);
    let kept = wanted.min(n).min(dim);
    let block = (kept + SPARE).min(n).min(dim);
    if block == 0 {
        return Principal { dim: 0, coordinates: Vec::new(), explained: Vec::new() };
    }
    let centred = centred(&rows[..n * dim], dim);
    let x = MatRef::from_row_major_slice(&centred, n, dim);
    let mut rng = Rng::new(0);
    let start = Mat::<f32>::from_fn(dim, block, |_, _| rng.normal() as f32);
    let mut basis = product(x, start.as_ref()).qr().compute_thin_Q();
    for _ in 0..ROUNDS {
        let along = product(x.transpose(), basis.as_ref()).qr().compute_thin_Q();
        basis = product(x, along.as_ref()).qr().compute_thin_Q();
    }
    let within = product(basis.transpose(), x);
    let gram = Mat::<f64>::from_fn(block, block, |i, j| {
        (0..dim).map(|c| f64::from(within[(i, c)]) * f64::from(within[(j, c)])).sum()
    });
    // It converges for every finite symmetric matrix; on failure there are no components.
    let Ok(eigen) = gram.self_adjoint_eigen(Side::Lower) else {
        return Principal { dim: 0, coordinates: Vec::new(), explained: Vec::new() };
    };
    let (values, vectors) = (eigen.S().column_vector(), eigen.U());
    let total: f64 = centred.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    let mut coordinates = vec![0.0f32; n * kept];
    let mut explained = Vec::with_capacity(kept);
    // Eigenvalues are ascending; the largest come first here.
    for (column, at) in (0..block).rev().take(kept).enumerate() {
        let strength = values[at].max(0.0);
        let place = |i: usize| (0..block).map(|b| f64::from(basis[(i, b)]) * vectors[(b, at)]).sum::<f64>();
        let along: Vec<f64> = (0..n).map(|i| place(i) * strength.sqrt()).collect();
        let largest = along.iter().fold(0.0, |most: f64, &x| if x.abs() > most.abs() { x } else { most });
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        along.iter().enumerate().for_each(|(i, x)| coordinates[i * kept + column] = (x * sign) as f32);
        explained.push(if total > 0.0 { strength / total } else { 0.0 });
    }
    Principal { dim: kept, coordinates, explained }
}

/// The rows minus their mean.
fn centred(rows: &[f32], dim: usize) -> Vec<f32> {
    let n = (rows.len() / dim) as f64;
    let mut mean = vec![0.0f64; dim];
    for row in rows.chunks(dim) {
        mean.iter_mut().zip(row).for_each(|(mean, &x)| *mean += f64::from(x) / n);
    }
    rows.chunks(dim).flat_map(|row| row.iter().zip(&mean).map(|(&x, mean)| (f64::from(x) - mean) as f32)).collect()
}

fn product(left: MatRef<'_, f32>, right: MatRef<'_, f32>) -> Mat<f32> {
    let mut out = Mat::<f32>::zeros(left.nrows(), right.ncols());
    matmul(out.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    out
}

/// The rows in the plane of the first two principal components.
pub fn principal_plane(components: &Principal) -> Vec<[f32; 2]> {
    let second = |row: &[f32]| row.get(1).copied().unwrap_or(0.0);
    components.coordinates.chunks(components.dim.max(1)).map(|row| [row[0], second(row)]).collect()
}

/// The perplexity clamped for `n` rows: at most a third of the others, at least 1.
pub fn perplexity_within(wanted: f32, n: usize) -> f32 {
    wanted.min(n.saturating_sub(1) as f32 / 3.0).max(1.0)
}

/// Receives the number of t-SNE iterations done, and may stop it.
pub type MapObserver<'a> = dyn FnMut(usize) -> ControlFlow<()> + Send + 'a;

/// Panic payload that unwinds the fit, which has no other way to end early.
struct Stopped;

/// t-SNE (van der Maaten and Hinton, JMLR 2008) with Barnes–Hut's approximation (van der Maaten, JMLR 2014), over the
/// first 50 principal components and from the plane of the first two, as Kobak and Berens (Nature Communications 2019)
/// advise. Deterministic: nothing in it is random, and it runs on one thread, as the order of parallel sums would not
/// be fixed. `None` if `observe` broke.
///
/// # Shapes
/// `rows`: n × `dim` row-major; the result: n positions. Fewer than four rows are placed in the plane of their
/// principal components.
pub fn tsne(rows: &[f32], dim: usize, perplexity: f32, observe: &mut MapObserver<'_>) -> Option<Vec<[f32; 2]>> {
    let components = principal_components(rows, dim, TSNE_COMPONENTS);
    let plane = principal_plane(&components);
    let n = plane.len();
    if n < 4 {
        return Some(plane);
    }
    let perplexity = perplexity_within(perplexity, n);
    let neighbours = nearest(&components, (3.0 * perplexity).ceil() as usize);
    let data = vec![(); n];
    let fit = || {
        let mut map: tSNE<'_, f32, (), 2> = tSNE::new(&data);
        map.perplexity(perplexity).epochs(TSNE_EPOCHS).initial_embedding(first_places(&plane));
        map.epoch_callback(|epoch, _| {
            if observe(epoch + 1).is_break() {
                resume_unwind(Box::new(Stopped));
            }
        });
        map.barnes_hut_with_neighbors(THETA, &neighbours);
        map.embedding()
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().ok()?;
    match catch_unwind(AssertUnwindSafe(|| pool.install(fit))) {
        Ok(places) => Some(places.chunks_exact(2).map(|place| [finite(place[0]), finite(place[1])]).collect()),
        Err(thrown) if thrown.is::<Stopped>() => None,
        Err(other) => resume_unwind(other),
    }
}

fn finite(x: f32) -> f32 {
    if x.is_finite() { x } else { 0.0 }
}

/// For every row the `k` others nearest by Euclidean distance, nearest first, ties by index.
fn nearest(components: &Principal, k: usize) -> Vec<Vec<Neighbor<f32>>> {
    let rows: Vec<&[f32]> = components.coordinates.chunks(components.dim.max(1)).collect();
    let k = k.clamp(1, rows.len() - 1);
    let distance = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt();
    let of = |i: usize| {
        let others = (0..rows.len()).filter(|&j| j != i);
        let mut row: Vec<(f32, usize)> = others.map(|j| (distance(rows[i], rows[j]), j)).collect();
        let by_distance = |a: &(f32, usize), b: &(f32, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        row.select_nth_unstable_by(k - 1, by_distance);
        row.truncate(k);
        row.sort_unstable_by(by_distance);
        row.into_iter().map(|(distance, index)| Neighbor { index, distance }).collect()
    };
    (0..rows.len()).into_par_iter().map(of).collect()
}

/// The plane shrunk to a small spread; coincident rows are shifted slightly, or nothing could separate them.
fn first_places(plane: &[[f32; 2]]) -> Vec<f32> {
    let square: f64 = plane.iter().map(|place| f64::from(place[0]) * f64::from(place[0])).sum();
    let deviation = (square / plane.len().max(1) as f64).sqrt();
    let scale = if deviation > 0.0 { FIRST_SPREAD / deviation } else { 0.0 };
    let mut rng = Rng::new(0);
    let mut place = |x: f32| (f64::from(x) * scale + 0.01 * FIRST_SPREAD * rng.normal()) as f32;
    plane.iter().flatten().map(|&x| place(x)).collect()
}

/// A map moved to the origin and scaled so that n points fill a disc at one point per unit of area.
pub fn at_unit_density(places: &mut [[f32; 2]]) {
    let n = places.len().max(1) as f64;
    for axis in 0..2 {
        let mean = places.iter().map(|place| f64::from(place[axis])).sum::<f64>() / n;
        places.iter_mut().for_each(|place| place[axis] = (f64::from(place[axis]) - mean) as f32);
    }
    let square = places.iter().flatten().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / n;
    if square > 0.0 {
        // A disc of area n has a mean squared radius of n / 2π.
        let scale = (n / std::f64::consts::TAU / square).sqrt() as f32;
        places.iter_mut().for_each(|place| *place = place.map(|x| x * scale));
    }
}
