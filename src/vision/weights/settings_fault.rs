//! Why preprocessing given with weights cannot be used.

use std::error::Error;

use crate::vision::Architecture;

/// Why the preprocessing given with weights cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFault {
    /// Metadata that is not a preprocessing.
    #[error(transparent)]
    Note(#[from] serde_json::Error),
    /// Invalid numbers.
    #[error(transparent)]
    Senseless(Box<dyn Error + Send + Sync>),
    /// A ResNet-50 variant with strides elsewhere.
    #[error("it has strides in the first convolution of a block, which is not supported")]
    Strides,
    /// It describes a different network from the weights.
    #[error("it describes {named}, and the weights are of {architecture}")]
    OtherNetwork {
        /// The network it describes.
        named: String,
        /// The network of the weights.
        architecture: Architecture,
    },
    /// Not three channels of a square.
    #[error("pictures of the size {0} are not supported")]
    PictureSize(String),
    /// A fraction outside 0 to 1.
    #[error("a crop of {0} is not a valid fraction of the picture")]
    CropShare(f64),
    /// Not a centre crop.
    #[error("the crop \"{0}\" is not supported")]
    CropMode(String),
    /// Another order of scaling and cropping.
    #[error("only scaling the shorter side followed by a centre crop is supported")]
    Crop,
    /// Neither bilinear nor bicubic.
    #[error("the interpolation {0} is not supported")]
    Interpolation(String),
    /// Not a number of pixels.
    #[error("{0} is not a size in pixels")]
    Pixels(String),
    /// Not three numbers.
    #[error("{0} is not a number for each of three channels")]
    Channels(String),
}
