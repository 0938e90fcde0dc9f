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
    /// Compiled into the program (only [`Architecture::Resnet50Thin`]).
    Bundled,
    /// A file that [`WeightsFile`] reads.
    File(PathBuf),
}

/// The bundled ResNet-50-thin as a safetensors file (f16; © 2016 Yahoo Inc., BSD-2-Clause, see `assets/weights`).
pub fn bundled_weights() -> &'static [u8] {
    include_bytes!("../../../assets/weights/resnet50-thin.f16.safetensors")
}

impl WeightsSource {
    /// Its path in errors and reports.
    fn path(&self) -> &Path {
        match self {
            WeightsSource::Bundled => Path::new("(bundled) resnet50-thin.f16.safetensors"),
            WeightsSource::File(path) => path,
        }
    }

    /// The BLAKE3 hash of the whole file, which is streamed.
    pub(super) fn hash(&self, architecture: Architecture) -> Result<blake3::Hash, VisionError> {
        match self {
            WeightsSource::Bundled if architecture == Architecture::Resnet50Thin => Ok(blake3::hash(bundled_weights())),
            WeightsSource::Bundled => Err(VisionError::NotBundled(architecture)),
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
            WeightsSource::Bundled if architecture == Architecture::Resnet50Thin => {
                WeightsFile::of_bytes(bundled_weights(), self.path())
            }
            WeightsSource::Bundled => Err(VisionError::NotBundled(architecture)),
            WeightsSource::File(path) => WeightsFile::open(path),
        }
    }
}
