//! The register tile: a few rows times a panel of weights, with the sums in registers from first to last.
#![allow(unsafe_code)]

use pulp::Simd;

/// Vector registers per tile row.
pub(super) const VECTORS: usize = 2;

/// Rows of the tallest tile: sums and weights fill the registers (28 + 2 of 32 with AVX-512 and NEON, 12 + 2 of 16
/// with AVX2).
pub(super) const fn most_rows<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { 14 } else { 6 }
}

/// Columns of a tile.
pub(super) const fn columns<S: Simd>() -> usize {
    VECTORS * S::F32_LANES
}

/// `sums[i][·] = Σ_p a[i · pitch + p] · panel[p][·]`.
///
/// # Shapes
/// `panel`: `k × VECTORS` registers; `a`: `ROWS` rows of `k` numbers, `pitch` apart.
///
/// # Panics
/// If `a` is too short.
#[inline(always)]
pub(super) fn sums<S: Simd, const ROWS: usize>(
    simd: S,
    a: &[f32],
    pitch: usize,
    panel: &[[S::f32s; VECTORS]],
) -> [[S::f32s; VECTORS]; ROWS] {
    let needed = pitch.checked_mul(ROWS - 1).and_then(|last| last.checked_add(panel.len()));
    assert!(needed.is_some_and(|needed| needed <= a.len()), "a tile's rows end outside the matrix");
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    for (p, weights) in panel.iter().enumerate() {
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: row ≤ ROWS − 1 and p ≤ panel.len() − 1, so the index is below `needed`, which `a` has (asserted
            // above, without overflow). With the check inside the loop the tile takes twice as long.
            let value = simd.splat_f32s(unsafe { *a.get_unchecked(row * pitch + p) });
            for (sum, &weight) in sums.iter_mut().zip(weights) {
                *sum = simd.mul_add_f32s(value, weight, *sum);
            }
        }
    }
    sums
}

/// Prefetches numbers that will be read or written once the tile's sums are complete. Where maps do not fit into the
/// cache, a tile would otherwise wait for them at its end.
#[inline(always)]
pub(super) fn fetch(numbers: &[f32]) {
    #[cfg(target_arch = "x86_64")]
    for line in numbers.chunks(16) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint without observable effect; the address is within `numbers`.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = numbers;
}
