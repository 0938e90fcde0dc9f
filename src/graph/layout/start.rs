//! Initial positions: the plane of the vectors' two principal components.

use crate::base::Rng;

/// Directions iterated together; two are kept.
const BLOCK: usize = 4;
/// Iterations: enough for a picture.
const ROUNDS: usize = 16;
/// Jitter in units of the layout, which separates nodes with equal vectors.
const JITTER: f64 = 0.1;

/// The vectors' two principal components (block power iteration on the centred rows), scaled so that n nodes fill a
/// disc at one node per unit of area, plus a small seeded scatter. Does not depend on any graph.
///
/// # Shapes
/// `unit`: row-major `n × dim`; the result: n positions, around the origin.
pub fn initial_positions(unit: &[f32], dim: usize, seed: u64) -> Vec<[f32; 2]> {
    let n = unit.len().checked_div(dim).unwrap_or(0);
    let mut rng = Rng::new(seed);
    let centred = centre(&unit[..n * dim], dim);
    // Fixed for every seed: the seed only breaks ties and does not rotate the picture.
    let mut directions = Rng::new(0);
    let mut block: Vec<Vec<f32>> = (0..BLOCK).map(|_| (0..n).map(|_| directions.normal() as f32).collect()).collect();
    for _ in 0..ROUNDS {
        orthonormalise(&mut block);
        block = block.iter().map(|column| rows_times(&centred, dim, &columns_times(&centred, dim, column))).collect();
    }
    orthonormalise(&mut block);
    let components: Vec<Vec<f32>> = strongest_two(&centred, dim, block);
    // A disc of area n has a mean squared radius of n / 2π.
    let wanted = (n as f64 / std::f64::consts::TAU).sqrt();
    let square = |x: &f32| f64::from(*x) * f64::from(*x);
    let spread = (components.iter().flatten().map(square).sum::<f64>() / n.max(1) as f64).sqrt();
    let scale = if spread > 1e-9 { wanted / spread } else { 0.0 };
    let jitter = if scale > 0.0 { JITTER } else { wanted };
    let mut place = |component: &[f32], i: usize| (f64::from(component[i]) * scale + jitter * rng.normal()) as f32;
    (0..n).map(|i| [place(&components[0], i), place(&components[1], i)]).collect()
}

/// The rows minus their mean. Rows of zeros (images without a vector) stay at the mean.
fn centre(unit: &[f32], dim: usize) -> Vec<f32> {
    let present = |row: &&[f32]| row.iter().any(|&x| x != 0.0);
    let mut mean = vec![0.0f64; dim];
    let mut count = 0usize;
    for row in unit.chunks(dim.max(1)).filter(present) {
        count += 1;
        mean.iter_mut().zip(row).for_each(|(mean, &x)| *mean += f64::from(x));
    }
    mean.iter_mut().for_each(|mean| *mean /= count.max(1) as f64);
    let mut centred = vec![0.0; unit.len()];
    for (out, row) in centred.chunks_mut(dim.max(1)).zip(unit.chunks(dim.max(1))) {
        if present(&row) {
            out.iter_mut().zip(row).zip(&mean).for_each(|((out, &x), mean)| *out = (f64::from(x) - mean) as f32);
        }
    }
    centred
}

/// Xᵀ y, `dim` long.
fn columns_times(x: &[f32], dim: usize, y: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0f32; dim];
    for (row, &weight) in x.chunks(dim.max(1)).zip(y) {
        out.iter_mut().zip(row).for_each(|(out, &x)| *out += weight * x);
    }
    out
}

/// X z, n long.
fn rows_times(x: &[f32], dim: usize, z: &[f32]) -> Vec<f32> {
    x.chunks(dim.max(1)).map(|row| lanes(row, z)).collect()
}

/// An inner product in eight partial sums.
fn lanes(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// Gram–Schmidt, twice over each column for the sake of f32; a column with nothing left becomes zero.
fn orthonormalise(block: &mut [Vec<f32>]) {
    for at in 0..block.len() {
        let (done, rest) = block.split_at_mut(at);
        let column = &mut rest[0];
        let before = lanes(column, column).sqrt();
        for other in done.iter().chain(done.iter()) {
            let along = lanes(column, other);
            column.iter_mut().zip(other).for_each(|(x, &other)| *x -= along * other);
        }
        let norm = lanes(column, column).sqrt();
        let scale = if norm > 1e-5 * before && norm > 1e-12 { 1.0 / norm } else { 0.0 };
        column.iter_mut().for_each(|x| *x *= scale);
    }
}

/// The two columns along which the rows spread most, as coordinates, each with its largest coordinate positive so that
/// rounding cannot mirror the picture.
fn strongest_two(x: &[f32], dim: usize, block: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    let mut found: Vec<(f32, Vec<f32>)> = block
        .into_iter()
        .map(|column| {
            let along = columns_times(x, dim, &column);
            (lanes(&along, &along).sqrt(), column)
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let coordinates = |(strength, column): (f32, Vec<f32>)| {
        let largest = column.iter().copied().fold(0.0f32, |best, x| if x.abs() > best.abs() { x } else { best });
        let scale = if largest < 0.0 { -strength } else { strength };
        column.into_iter().map(|x| x * scale).collect()
    };
    found.into_iter().take(2).map(coordinates).collect()
}
