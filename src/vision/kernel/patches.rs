//! All other convolutions: patches gathered as rows (im2col), times the weights.

use pulp::Simd;

use super::Aligned;
use super::product::{Finish, Packed, Rows, multiply};

/// Rows gathered at a time: half a megabyte with the longest ones (4,608 numbers).
const ROWS: usize = 28;
/// Padding between rows: without it, rows of 2^n numbers would share a few cache sets.
const GAP: usize = 16;

/// A square window sliding over a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vision) struct Window {
    pub(in crate::vision) kernel: usize,
    pub(in crate::vision) stride: usize,
    pub(in crate::vision) padding: Padding,
}

/// Zeros around the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vision) enum Padding {
    /// As many on every side.
    Even(usize),
    /// TensorFlow's SAME: as many as give `⌈length / stride⌉` positions; if that number is odd, the extra one is at the
    /// bottom and right.
    Same,
}

impl Window {
    /// Output positions along a side of `length` pixels; 0 if the window does not fit.
    pub(in crate::vision) fn positions(self, length: usize) -> usize {
        match self.padding {
            Padding::Even(zeros) => {
                (length + 2 * zeros).checked_sub(self.kernel).map_or(0, |room| room / self.stride + 1)
            }
            Padding::Same => length.div_ceil(self.stride),
        }
    }

    /// Zeros before the first of `length` pixels.
    pub(in crate::vision) fn before(self, length: usize) -> usize {
        match self.padding {
            Padding::Even(zeros) => zeros,
            Padding::Same => self.reach(length).saturating_sub(length) / 2,
        }
    }

    /// Pixels and zeros that all positions see along a side of `length` pixels.
    pub(in crate::vision) fn reach(self, length: usize) -> usize {
        self.positions(length).checked_sub(1).map_or(0, |last| last * self.stride + self.kernel)
    }
}

/// Feature maps `count × height × width`, each pixel with `channels` numbers, pixels `pitch` apart.
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
    /// `y`: a row of `n` numbers for each of `count × positions × positions`, `pitch` apart.
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
        let (tall, wide) = (window.positions(self.height), window.positions(self.width));
        let positions = self.count * tall * wide;
        if window.kernel == 1 && window.stride == 1 && window.before(self.width) == 0 {
            return multiply(simd, positions, Rows { numbers: x, pitch: self.pitch }, weights, y, pitch, finish);
        }
        let row = window.kernel * window.kernel * self.channels + GAP;
        let rows = scratch.at_least(ROWS * row);
        for from in (0..positions).step_by(ROWS) {
            let count = ROWS.min(positions - from);
            for (index, row) in rows.chunks_exact_mut(row).take(count).enumerate() {
                let position = from + index;
                self.gather(window, [position / (tall * wide), position / wide % tall, position % wide], x, row);
            }
            let finish = finish.starting_at(from);
            multiply(simd, count, Rows { numbers: rows, pitch: row }, weights, &mut y[from * pitch..], pitch, finish);
        }
    }

    /// Copies the window's content at one position (picture, down, right), with zeros beyond the picture's edge.
    fn gather(self, window: Window, [picture, down, right]: [usize; 3], x: &[f32], row: &mut [f32]) {
        let first = (right * window.stride) as isize - window.before(self.width) as isize;
        let inside = |at: isize, length: usize| at.clamp(0, length as isize) as usize;
        let (left, end) = (inside(first, self.width), inside(first + window.kernel as isize, self.width));
        let before = (left as isize - first) as usize * self.channels;
        let line = window.kernel * self.channels;
        for (y, line) in row.chunks_exact_mut(line).take(window.kernel).enumerate() {
            let y = (down * window.stride + y).wrapping_sub(window.before(self.height));
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
