//! Pixels to the network's input.

use std::fmt;

use fast_image_resize::FilterType;
use image::RgbImage;

use super::decode::{resize, resize_rows_first};
use super::{Architecture, VisionError};
use crate::base::named;

/// How a picture is scaled. Both widen their kernel when shrinking (antialiasing), as Pillow does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interpolation {
    /// Triangle filter: torchvision's default.
    Bilinear,
    /// Cubic filter with a = −0.5: the choice of many timm models.
    Bicubic,
}

named!(Interpolation, "interpolation": Bilinear = "bilinear", Bicubic = "bicubic");

impl Interpolation {
    fn filter(self) -> FilterType {
        match self {
            Interpolation::Bilinear => FilterType::Bilinear,
            Interpolation::Bicubic => FilterType::CatmullRom,
        }
    }
}

/// Turns any picture into the network's input: shorter side to `resize`, centre crop, `(pixel · scale − mean) / std`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Preprocess {
    /// The shorter side after scaling, in pixels.
    pub resize: u32,
    /// Side of the square cut from the middle, in pixels; not larger than `resize`.
    pub crop: u32,
    /// Applied to pixel values 0..255 first.
    pub scale: f32,
    /// Subtracted, per channel in the network's order.
    pub mean: [f32; 3],
    /// Divided by, per channel in the network's order.
    pub std: [f32; 3],
    /// Whether the network's first channel is blue.
    pub bgr: bool,
    /// The filter that scales.
    pub interpolation: Interpolation,
}

/// One picture as a network's input.
///
/// # Shapes
/// `data` is `3 × side × side`, channel first, rows from top to bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkInput {
    /// Width and height in pixels.
    pub side: usize,
    /// The normalised values.
    pub data: Vec<f32>,
}

impl Preprocess {
    /// The input of torchvision's ImageNet models: 256, 224, RGB in 0..1, ImageNet's mean and deviation.
    pub fn imagenet() -> Self {
        Self {
            resize: 256,
            crop: 224,
            scale: 1.0 / 255.0,
            mean: [0.485, 0.456, 0.406],
            std: [0.229, 0.224, 0.225],
            bgr: false,
            interpolation: Interpolation::Bilinear,
        }
    }

    /// The input of the bundled ResNet-50-thin: BGR in 0..255 minus Caffe's mean.
    pub fn open_nsfw() -> Self {
        Self {
            resize: 256,
            crop: 224,
            scale: 1.0,
            mean: [104.0, 117.0, 123.0],
            std: [1.0; 3],
            bgr: true,
            interpolation: Interpolation::Bilinear,
        }
    }

    /// The input of EfficientNet-Lite: RGB, from −1 to 1.
    pub fn lite() -> Self {
        Self {
            scale: 1.0,
            mean: [127.0; 3],
            std: [128.0; 3],
            interpolation: Interpolation::Bicubic,
            ..Self::imagenet()
        }
    }

    /// The usual preprocessing of an architecture, for weights that do not specify theirs.
    pub fn usual(architecture: Architecture) -> Self {
        match architecture {
            Architecture::Resnet50Thin => Self::open_nsfw(),
            Architecture::EfficientNetLite0 => Self::lite(),
            _ => Self::imagenet(),
        }
    }

    /// A string that differs whenever the result may; part of the cache key.
    pub fn fingerprint(&self) -> String {
        // Vectors computed before rows came first are not mixed with those computed since.
        let order = if self.interpolation == Interpolation::Bicubic { ", rows first" } else { "" };
        format!("{self:?}{order}")
    }

    /// The network's input for a picture.
    ///
    /// Only the cropped part is scaled, by the same factors as the whole would be, so a picture of 1 × 60,000 pixels
    /// costs no more than any other.
    ///
    /// # Errors
    /// [`VisionError::Preprocess`] if the settings are invalid or the picture has no pixels.
    pub fn apply(&self, picture: &RgbImage) -> Result<NetworkInput, VisionError> {
        self.check()?;
        let (width, height) = picture.dimensions();
        let shorter = width.min(height);
        if shorter == 0 {
            return Err(VisionError::Preprocess("the picture has no pixels".to_string()));
        }
        // torchvision: the longer side is int(resize · longer / shorter), the crop's corner int(round(slack / 2)).
        let scaled = |length: u32| u64::from(self.resize) * u64::from(length) / u64::from(shorter);
        let span = |length: u32| {
            let scaled = scaled(length);
            let start = (((scaled - u64::from(self.crop)) as f64) / 2.0).round_ties_even();
            let factor = f64::from(length) / scaled as f64;
            (start * factor, f64::from(self.crop) * factor)
        };
        let ((left, area_width), (top, area_height)) = (span(width), span(height));
        let area = [left, top, area_width.min(f64::from(width) - left), area_height.min(f64::from(height) - top)];
        let filter = self.interpolation.filter();
        let rgb = match self.interpolation {
            Interpolation::Bilinear => resize(picture, area, self.crop, self.crop, filter)?,
            Interpolation::Bicubic => resize_rows_first(picture, area, self.crop, filter, 2.0)?,
        };
        Ok(NetworkInput { side: self.crop as usize, data: self.normalise(&rgb) })
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`VisionError::Preprocess`] with the first invalid one.
    pub fn check(&self) -> Result<(), VisionError> {
        let is_number = |values: &[f32]| values.iter().all(|value| value.is_finite());
        let fault = if self.crop == 0 || self.crop > self.resize {
            format!("a crop of {} does not fit into a shorter side of {}", self.crop, self.resize)
        } else if self.resize > 4096 {
            format!("a shorter side of {} is too large (4096 at most)", self.resize)
        } else if !is_number(&[self.scale]) || self.scale <= 0.0 {
            format!("pixels cannot be scaled by {}", self.scale)
        } else if !is_number(&self.mean) {
            "a mean is not a finite number".to_string()
        } else if !is_number(&self.std) || self.std.iter().any(|std| *std <= 0.0) {
            "a deviation is not above 0".to_string()
        } else {
            return Ok(());
        };
        Err(VisionError::Preprocess(fault))
    }

    /// Interleaved RGB bytes to normalised planes in the network's channel order.
    fn normalise(&self, rgb: &[u8]) -> Vec<f32> {
        let plane = rgb.len() / 3;
        let mut data = Vec::with_capacity(rgb.len());
        for channel in 0..3 {
            let from = if self.bgr { 2 - channel } else { channel };
            let (mean, std) = (self.mean[channel], self.std[channel]);
            data.extend((0..plane).map(|pixel| (f32::from(rgb[3 * pixel + from]) * self.scale - mean) / std));
        }
        data
    }
}

/// `256 pixels, the middle 224 × 224, bilinear, RGB in 0..1 less 0.485, 0.456, 0.406 over 0.229, 0.224, 0.225`.
impl fmt::Display for Preprocess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resize, crop, interpolation, .. } = self;
        let three = |[red, green, blue]: [f32; 3]| format!("{red}, {green}, {blue}");
        write!(f, "{resize} pixels, the middle {crop} × {crop}, {interpolation}, ")?;
        f.write_str(if self.bgr { "BGR" } else { "RGB" })?;
        if self.scale == 1.0 / 255.0 {
            f.write_str(" in 0..1")?;
        } else if self.scale == 1.0 {
            f.write_str(" in 0..255")?;
        } else {
            write!(f, " × {}", self.scale)?;
        }
        write!(f, " less {}", three(self.mean))?;
        if self.std == [1.0; 3] { Ok(()) } else { write!(f, " over {}", three(self.std)) }
    }
}
