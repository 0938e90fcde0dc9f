//! A picture as it is available now.

use egui::{Rect, TextureId};

/// A picture as it is available now.
#[derive(Clone, Copy)]
pub enum Picture {
    /// Loaded.
    Ready {
        /// The texture.
        texture: TextureId,
        /// The part of the texture that holds the picture.
        uv: Rect,
        /// Width over height.
        aspect: f32,
    },
    /// Being decoded.
    Loading,
    /// The data set has no picture for the image.
    Absent,
    /// The file can't be decoded.
    Broken,
}
