//! Pictures that are in no file, such as that in the clipboard.

use std::fmt;

use image::RgbImage;

use super::{MAX_PIXELS, NetworkInput, Preprocess, VisionError};

/// A picture by its pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

/// Without the pixels.
impl fmt::Debug for Pixels {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Pixels({} × {})", self.width, self.height)
    }
}

impl Pixels {
    /// A picture of `width × height` pixels of 8-bit RGBA in rows from top to bottom, with the colours multiplied by alpha.
    ///
    /// # Errors
    /// If it has no pixels, more than [`MAX_PIXELS`], or another number than its size says.
    pub fn new(width: usize, height: usize, rgba: Vec<u8>) -> Result<Self, VisionError> {
        let fault = |message: String| VisionError::Preprocess(message);
        let count = width.checked_mul(height).filter(|&count| count as u64 <= MAX_PIXELS);
        let count = count.ok_or_else(|| fault(format!("a picture of {width} × {height} pixels is too large")))?;
        match count {
            0 => Err(fault("the picture has no pixels".to_owned())),
            _ if rgba.len() != 4 * count => Err(fault("the picture is incomplete".to_owned())),
            // Neither side is longer than their product.
            _ => Ok(Self { width: width as u32, height: height as u32, rgba }),
        }
    }

    /// The same for colours that are not multiplied by alpha.
    ///
    /// # Errors
    /// As [`Pixels::new`].
    pub fn from_straight(width: usize, height: usize, mut rgba: Vec<u8>) -> Result<Self, VisionError> {
        for pixel in rgba.chunks_exact_mut(4).filter(|pixel| pixel[3] < u8::MAX) {
            let alpha = u32::from(pixel[3]);
            pixel[..3].iter_mut().for_each(|channel| *channel = ((u32::from(*channel) * alpha + 127) / 255) as u8);
        }
        Self::new(width, height, rgba)
    }

    /// What a network sees of it, transparent parts over white.
    ///
    /// # Errors
    /// If it cannot be scaled.
    pub fn input(&self, preprocess: &Preprocess) -> Result<NetworkInput, VisionError> {
        let over_white = |pixel: &[u8]| {
            let white = u8::MAX - pixel[3];
            [0, 1, 2].map(|channel: usize| pixel[channel].saturating_add(white))
        };
        let rgb = self.rgba.chunks_exact(4).flat_map(over_white).collect();
        let picture = RgbImage::from_raw(self.width, self.height, rgb);
        preprocess.apply(&picture.ok_or_else(|| VisionError::Preprocess("the picture is incomplete".to_owned()))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_what_a_file_of_them_is_and_wrong_sizes_are_refused() {
        let side = 300_usize;
        let pixel = |at: usize| [(at % 251) as u8, (at % 13 * 19) as u8, (at % 7 * 36) as u8, [255, 0, 128][at % 3]];
        let straight: Vec<u8> = (0..side * side).flat_map(pixel).collect();
        let mut file = std::io::Cursor::new(Vec::new());
        let drawn = image::RgbaImage::from_raw(side as u32, side as u32, straight.clone()).expect("a picture");
        drawn.write_to(&mut file, image::ImageFormat::Png).expect("encoded");
        let decoded = crate::vision::decode_bytes(file.get_ref(), std::path::Path::new("drawn.png")).expect("decoded");
        let preprocess = Preprocess::imagenet();
        let wanted = preprocess.apply(&decoded).expect("scaled");
        let found = Pixels::from_straight(side, side, straight).and_then(|pixels| pixels.input(&preprocess));
        let found = found.expect("scaled");
        let difference = found.data.iter().zip(&wanted.data).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        // One step of 255, over a deviation of .22.
        assert!(found.side == wanted.side && difference < 0.02, "{difference}");
        assert!(Pixels::new(0, 4, Vec::new()).is_err() && Pixels::new(2, 2, vec![0; 15]).is_err());
        assert!(Pixels::new(usize::MAX, 2, Vec::new()).is_err() && Pixels::new(20_000, 20_000, Vec::new()).is_err());
    }
}
