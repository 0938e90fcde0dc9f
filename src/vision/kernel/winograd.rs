//! 3×3 convolutions with stride 1 and padding 1 by Winograd's F(4×4, 3×3): a quarter of the multiplications.
//!
//! `Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A` for each tile of 4×4 results (Lavin and Gray, CVPR 2016). Summed over channels, the
//! 36 products of a tile become 36 products of matrices, tiles × channels times channels × outputs.

use pulp::Simd;
use rayon::prelude::*;

use super::Aligned;
use super::patches::Patches;
use super::product::{Add, Finish, Packed, Rows, multiply, within};

/// Side of a tile's output.
const OUT: usize = 4;
/// Side of a tile's input.
const IN: usize = 6;
/// Products per tile.
const POINTS: usize = IN * IN;
/// Padding between rows, as in [`super::patches`].
const GAP: usize = 16;
/// Memory for the transformed tiles in bytes: with few channels they then stay in the L2 cache.
const ROOM: usize = 1 << 20;
/// Fewest and most tiles per pass over the weights. With many channels the weights no longer fit into the cache, and
/// each pass should serve many tiles.
const TILES: [usize; 2] = [28, 112];

/// `G`: the transform of the weights.
const G: [[f64; 3]; IN] = [
    [1.0 / 4.0, 0.0, 0.0],
    [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
    [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
    [0.0, 0.0, 1.0],
];

/// The weights of a convolution, transformed (in f64) and packed.
#[derive(Clone, Debug)]
pub(in crate::vision) struct Winograd {
    points: Vec<Packed>,
}

impl Winograd {
    /// From `weight([output, input, down, right])`.
    pub(in crate::vision) fn new(
        arch: pulp::Arch,
        outputs: usize,
        inputs: usize,
        weight: impl Fn([usize; 4]) -> f32 + Sync,
    ) -> Self {
        // `[output, point, input]`.
        let mut transformed = vec![0.0; outputs * POINTS * inputs];
        transformed.par_chunks_exact_mut(POINTS * inputs).enumerate().for_each(|(output, points)| {
            for input in 0..inputs {
                let g = [0, 1, 2].map(|down| [0, 1, 2].map(|right| f64::from(weight([output, input, down, right]))));
                for (point, value) in transform(g).into_iter().flatten().enumerate() {
                    points[point * inputs + input] = value as f32;
                }
            }
        });
        let position = |output: usize, point: usize, input: usize| (output * POINTS + point) * inputs + input;
        let pack =
            |point| Packed::new(arch, outputs, inputs, |output, input| transformed[position(output, point, input)]);
        Self { points: (0..POINTS).map(pack).collect() }
    }

    /// The convolution of the feature maps `x`.
    ///
    /// # Shapes
    /// As [`Patches::convolve`] with a window of 3×3; the maps' channels, `n` and both pitches must be multiples of
    /// the vector registers' length.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)]
    pub(in crate::vision) fn convolve<S: Simd>(
        &self,
        simd: S,
        maps: Patches,
        x: &[f32],
        y: &mut [f32],
        pitch: usize,
        finish: Finish<'_>,
        scratch: &mut Aligned,
    ) {
        let (outputs, inputs) = self.points[0].size();
        let (tall, wide) = (maps.height.div_ceil(OUT), maps.width.div_ceil(OUT));
        let all = maps.count * tall * wide;
        let room = ROOM / (4 * POINTS * (inputs + outputs));
        let blocks = all.div_ceil(room.clamp(TILES[0], TILES[1]));
        let most = all.div_ceil(blocks.max(1));
        let (seen_pitch, made_pitch) = (inputs + GAP, outputs + GAP);
        let scratch = scratch.at_least(POINTS * most * (seen_pitch + made_pitch) + inputs);
        let (seen, rest) = scratch.split_at_mut(POINTS * most * seen_pitch);
        let (made, zeros) = rest.split_at_mut(POINTS * most * made_pitch);
        zeros.fill(0.0);
        for block in (0..all).step_by(most.max(1)) {
            let tiles = most.min(all - block);
            for tile in 0..tiles {
                let corner = corner(tall, wide, block + tile);
                transform_input(simd, maps, corner, x, zeros, &mut seen[tile * seen_pitch..], tiles * seen_pitch);
            }
            for (point, weights) in self.points.iter().enumerate() {
                let a = Rows { numbers: &seen[point * tiles * seen_pitch..], pitch: seen_pitch };
                let c = &mut made[point * tiles * made_pitch..];
                multiply(simd, tiles, a, weights, c, made_pitch, Finish::NOTHING);
            }
            for tile in 0..tiles {
                let made = &made[tile * made_pitch..];
                let corner = corner(tall, wide, block + tile);
                write(simd, maps, corner, made, tiles * made_pitch, outputs, y, pitch, finish);
            }
        }
    }
}

/// `G g Gᵀ`.
fn transform(g: [[f64; 3]; 3]) -> [[f64; IN]; IN] {
    let dot = |row: [f64; 3], column: [f64; 3]| row[0] * column[0] + row[1] * column[1] + row[2] * column[2];
    let columns = [0, 1, 2].map(|j| [g[0][j], g[1][j], g[2][j]]);
    G.map(|row| {
        let half = columns.map(|column| dot(row, column));
        G.map(|row| dot(half, row))
    })
}

/// Picture, and first row and column of a tile's output.
fn corner(tall: usize, wide: usize, tile: usize) -> [usize; 3] {
    [tile / (tall * wide), tile / wide % tall * OUT, tile % wide * OUT]
}

/// `Bᵀ d B` of one tile: a row of channels for each of the 36 points, `apart` numbers apart.
#[inline(always)]
fn transform_input<S: Simd>(
    simd: S,
    maps: Patches,
    [picture, down, right]: [usize; 3],
    x: &[f32],
    zeros: &[f32],
    seen: &mut [f32],
    apart: usize,
) {
    // Loops rather than `array::from_fn`: anything not inlined is compiled without the vector instructions.
    let mut pixels = [[S::as_simd_f32s(&zeros[..maps.channels]).0; IN]; IN];
    for (i, pixels) in pixels.iter_mut().enumerate() {
        for (j, numbers) in pixels.iter_mut().enumerate() {
            let (y, x_of) = ((down + i).wrapping_sub(1), (right + j).wrapping_sub(1));
            if y < maps.height && x_of < maps.width {
                let pixel = (picture * maps.height + y) * maps.width + x_of;
                *numbers = S::as_simd_f32s(&x[pixel * maps.pitch..][..maps.channels]).0;
            }
        }
    }
    let (seen, _) = S::as_mut_simd_f32s(seen);
    let apart = apart / S::F32_LANES;
    let nothing = simd.splat_f32s(0.0);
    for lane in 0..maps.channels / S::F32_LANES {
        let mut columns = [[nothing; IN]; IN];
        for (j, column) in columns.iter_mut().enumerate() {
            let mut seen = [nothing; IN];
            for (i, seen) in seen.iter_mut().enumerate() {
                *seen = pixels[i][j][lane];
            }
            *column = input(simd, seen);
        }
        for i in 0..IN {
            let mut row = [nothing; IN];
            for (value, column) in row.iter_mut().zip(&columns) {
                *value = column[i];
            }
            for (j, value) in input(simd, row).into_iter().enumerate() {
                seen[(i * IN + j) * apart + lane] = value;
            }
        }
    }
}

/// `Aᵀ m A` of one tile and the epilogue, written to the tile's position in the maps.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn write<S: Simd>(
    simd: S,
    maps: Patches,
    [picture, down, right]: [usize; 3],
    made: &[f32],
    apart: usize,
    outputs: usize,
    y: &mut [f32],
    pitch: usize,
    finish: Finish<'_>,
) {
    let (made, _) = S::as_simd_f32s(made);
    let apart = apart / S::F32_LANES;
    let limits = finish.activation.limits();
    let limits = [simd.splat_f32s(limits[0]), simd.splat_f32s(limits[1])];
    let nothing = simd.splat_f32s(0.0);
    let (tall, wide) = (OUT.min(maps.height - down), OUT.min(maps.width - right));
    for lane in 0..outputs / S::F32_LANES {
        let mut columns = [[nothing; OUT]; IN];
        for (j, column) in columns.iter_mut().enumerate() {
            let mut values = [nothing; IN];
            for (i, value) in values.iter_mut().enumerate() {
                *value = made[(i * IN + j) * apart + lane];
            }
            *column = output(simd, values);
        }
        let channels = lane * S::F32_LANES..(lane + 1) * S::F32_LANES;
        let bias = match finish.bias {
            Some(bias) => S::as_simd_f32s(&bias[channels.clone()]).0[0],
            None => nothing,
        };
        for i in 0..tall {
            let mut row = [nothing; IN];
            for (value, column) in row.iter_mut().zip(&columns) {
                *value = column[i];
            }
            for (j, value) in output(simd, row).into_iter().enumerate().take(wide) {
                let position = (picture * maps.height + down + i) * maps.width + right + j;
                let y = &mut y[position * pitch..][channels.clone()];
                let mut value = simd.add_f32s(value, bias);
                match finish.add {
                    Add::Nothing => {}
                    Add::Own => value = simd.add_f32s(value, S::as_simd_f32s(y).0[0]),
                    Add::Other(rows) => {
                        let other = &rows.numbers[position * rows.pitch..][channels.clone()];
                        value = simd.add_f32s(value, S::as_simd_f32s(other).0[0]);
                    }
                }
                S::as_mut_simd_f32s(y).0[0] = within(simd, value, limits);
            }
        }
    }
}

/// `Bᵀ` times a column.
#[inline(always)]
fn input<S: Simd>(simd: S, d: [S::f32s; IN]) -> [S::f32s; IN] {
    let (a, b) = (by(simd, -4.0, d[2], d[4]), by(simd, -4.0, d[1], d[3]));
    let (c, e) = (simd.sub_f32s(d[4], d[2]), simd.sub_f32s(d[3], d[1]));
    [
        by(simd, 4.0, d[0], by(simd, -5.0, d[2], d[4])),
        simd.add_f32s(a, b),
        simd.sub_f32s(a, b),
        by(simd, 2.0, e, c),
        by(simd, -2.0, e, c),
        by(simd, 4.0, d[1], by(simd, -5.0, d[3], d[5])),
    ]
}

/// `Aᵀ` times a column.
#[inline(always)]
fn output<S: Simd>(simd: S, m: [S::f32s; IN]) -> [S::f32s; OUT] {
    let (s, d) = (simd.add_f32s(m[1], m[2]), simd.sub_f32s(m[1], m[2]));
    let (t, e) = (simd.add_f32s(m[3], m[4]), simd.sub_f32s(m[3], m[4]));
    let first = simd.add_f32s(m[0], simd.add_f32s(s, t));
    let last = simd.add_f32s(by(simd, 8.0, e, d), m[5]);
    [first, by(simd, 2.0, e, d), by(simd, 4.0, t, s), last]
}

/// `factor · value + plus`.
#[inline(always)]
fn by<S: Simd>(simd: S, factor: f32, value: S::f32s, plus: S::f32s) -> S::f32s {
    simd.mul_add_f32s(simd.splat_f32s(factor), value, plus)
}
