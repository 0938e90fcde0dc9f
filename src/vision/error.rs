//! What can go wrong between a picture and its vector.

use std::path::PathBuf;

use super::{DeviceFault, SettingsFault, WeightsFault};
use crate::base::{FileError, UnknownName};

/// Why there is no picture, no vector or no encoder.
#[derive(Debug, thiserror::Error)]
pub enum VisionError {
    /// A file or folder could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is no picture, or a damaged one.
    #[error("not a readable picture, {message}: {path}")]
    Picture {
        /// The decoder's answer.
        message: String,
        /// The file.
        path: PathBuf,
    },
    /// A picture that claims more pixels than [`super::MAX_PIXELS`].
    #[error("a picture of {width} × {height} pixels is too large: {path}")]
    TooLarge {
        /// Claimed width.
        width: u32,
        /// Claimed height.
        height: u32,
        /// The file.
        path: PathBuf,
    },
    /// The settings of the preprocessing make no sense.
    #[error("preprocessing: {0}")]
    Preprocess(String),
    /// No encoder, device, pooling or interpolation has this name.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// Too few pixels for the network's convolutions.
    #[error("pictures of {0} × {0} pixels are too small for the network")]
    TooSmall(usize),
    /// No residual network here has this stage.
    #[error("there is no stage {0} (there are 1, 2, 3 and 4)")]
    Stage(usize),
    /// The program brings no weights for this architecture.
    #[error("no weights are bundled for {0}: choose a file with its weights")]
    NotBundled(super::Architecture),
    /// A weights file of no known format, or a damaged one.
    #[error("not readable as weights, {source}: {path}")]
    Weights {
        /// What is wrong.
        source: WeightsFault,
        /// The file.
        path: PathBuf,
    },
    /// The tensors are of no architecture here.
    #[error("the weights are not of a network that is known here but of {message}: {path}")]
    Unrecognised {
        /// What they are of.
        message: String,
        /// The file.
        path: PathBuf,
    },
    /// The tensors are of another architecture than the one chosen.
    #[error("the weights are of {found}, not of {wanted}: {path}")]
    OtherArchitecture {
        /// What they are of.
        found: super::Architecture,
        /// What was chosen.
        wanted: super::Architecture,
        /// The file.
        path: PathBuf,
    },
    /// The preprocessing that comes with weights cannot be used.
    #[error("the preprocessing that comes with the weights cannot be used, {source}: {path}")]
    Settings {
        /// What is wrong.
        source: SettingsFault,
        /// The file that tells of it.
        path: PathBuf,
    },
    /// A model of the hub is not to be had; the text says what to do.
    #[error(transparent)]
    Hub(Box<super::hub::HubError>),
    /// A tensor that the architecture needs is not in the file.
    #[error("tensor \"{tensor}\" of {architecture} is missing ({missing} missing in all): {path}")]
    MissingTensor {
        /// The first one that is missing.
        tensor: String,
        /// How many are missing.
        missing: usize,
        /// What was to be loaded.
        architecture: super::Architecture,
        /// The file.
        path: PathBuf,
    },
    /// The file holds a tensor that the architecture does not know.
    #[error("tensor \"{tensor}\" is no part of {architecture} ({extra} such in all): {path}")]
    ExtraTensor {
        /// The first one by name.
        tensor: String,
        /// How many there are.
        extra: usize,
        /// What was to be loaded.
        architecture: super::Architecture,
        /// The file.
        path: PathBuf,
    },
    /// A tensor of another size than the architecture's.
    #[error("tensor \"{tensor}\" is {found:?} where {architecture} has {expected:?}: {path}")]
    TensorShape {
        /// Its name.
        tensor: String,
        /// The size in the file.
        found: Vec<usize>,
        /// The size it should have.
        expected: Vec<usize>,
        /// What was to be loaded.
        architecture: super::Architecture,
        /// The file.
        path: PathBuf,
    },
    /// The chosen device cannot be used.
    #[error("{choice} cannot be used: {source}")]
    Device {
        /// What was chosen.
        choice: super::DeviceChoice,
        /// Why it cannot be used.
        source: DeviceFault,
    },
    /// The network itself failed (out of memory on the device, for one).
    #[error("the network failed: {0}")]
    Network(#[from] candle_core::Error),
    /// The observer asked to stop; what was computed is in the cache.
    #[error("stopped; what was done so far is kept")]
    Cancelled,
    /// Vectors cannot be written to a file of this kind.
    #[error("vectors are written as .safetensors or .npy: {0}")]
    VectorFormat(PathBuf),
    /// A table whose rows do not fit the data set.
    #[error("the vectors do not belong to this data set: {0}")]
    VectorTable(String),
}

impl From<super::hub::HubError> for VisionError {
    fn from(error: super::hub::HubError) -> Self {
        VisionError::Hub(Box::new(error))
    }
}

impl VisionError {
    /// Whether the observer asked to stop, so that nothing went wrong.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }
}
