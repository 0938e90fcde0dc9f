//! Weights files: loading and checking.
//!
//! A [`WeightsFile`] lists what a file holds without reading it; only tensors that an architecture needs, of the
//! expected shape, are ever read. Nothing in a file is executed.

mod beside;
mod fault;
mod file;
mod format;
mod listing;
mod load;
mod names;
mod npz;
mod pickle;
mod pytorch;
mod recognise;
mod safe;
mod settings_fault;

use std::path::{Path, PathBuf};

use super::{Architecture, VisionError};
use crate::base::{At, open_file};

pub(super) use beside::preprocess;
pub use fault::WeightsFault;
pub use file::{WeightsFile, WeightsReader};
pub(super) use load::load;
pub use pickle::PickleError;
pub use settings_fault::SettingsFault;

/// The source of a network's weights.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeightsSource {
    /// Compiled into the program (only those of [`Architecture::BUNDLED`]).
    Bundled,
    /// A file that [`WeightsFile`] reads.
    File(PathBuf),
}

/// Bundled weights as a safetensors file (f16; licences in `assets/weights`), if there are any.
pub fn bundled_weights(architecture: Architecture) -> Option<&'static [u8]> {
    match architecture {
        Architecture::Resnet50Thin => Some(include_bytes!("../../../assets/weights/resnet50-thin.f16.safetensors")),
        Architecture::EfficientNetLite0 => {
            Some(include_bytes!("../../../assets/weights/efficientnet-lite0.f16.safetensors"))
        }
        _ => None,
    }
}

/// Bundled weights.
///
/// # Errors
/// If there are none.
fn bundled(architecture: Architecture) -> Result<&'static [u8], VisionError> {
    bundled_weights(architecture).ok_or(VisionError::NotBundled(architecture))
}

impl WeightsSource {
    /// The BLAKE3 hash of the whole file, which is streamed.
    pub(super) fn hash(&self, architecture: Architecture) -> Result<blake3::Hash, VisionError> {
        match self {
            WeightsSource::Bundled => Ok(blake3::hash(bundled(architecture)?)),
            WeightsSource::File(path) => {
                let mut hasher = blake3::Hasher::new();
                let file = open_file(path)?;
                hasher.update_reader(file).at(path)?;
                Ok(hasher.finalize())
            }
        }
    }

    fn open(&self, architecture: Architecture) -> Result<WeightsFile, VisionError> {
        match self {
            WeightsSource::Bundled => {
                let name = format!("(bundled) {architecture}.f16.safetensors");
                WeightsFile::of_bytes(bundled(architecture)?, Path::new(&name))
            }
            WeightsSource::File(path) => WeightsFile::open(path),
        }
    }
}
