//! Everything that decides what vector a picture gets.

use std::path::Path;

use super::{Architecture, EncoderKey, Feature, Preprocess, VisionError, WeightsSource};

/// Everything that decides what vector a picture gets.
#[derive(Clone, Debug, PartialEq)]
pub struct EncoderSpec {
    /// The network.
    pub architecture: Architecture,
    /// Its weights.
    pub weights: WeightsSource,
    /// What is done to a picture before.
    pub preprocess: Preprocess,
    /// Which layer gives the vector.
    pub feature: Feature,
}

impl EncoderSpec {
    /// The encoder that comes with the program.
    pub fn bundled() -> Self {
        Self {
            architecture: Architecture::Resnet50Thin,
            weights: WeightsSource::Bundled,
            preprocess: Preprocess::open_nsfw(),
            feature: Feature::default(),
        }
    }

    /// An architecture with weights from a file, and the preprocessing these weights usually want.
    pub fn from_file(architecture: Architecture, path: impl Into<std::path::PathBuf>) -> Self {
        let preprocess = match architecture {
            Architecture::Resnet50Thin => Preprocess::open_nsfw(),
            _ => Preprocess::imagenet(),
        };
        Self { architecture, weights: WeightsSource::File(path.into()), preprocess, feature: Feature::default() }
    }

    /// An architecture with the weights a person chose, or the bundled ones; `None` where it has none bundled.
    pub fn choose(architecture: Architecture, weights: Option<&Path>) -> Option<Self> {
        match (weights, architecture) {
            (Some(file), _) => Some(Self::from_file(architecture, file)),
            (None, Architecture::Resnet50Thin) => Some(Self::bundled()),
            (None, _) => None,
        }
    }

    /// Numbers per vector.
    pub fn dim(&self) -> usize {
        self.architecture.dim(self.feature.stage)
    }

    /// What people call its vectors: the architecture, the weights file where they are not the bundled ones, and the
    /// layer where it is not the usual one.
    pub fn name(&self) -> String {
        match self.feature {
            usual if usual == Feature::default() => self.network_name(),
            other => format!("{}, {other}", self.network_name()),
        }
    }

    fn network_name(&self) -> String {
        match &self.weights {
            WeightsSource::Bundled => self.architecture.name().to_owned(),
            WeightsSource::File(path) => {
                let file = path.file_stem().unwrap_or_default().to_string_lossy();
                format!("{} ({file})", self.architecture.name())
            }
        }
    }

    /// What names this encoder's vectors in the cache: architecture, weights (by content) and preprocessing.
    ///
    /// # Errors
    /// Where the weights file cannot be read.
    pub fn key(&self) -> Result<EncoderKey, VisionError> {
        let hash = blake3::hash(&self.weights.bytes(self.architecture)?);
        Ok(EncoderKey::new(self.architecture, &hash, &self.preprocess, self.feature))
    }
}
