//! Max-pooling, and global pooling of whole maps.

use pulp::Simd;

use super::patches::{Patches, Window};
use crate::vision::Pooling;

/// GeM's lower clamp, as chosen by its authors.
const LEAST: f32 = 1e-6;

/// The maximum of each channel in a window sliding over feature maps; pixels beyond a map's edge are ignored.
///
/// # Shapes
/// `y`: a row of `channels` numbers for each of `count × positions × positions`, `pitch` apart; `positions` is given
/// for both directions (more than the window's own if the last ones hang over the edge).
#[inline(always)]
pub(in crate::vision) fn max_pool<S: Simd>(
    simd: S,
    maps: Patches,
    window: Window,
    [tall, wide]: [usize; 2],
    x: &[f32],
    y: &mut [f32],
    pitch: usize,
) {
    let span = |position: usize, length: usize| {
        let (first, before) = (position * window.stride, window.before(length));
        first.saturating_sub(before)..(first + window.kernel).saturating_sub(before).min(length)
    };
    for (index, y) in y.chunks_mut(pitch).take(maps.count * tall * wide).enumerate() {
        let (picture, down, right) = (index / (tall * wide), index / wide % tall, index % wide);
        let y = S::as_mut_simd_f32s(&mut y[..maps.channels]);
        let mut first = true;
        for down in span(down, maps.height) {
            for right in span(right, maps.width) {
                let pixel = (picture * maps.height + down) * maps.width + right;
                let x = S::as_simd_f32s(&x[pixel * maps.pitch..][..maps.channels]);
                for (y, &x) in y.0.iter_mut().zip(x.0) {
                    *y = if first { x } else { simd.select_f32s(simd.less_than_f32s(*y, x), x, *y) };
                }
                for (y, &x) in y.1.iter_mut().zip(x.1) {
                    *y = if first { x } else { y.max(x) };
                }
                first = false;
            }
        }
    }
}

/// One number per channel and map.
///
/// # Shapes
/// `y`: `count × channels`, without gaps.
pub(in crate::vision) fn pool(pooling: Pooling, maps: Patches, x: &[f32], y: &mut [f32]) {
    let positions = maps.height * maps.width;
    y.fill(0.0);
    for (picture, y) in y.chunks_exact_mut(maps.channels).take(maps.count).enumerate() {
        for pixel in picture * positions..(picture + 1) * positions {
            let x = &x[pixel * maps.pitch..][..maps.channels];
            match pooling {
                Pooling::Mean => y.iter_mut().zip(x).for_each(|(y, x)| *y += x),
                Pooling::Gem => y.iter_mut().zip(x).for_each(|(y, x)| *y += x.max(LEAST).powi(3)),
            }
        }
        for y in y {
            *y /= positions as f32;
            if pooling == Pooling::Gem {
                *y = y.cbrt();
            }
        }
    }
}
