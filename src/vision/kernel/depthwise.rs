//! Depthwise convolutions: each channel has a window of its own.
//!
//! A panel of a few channels at a time is copied out of the maps with its zeros around it. So the pixels of a row are
//! contiguous, the loops over the window need no test for the edge, and a weight serves several positions while it is
//! in a register.

use pulp::{Simd, WithSimd};

use super::patches::{Patches, Window};
use super::product::{Finish, Packed, within};
use super::tile::{VECTORS, columns};
use super::{Activation, Aligned};

/// Positions of a tile. With two vectors each, their sums fill half of AVX2's registers.
const POSITIONS: usize = 4;
/// Memory for a panel's rows in bytes: they stay in the L2 cache.
const ROOM: usize = 1 << 17;

/// A channel's numbers of a panel.
type Vectors<S> = [<S as Simd>::f32s; VECTORS];

/// The weights of a depthwise convolution, packed.
#[derive(Clone, Debug)]
pub(in crate::vision) struct Depthwise {
    weights: Packed,
}

impl Depthwise {
    /// From `weight([channel, down, right])` of a `kernel × kernel` window.
    pub(in crate::vision) fn new(
        arch: pulp::Arch,
        channels: usize,
        kernel: usize,
        weight: impl Fn([usize; 3]) -> f32 + Sync,
    ) -> Self {
        let weights =
            Packed::new(arch, channels, kernel * kernel, |channel, tap| weight([channel, tap / kernel, tap % kernel]));
        Self { weights }
    }

    /// Whether there is a kernel for a window.
    pub(in crate::vision) fn supports(window: Window) -> bool {
        matches!((window.kernel, window.stride), (3 | 5, 1 | 2))
    }

    /// The convolution of the feature maps `x`, with `finish`'s bias and activation; it adds nothing else.
    ///
    /// # Shapes
    /// As [`Patches::convolve`], with as many outputs as the maps have channels.
    ///
    /// # Panics
    /// If [`Self::supports`] does not hold for the window.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)]
    pub(in crate::vision) fn convolve<S: Simd>(
        &self,
        simd: S,
        window: Window,
        maps: Patches,
        x: &[f32],
        y: &mut [f32],
        pitch: usize,
        finish: Finish<'_>,
        scratch: &mut Aligned,
    ) {
        let (tall, wide) = (window.positions(maps.height), window.reach(maps.width));
        if tall == 0 || wide == 0 {
            return;
        }
        // As many output rows at a time as the room allows.
        let rows = (ROOM / (4 * wide * columns::<S>())).saturating_sub(window.kernel) / window.stride + 1;
        let rows = rows.min(tall);
        let scratch = scratch.at_least(((rows - 1) * window.stride + window.kernel) * wide * columns::<S>());
        for picture in 0..maps.count {
            for from in (0..tall).step_by(rows) {
                for (index, weights) in self.weights.panels::<S>().enumerate() {
                    let band = Band { picture, from, rows: rows.min(tall - from), channel: index * columns::<S>() };
                    band.gather::<S>(window, maps, x, scratch);
                    let Finish { bias, activation, .. } = finish;
                    let panel = Panel { band, maps, window, seen: &*scratch, weights, y, pitch, bias, activation };
                    // As in `product`: separate functions, so that each has the registers to itself.
                    match (window.kernel, window.stride) {
                        (3, 1) => simd.vectorize(Fixed::<3, 1>(panel)),
                        (3, 2) => simd.vectorize(Fixed::<3, 2>(panel)),
                        (5, 1) => simd.vectorize(Fixed::<5, 1>(panel)),
                        (5, 2) => simd.vectorize(Fixed::<5, 2>(panel)),
                        (kernel, stride) => unreachable!("a window of {kernel} × {kernel} with stride {stride}"),
                    }
                }
            }
        }
    }
}

/// A few output rows of one panel's channels.
#[derive(Clone, Copy)]
struct Band {
    picture: usize,
    /// The first output row, and how many there are.
    from: usize,
    rows: usize,
    /// The first channel.
    channel: usize,
}

impl Band {
    /// Channels of the panel; the last one may be narrower than the others.
    #[inline(always)]
    fn width<S: Simd>(self, maps: Patches) -> usize {
        columns::<S>().min(maps.channels - self.channel)
    }

    /// Copies everything the band sees, row by row with the zeros around it, a panel's numbers per pixel. In a narrower
    /// panel the remaining ones are unspecified.
    #[inline(always)]
    fn gather<S: Simd>(self, window: Window, maps: Patches, x: &[f32], seen: &mut [f32]) {
        let (above, left, wide) = (window.before(maps.height), window.before(maps.width), window.reach(maps.width));
        let width = self.width::<S>(maps);
        let first = self.from * window.stride;
        let rows = (self.rows - 1) * window.stride + window.kernel;
        for (row, line) in seen.chunks_exact_mut(wide * columns::<S>()).take(rows).enumerate() {
            let row = (first + row).wrapping_sub(above);
            if row >= maps.height {
                line.fill(0.0);
                continue;
            }
            let pixels = &x[(self.picture * maps.height + row) * maps.width * maps.pitch..];
            for (column, seen) in line.chunks_exact_mut(columns::<S>()).enumerate() {
                let column = column.wrapping_sub(left);
                if column >= maps.width {
                    seen.fill(0.0);
                    continue;
                }
                let pixel = S::as_simd_f32s(&pixels[column * maps.pitch + self.channel..][..width]);
                let seen = S::as_mut_simd_f32s(&mut seen[..width]);
                for (seen, &pixel) in seen.0.iter_mut().zip(pixel.0) {
                    *seen = pixel;
                }
                for (seen, &pixel) in seen.1.iter_mut().zip(pixel.1) {
                    *seen = pixel;
                }
            }
        }
    }
}

/// The work on one band.
struct Panel<'a, 'b> {
    band: Band,
    maps: Patches,
    window: Window,
    /// What [`Band::gather`] copied.
    seen: &'a [f32],
    weights: &'a [f32],
    y: &'b mut [f32],
    pitch: usize,
    bias: Option<&'a [f32]>,
    activation: Activation,
}

/// The same with the window's side and stride known to the compiler.
struct Fixed<'a, 'b, const KERNEL: usize, const STRIDE: usize>(Panel<'a, 'b>);

impl<const KERNEL: usize, const STRIDE: usize> WithSimd for Fixed<'_, '_, KERNEL, STRIDE> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Panel { band, maps, window, seen, weights, y, pitch, bias, activation } = self.0;
        let width = band.width::<S>(maps);
        let (seen, _) = S::as_simd_f32s(seen).0.as_chunks::<VECTORS>();
        let (weights, _) = S::as_simd_f32s(weights).0.as_chunks::<VECTORS>();
        let limits = activation.limits();
        let limits = [simd.splat_f32s(limits[0]), simd.splat_f32s(limits[1])];
        let mut start = [simd.splat_f32s(0.0); VECTORS];
        if let Some(bias) = bias {
            let numbers: &mut [f32] = pulp::bytemuck::cast_slice_mut(&mut start);
            numbers[..width].copy_from_slice(&bias[band.channel..][..width]);
        }
        let (wide, across) = (window.reach(maps.width), window.positions(maps.width));
        let tall = window.positions(maps.height);
        for row in 0..band.rows {
            let seen = &seen[row * STRIDE * wide..][..KERNEL * wide];
            let line = ((band.picture * tall + band.from + row) * across) * pitch + band.channel;
            let mut at = 0;
            while at + POSITIONS <= across {
                let sums = sums::<S, KERNEL, STRIDE, POSITIONS>(simd, &seen[at * STRIDE..], wide, weights, start);
                for (index, sums) in sums.into_iter().enumerate() {
                    store(simd, sums, limits, &mut y[line + (at + index) * pitch..][..width]);
                }
                at += POSITIONS;
            }
            for at in at..across {
                let [sums] = sums::<S, KERNEL, STRIDE, 1>(simd, &seen[at * STRIDE..], wide, weights, start);
                store(simd, sums, limits, &mut y[line + at * pitch..][..width]);
            }
        }
    }
}

/// The sums of a few neighbouring positions. `seen` begins at the first one's upper left corner; its rows are `wide`
/// pixels long.
#[inline(always)]
fn sums<S: Simd, const KERNEL: usize, const STRIDE: usize, const COUNT: usize>(
    simd: S,
    seen: &[Vectors<S>],
    wide: usize,
    weights: &[Vectors<S>],
    start: Vectors<S>,
) -> [Vectors<S>; COUNT] {
    let mut sums = [start; COUNT];
    for down in 0..KERNEL {
        let line = &seen[down * wide..][..(COUNT - 1) * STRIDE + KERNEL];
        let weights = &weights[down * KERNEL..][..KERNEL];
        for (right, weights) in weights.iter().enumerate() {
            for (index, sums) in sums.iter_mut().enumerate() {
                let pixel = &line[index * STRIDE + right];
                for ((sum, &weight), &pixel) in sums.iter_mut().zip(weights).zip(pixel) {
                    *sum = simd.mul_add_f32s(pixel, weight, *sum);
                }
            }
        }
    }
    sums
}

/// Writes a position's numbers, clamped.
#[inline(always)]
fn store<S: Simd>(simd: S, mut sums: Vectors<S>, limits: [S::f32s; 2], y: &mut [f32]) {
    for sum in &mut sums {
        *sum = within(simd, *sum, limits);
    }
    let (vectors, rest) = S::as_mut_simd_f32s(y);
    if !rest.is_empty() {
        let numbers: &[f32] = pulp::bytemuck::cast_slice(&sums);
        rest.copy_from_slice(&numbers[vectors.len() * S::F32_LANES..][..rest.len()]);
    }
    for (y, sum) in vectors.iter_mut().zip(sums) {
        *y = sum;
    }
}
