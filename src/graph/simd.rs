//! Vector products with the widest instructions of the processor.
//!
//! Sums run in one fixed order that depends on the vectors' length alone, so the same inputs give the same bits
//! whatever their position in a batch and the number of threads.

use pulp::{Simd, WithSimd};

/// Runs `op` with AVX-512 or AVX2 if available, else with the platform's best.
#[inline]
pub(crate) fn dispatch<Op: WithSimd>(op: Op) -> Op::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(simd) = pulp::x86::V4::try_new() {
            return Simd::vectorize(simd, op);
        }
        if let Some(simd) = pulp::x86::V3::try_new() {
            return Simd::vectorize(simd, op);
        }
    }
    pulp::Arch::new().dispatch(op)
}

/// The inner products of `x` with four rows of the same length: one read of `x` serves all four.
///
/// `dot4(x, [y, …])[0]` has the bits of `dot4(y, [x, …])[0]`, and a row's product does not depend on its neighbours
/// in the group of four.
#[inline(always)]
pub(crate) fn dot4<S: Simd>(simd: S, x: &[f32], rows: [&[f32]; 4]) -> [f32; 4] {
    let (xs, x_tail) = S::as_simd_f32s(x);
    let [r0, r1, r2, r3] = rows.map(|row| S::as_simd_f32s(&row[..x.len()]));
    let zero = simd.splat_f32s(0.0);
    let mut sums = [zero; 4];
    let mut odd = [zero; 4];
    let pairs = xs.len() / 2;
    for p in 0..pairs {
        let (i, j) = (2 * p, 2 * p + 1);
        for (lane, row) in [r0.0, r1.0, r2.0, r3.0].into_iter().enumerate() {
            sums[lane] = simd.mul_add_f32s(xs[i], row[i], sums[lane]);
            odd[lane] = simd.mul_add_f32s(xs[j], row[j], odd[lane]);
        }
    }
    let x_tail = simd.partial_load_f32s(x_tail);
    let mut out = [0.0; 4];
    for (lane, row) in [r0, r1, r2, r3].into_iter().enumerate() {
        if xs.len() % 2 == 1 {
            sums[lane] = simd.mul_add_f32s(xs[xs.len() - 1], row.0[xs.len() - 1], sums[lane]);
        }
        odd[lane] = simd.mul_add_f32s(x_tail, simd.partial_load_f32s(row.1), odd[lane]);
        out[lane] = simd.reduce_sum_f32s(simd.add_f32s(sums[lane], odd[lane]));
    }
    out
}

/// `x_i · y_j` for the rows `j` that `targets` names, written to `out` in that order.
#[inline(always)]
pub(crate) fn dot_rows<S: Simd>(simd: S, x: &[f32], rows: &[f32], targets: &[u32], out: &mut [f32]) {
    let dim = x.len();
    let row = |j: u32| &rows[j as usize * dim..][..dim];
    for (targets, out) in targets.chunks(4).zip(out.chunks_mut(4)) {
        // A group that is not full repeats its last row, so that every product takes the same path.
        let pick = |lane: usize| row(targets[lane.min(targets.len() - 1)]);
        let products = dot4(simd, x, [pick(0), pick(1), pick(2), pick(3)]);
        out.copy_from_slice(&products[..targets.len()]);
    }
}

/// `y ← y + Σ_l c_l x_l` for four rows at once: one read and one write of `y` serve all four.
#[inline(always)]
pub(crate) fn add_scaled4<S: Simd>(simd: S, c: [f32; 4], rows: [&[f32]; 4], y: &mut [f32]) {
    let [r0, r1, r2, r3] = rows.map(|row| S::as_simd_f32s(&row[..y.len()]));
    let (head, tail) = S::as_mut_simd_f32s(y);
    let [c0, c1, c2, c3] = c.map(|value| simd.splat_f32s(value));
    for (i, y) in head.iter_mut().enumerate() {
        let sum = simd.mul_add_f32s(c0, r0.0[i], *y);
        let sum = simd.mul_add_f32s(c1, r1.0[i], sum);
        let sum = simd.mul_add_f32s(c2, r2.0[i], sum);
        *y = simd.mul_add_f32s(c3, r3.0[i], sum);
    }
    for (i, y) in tail.iter_mut().enumerate() {
        for (c, row) in c.iter().zip([r0.1, r1.1, r2.1, r3.1]) {
            *y += c * row[i];
        }
    }
}

/// `y ← y + Σ_l c_l x_{targets_l}`, in the order of `targets`.
#[inline(always)]
pub(crate) fn add_scaled_rows<S: Simd>(simd: S, c: &[f32], rows: &[f32], targets: &[u32], y: &mut [f32]) {
    let dim = y.len();
    let row = |j: u32| &rows[j as usize * dim..][..dim];
    for (targets, c) in targets.chunks(4).zip(c.chunks(4)) {
        let pick = |lane: usize| row(targets[lane.min(targets.len() - 1)]);
        let weight = |lane: usize| c.get(lane).copied().unwrap_or(0.0);
        let weights = [weight(0), weight(1), weight(2), weight(3)];
        add_scaled4(simd, weights, [pick(0), pick(1), pick(2), pick(3)], y);
    }
}

/// `y ← y + x ∘ z`, or `y ← x ∘ z` without `add`.
#[inline(always)]
pub(crate) fn hadamard<S: Simd>(simd: S, x: &[f32], z: &[f32], y: &mut [f32], add: bool) {
    let (xs, x_tail) = S::as_simd_f32s(&x[..y.len()]);
    let (zs, z_tail) = S::as_simd_f32s(&z[..y.len()]);
    let (ys, y_tail) = S::as_mut_simd_f32s(y);
    for ((y, &x), &z) in ys.iter_mut().zip(xs).zip(zs) {
        *y = if add { simd.mul_add_f32s(x, z, *y) } else { simd.mul_f32s(x, z) };
    }
    for ((y, &x), &z) in y_tail.iter_mut().zip(x_tail).zip(z_tail) {
        *y = if add { *y + x * z } else { x * z };
    }
}
