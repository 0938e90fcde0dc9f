//! A picture as it is available now.

use crate::vision::Thumbnail;
use egui::{ColorImage, Rect, TextureId};

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

/// Bytes of pictures that become textures in one frame, but for one that has more: the others wait for the next.
pub const PER_FRAME: usize = 4 << 20;

/// The pixels as a texture wants them; for large pictures this takes too long for the window's thread.
pub fn pixels(picture: &Thumbnail) -> ColorImage {
    ColorImage::from_rgba_unmultiplied([picture.width as usize, picture.height as usize], &picture.rgba)
}
