//! Errors on the way from a picture to its vector.

use std::path::PathBuf;

use super::hub::HubError;
use super::{Architecture, DeviceError, SettingsFault, UnknownStage, WeightsFault};
use crate::base::{FileError, UnknownName, shown};

/// Why a picture, a vector or an encoder is unavailable.
#[derive(Debug, thiserror::Error)]
pub enum VisionError {
    /// A file or folder could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not a picture, or a damaged one.
    #[error("not a readable picture, {message}: {}", shown(path))]
    Picture {
        /// The decoder's message.
        message: String,
        /// The file.
        path: PathBuf,
    },
    /// A picture that claims more pixels than [`super::MAX_PIXELS`].
    #[error("a picture of {width} × {height} pixels is too large: {}", shown(path))]
    TooLarge {
        /// Claimed width.
        width: u32,
        /// Claimed height.
        height: u32,
        /// The file.
        path: PathBuf,
    },
    /// Invalid preprocessing settings.
    #[error("preprocessing: {0}")]
    Preprocess(String),
    /// No encoder, device, pooling or interpolation has this name.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// Too few pixels for the network's convolutions.
    #[error("pictures of {0} × {0} pixels are too small for the network")]
    TooSmall(usize),
    /// No supported network has this stage.
    #[error(transparent)]
    Stage(#[from] UnknownStage),
    /// No weights are bundled for this architecture.
    #[error("no weights are bundled for {0}: choose a file with its weights")]
    NotBundled(Architecture),
    /// A weights file of unknown format, or a damaged one.
    #[error("not readable as weights, {source}: {}", shown(path))]
    Weights {
        /// The fault.
        source: WeightsFault,
        /// The file.
        path: PathBuf,
    },
    /// The tensors are of no supported architecture.
    #[error("the weights are not of a supported network but of {message}: {}", shown(path))]
    Unrecognised {
        /// The network they are of.
        message: String,
        /// The file.
        path: PathBuf,
    },
    /// The tensors are of a different architecture from the one chosen.
    #[error("the weights are of {found}, not of {wanted}: {}", shown(path))]
    OtherArchitecture {
        /// The network they are of.
        found: Architecture,
        /// The one chosen.
        wanted: Architecture,
        /// The file.
        path: PathBuf,
    },
    /// The preprocessing given with the weights cannot be used.
    #[error("the preprocessing given with the weights cannot be used, {source}: {}", shown(path))]
    Settings {
        /// The fault.
        source: SettingsFault,
        /// The file that specifies it.
        path: PathBuf,
    },
    /// A model of the hub is unavailable; the text says what to do.
    #[error(transparent)]
    Hub(Box<HubError>),
    /// A tensor of the architecture is missing from the file.
    #[error("tensor \"{tensor}\" of {architecture} is missing ({missing} missing in all): {}", shown(path))]
    MissingTensor {
        /// The first one that is missing.
        tensor: String,
        /// How many are missing.
        missing: usize,
        /// The expected architecture.
        architecture: Architecture,
        /// The file.
        path: PathBuf,
    },
    /// The file holds a tensor that the architecture does not have.
    #[error("tensor \"{tensor}\" is not part of {architecture} ({extra} such in all): {}", shown(path))]
    ExtraTensor {
        /// The first one by name.
        tensor: String,
        /// How many there are.
        extra: usize,
        /// The expected architecture.
        architecture: Architecture,
        /// The file.
        path: PathBuf,
    },
    /// A tensor of the wrong shape.
    #[error("tensor \"{tensor}\" is {found:?} instead of {expected:?} of {architecture}: {}", shown(path))]
    TensorShape {
        /// Its name.
        tensor: String,
        /// The shape in the file.
        found: Vec<usize>,
        /// The expected shape.
        expected: Vec<usize>,
        /// The expected architecture.
        architecture: Architecture,
        /// The file.
        path: PathBuf,
    },
    /// The chosen device cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The network itself failed (out of memory on the device, for example).
    #[error("the network failed: {0}")]
    Network(#[from] candle_core::Error),
    /// The observer asked to stop; what was computed is in the cache.
    #[error("stopped; the work done so far is saved")]
    Cancelled,
    /// Vectors cannot be written to this kind of file.
    #[error("vectors can only be written as .safetensors or .npy: {}", shown(.0))]
    VectorFormat(PathBuf),
    /// A table whose rows do not fit the data set.
    #[error("the vectors do not belong to this data set: {0}")]
    VectorTable(String),
}

impl From<HubError> for VisionError {
    fn from(error: HubError) -> Self {
        VisionError::Hub(Box::new(error))
    }
}

impl VisionError {
    /// Whether it is a requested stop rather than a failure.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }
}
