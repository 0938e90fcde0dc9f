//! Maxima of neighbourhoods, and means over whole maps.

use pulp::Simd;

use super::patches::{Patches, Window};
use crate::vision::Pooling;

/// The least value that GeM takes a power of, as its authors chose.
const LEAST: f32 = 1e-6;

/// The maximum of each channel in a window that moves over feature maps; what lies beyond a map does not count.
///
/// # Shapes
/// `y`: a row of `channels` numbers for each of `count × places × places`, `pitch` from one to the next, where `places`
/// are given for both directions (more than the window has if the last ones hang over the edge).
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
    let span = |place: usize, length: usize| {
        let first = place * window.stride;
        first.saturating_sub(window.padding)..(first + window.kernel).saturating_sub(window.padding).min(length)
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

/// One number a channel for each map.
///
/// # Shapes
/// `y`: `count × channels`, without gaps.
pub(in crate::vision) fn pool(pooling: Pooling, maps: Patches, x: &[f32], y: &mut [f32]) {
    let places = maps.height * maps.width;
    y.fill(0.0);
    for (picture, y) in y.chunks_exact_mut(maps.channels).take(maps.count).enumerate() {
        for pixel in picture * places..(picture + 1) * places {
            let x = &x[pixel * maps.pitch..][..maps.channels];
            match pooling {
                Pooling::Mean => y.iter_mut().zip(x).for_each(|(y, x)| *y += x),
                Pooling::Gem => y.iter_mut().zip(x).for_each(|(y, x)| *y += x.max(LEAST).powi(3)),
            }
        }
        for y in y {
            *y /= places as f32;
            if pooling == Pooling::Gem {
                *y = y.cbrt();
            }
        }
    }
}
