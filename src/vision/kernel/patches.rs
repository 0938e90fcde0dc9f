//! Every other convolution: what it sees at each place as a row, and the rows times the weights.

use pulp::Simd;

use super::Aligned;
use super::product::{Finish, Packed, Rows, multiply};

/// Rows that are gathered at a time: with the longest ones (4,608 numbers) half a megabyte.
const ROWS: usize = 28;
/// Numbers between two rows: without them rows of 2^n numbers would share a few places of the cache.
const GAP: usize = 16;

/// A square window that moves over a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vision) struct Window {
    pub(in crate::vision) kernel: usize,
    pub(in crate::vision) stride: usize,
    /// Places of zeros around the picture.
    pub(in crate::vision) padding: usize,
}

impl Window {
    /// Places along a side of `length` pixels; 0 where the window does not fit.
    pub(in crate::vision) fn places(self, length: usize) -> usize {
        (length + 2 * self.padding).checked_sub(self.kernel).map_or(0, |room| room / self.stride + 1)
    }
}

/// Feature maps `count × height × width`, each pixel with `channels` numbers, `pitch` from one pixel to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vision) struct Patches {
    pub(in crate::vision) count: usize,
    pub(in crate::vision) height: usize,
    pub(in crate::vision) width: usize,
    pub(in crate::vision) channels: usize,
    pub(in crate::vision) pitch: usize,
}

impl Patches {
    /// The convolution of `x` with weights `n × kernel · kernel · channels` (row of the window, column, channel).
    ///
    /// # Shapes
    /// `y`: a row of `n` numbers for each of `count × places × places`, `pitch` from one to the next.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)]
    pub(in crate::vision) fn convolve<S: Simd>(
        self,
        simd: S,
        window: Window,
        x: &[f32],
        weights: &Packed,
        y: &mut [f32],
        pitch: usize,
        finish: Finish<'_>,
        scratch: &mut Aligned,
    ) {
        let (tall, wide) = (window.places(self.height), window.places(self.width));
        let places = self.count * tall * wide;
        if window == (Window { kernel: 1, stride: 1, padding: 0 }) {
            return multiply(simd, places, Rows { numbers: x, pitch: self.pitch }, weights, y, pitch, finish);
        }
        let row = window.kernel * window.kernel * self.channels + GAP;
        let rows = scratch.at_least(ROWS * row);
        for from in (0..places).step_by(ROWS) {
            let count = ROWS.min(places - from);
            for (index, row) in rows.chunks_exact_mut(row).take(count).enumerate() {
                let place = from + index;
                self.gather(window, [place / (tall * wide), place / wide % tall, place % wide], x, row);
            }
            let finish = finish.behind_row(from);
            multiply(simd, count, Rows { numbers: rows, pitch: row }, weights, &mut y[from * pitch..], pitch, finish);
        }
    }

    /// What the window sees at one place (picture, down, right), zeros where it looks beyond the picture.
    fn gather(self, window: Window, [picture, down, right]: [usize; 3], x: &[f32], row: &mut [f32]) {
        let first = (right * window.stride) as isize - window.padding as isize;
        let inside = |at: isize, length: usize| at.clamp(0, length as isize) as usize;
        let (left, end) = (inside(first, self.width), inside(first + window.kernel as isize, self.width));
        let before = (left as isize - first) as usize * self.channels;
        let line = window.kernel * self.channels;
        for (y, line) in row.chunks_exact_mut(line).take(window.kernel).enumerate() {
            let y = (down * window.stride + y).wrapping_sub(window.padding);
            if y >= self.height || end <= left {
                line.fill(0.0);
                continue;
            }
            let (seen, after) = line[before..].split_at_mut((end - left) * self.channels);
            after.fill(0.0);
            let pixels = &x[((picture * self.height + y) * self.width + left) * self.pitch..];
            if self.pitch == self.channels {
                seen.copy_from_slice(&pixels[..seen.len()]);
            } else {
                for (tap, pixel) in seen.chunks_exact_mut(self.channels).zip(pixels.chunks(self.pitch)) {
                    tap.copy_from_slice(&pixel[..self.channels]);
                }
            }
            line[..before].fill(0.0);
        }
    }
}
