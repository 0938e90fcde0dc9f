//! NeuralNDCG: nDCG of a smooth sort.

use super::Targets;
use super::targets::{discount, ideal};

/// Parameters of the smooth sort.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sorting {
    pub(super) temperature: f64,
    pub(super) exponential: bool,
    pub(super) truncation: Option<usize>,
    /// Rounds of Sinkhorn scaling.
    pub(super) sinkhorn: usize,
}

/// 1 − Σ_k d_k (P g)_k / ideal, where P is NeuralSort's matrix, and its gradient.
///
/// Row k (from 1) of P is the softmax of `((n + 1 − 2k) s_j − Σ_l |s_j − s_l|) / T`: the smooth choice of the k-th
/// image (Grover et al., ICLR 2019). After Sinkhorn scaling its rows and columns both sum to 1, so that no image is
/// chosen twice. Pobrotyn and Białobrzeski, arXiv 2102.07831, in its deterministic form.
pub(super) fn neural_ndcg(query: &Targets, scores: &[f64], sorting: Sorting) -> (f64, Vec<f64>) {
    let n = scores.len();
    let gains = query.gains(sorting.exponential);
    let ideal = ideal(&gains, sorting.truncation);
    let worth: Vec<f64> = (1..=n).map(|rank| discount(rank, sorting.truncation) / ideal).collect();
    // Rows worth nothing only matter for scaling the columns.
    let rows = if sorting.sinkhorn > 0 { n } else { worth.iter().take_while(|worth| **worth > 0.0).count() };
    let matrix = choices(scores, rows, sorting.temperature);
    let (value, slopes) = match sorting.sinkhorn {
        0 => plain(&matrix, &worth, &gains),
        rounds => scaled(&matrix, &worth, &gains, rounds),
    };
    (1.0 - value, backward(scores, &matrix, &slopes, sorting.temperature))
}

/// Logits this far below the largest count as nothing.
const NEGLIGIBLE: f64 = -50.0;

/// The score's factor in row `k` (from 0) for `n` images.
fn slant(n: usize, k: usize) -> f64 {
    n as f64 - 1.0 - 2.0 * k as f64
}

/// The first `rows` rows of NeuralSort's matrix.
fn choices(scores: &[f64], rows: usize, temperature: f64) -> Vec<f64> {
    let n = scores.len();
    let distances: Vec<f64> = scores.iter().map(|a| scores.iter().map(|b| (a - b).abs()).sum()).collect();
    let mut matrix = vec![0.0; rows * n];
    for (k, row) in matrix.chunks_exact_mut(n).enumerate() {
        let slant = slant(n, k);
        let mut most = f64::NEG_INFINITY;
        for ((cell, score), distance) in row.iter_mut().zip(scores).zip(&distances) {
            *cell = (slant * score - distance) / temperature;
            most = most.max(*cell);
        }
        let mut total = 0.0;
        for cell in row.iter_mut() {
            let gap = *cell - most;
            // Most of a row is far below its maximum; what is lost is below the last bit of the sum.
            *cell = if gap < NEGLIGIBLE { 0.0 } else { gap.exp() };
            total += *cell;
        }
        row.iter_mut().for_each(|cell| *cell /= total);
    }
    matrix
}

/// Σ_k w_k Σ_j P_kj g_j and its derivative with respect to each cell.
fn plain(matrix: &[f64], worth: &[f64], gains: &[f64]) -> (f64, Vec<f64>) {
    let mut slopes = Vec::with_capacity(matrix.len());
    let mut value = 0.0;
    for (row, worth) in matrix.chunks_exact(gains.len()).zip(worth) {
        value += worth * dot(row, gains);
        slopes.extend(gains.iter().map(|gain| worth * gain));
    }
    (value, slopes)
}

/// The same for the matrix after `rounds` rounds of dividing rows and then columns by their sums: with r and c the
/// factors of rows and columns, c₀ = 1, r_t = 1 / (P c_{t−1}), c_t = 1 / (Pᵀ r_t), the scaled matrix is
/// `diag(r) P diag(c)`. The derivative is propagated back through every round.
fn scaled(matrix: &[f64], worth: &[f64], gains: &[f64], rounds: usize) -> (f64, Vec<f64>) {
    let n = gains.len();
    let mut columns = vec![vec![1.0; n]];
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(rounds);
    for t in 0..rounds {
        rows.push(inverse(times(matrix, &columns[t])));
        columns.push(inverse(times_transposed(matrix, &rows[t])));
    }
    let worth_rows = product(worth, &rows[rounds - 1]);
    let gain_columns = product(gains, &columns[rounds]);
    let chosen = times(matrix, &gain_columns);
    let value = dot(&worth_rows, &chosen);
    let mut slopes: Vec<f64> = Vec::with_capacity(matrix.len());
    worth_rows.iter().for_each(|x| slopes.extend(gain_columns.iter().map(|y| x * y)));
    let mut by_column = product(gains, &times_transposed(matrix, &worth_rows));
    let mut by_row = product(worth, &chosen);
    for t in (0..rounds).rev() {
        let by_sums = through_inverse(&by_column, &columns[t + 1]);
        by_row.iter_mut().zip(times(matrix, &by_sums)).for_each(|(x, y)| *x += y);
        let by_row_sums = through_inverse(&by_row, &rows[t]);
        add_outers(&mut slopes, (&rows[t], &by_sums), (&by_row_sums, &columns[t]));
        by_column = times_transposed(matrix, &by_row_sums);
        by_row.fill(0.0);
    }
    (value, slopes)
}

/// From the derivatives with respect to the matrix cells to minus those with respect to the scores.
fn backward(scores: &[f64], matrix: &[f64], slopes: &[f64], temperature: f64) -> Vec<f64> {
    let n = scores.len();
    let mut gradient = vec![0.0; n];
    let mut by_distance = vec![0.0; n];
    for (k, (row, slopes)) in matrix.chunks_exact(n).zip(slopes.chunks_exact(n)).enumerate() {
        let mean = dot(row, slopes);
        let slant = slant(n, k);
        for j in 0..n {
            let by_logit = row[j] * (slopes[j] - mean) / temperature;
            gradient[j] -= slant * by_logit;
            by_distance[j] += by_logit;
        }
    }
    for j in 0..n {
        for l in 0..j {
            // The distance between the two is part of both sums.
            let push = (by_distance[j] + by_distance[l]) * sign(scores[j] - scores[l]);
            gradient[j] += push;
            gradient[l] -= push;
        }
    }
    gradient
}

/// −1, 0 or 1: between equal scores the distance has no slope.
fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// Number of parallel sums, which do not wait for each other; the order of additions is always the same.
const LANES: usize = 8;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

fn inverse(sums: Vec<f64>) -> Vec<f64> {
    // A column that no row chooses sums to 0 in floating point; its factor is 0.
    sums.into_iter().map(|sum| if sum == 0.0 { 0.0 } else { 1.0 / sum }).collect()
}

/// Through `y = 1/x`: the derivative with respect to x from that with respect to y.
fn through_inverse(by: &[f64], inverse: &[f64]) -> Vec<f64> {
    by.iter().zip(inverse).map(|(by, y)| -by * y * y).collect()
}

fn times(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    matrix.chunks_exact(vector.len()).map(|row| dot(row, vector)).collect()
}

fn times_transposed(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; vector.len()];
    for (row, x) in matrix.chunks_exact(vector.len()).zip(vector) {
        sums.iter_mut().zip(row).for_each(|(sum, cell)| *sum += x * cell);
    }
    sums
}

/// Adds two outer products to a matrix.
fn add_outers(matrix: &mut [f64], (rows, columns): (&[f64], &[f64]), (rows_2, columns_2): (&[f64], &[f64])) {
    for ((line, x), x_2) in matrix.chunks_exact_mut(columns.len()).zip(rows).zip(rows_2) {
        for ((cell, y), y_2) in line.iter_mut().zip(columns).zip(columns_2) {
            *cell += x * y + x_2 * y_2;
        }
    }
}
