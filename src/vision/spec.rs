//! Everything that decides what vector a picture gets.

use std::path::Path;

use super::{Architecture, EncoderKey, Feature, Preprocess, VisionError, WeightsFile, WeightsSource, hub, weights};

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

    /// The encoder whose weights a file holds: the architecture is told by the tensors, of which none is read, and the
    /// preprocessing comes from a note in the file, from timm's `config.json` or transformers'
    /// `preprocessor_config.json` beside it, or is the architecture's usual one.
    ///
    /// # Errors
    /// Where the file cannot be read or is damaged, holds tensors of no architecture here, or came with a preprocessing
    /// that cannot be done.
    pub fn of_file(path: &Path) -> Result<Self, VisionError> {
        let file = WeightsFile::open(path)?;
        let architecture = file.architecture()?;
        let preprocess = weights::preprocess(path, file.metadata(), architecture)?;
        Ok(Self { preprocess, ..Self::from_file(architecture, path) })
    }

    /// What a person chose: the bundled encoder where that is nothing, else that of the file.
    ///
    /// # Errors
    /// As [`EncoderSpec::of_file`]; where the file holds another architecture than the chosen one; and
    /// [`VisionError::NotBundled`] for an architecture that needs a file.
    pub fn find(architecture: Option<Architecture>, weights: Option<&Path>) -> Result<Self, VisionError> {
        let Some(path) = weights else {
            let architecture = architecture.unwrap_or(Architecture::Resnet50Thin);
            return Self::choose(architecture, None).ok_or(VisionError::NotBundled(architecture));
        };
        let spec = Self::of_file(path)?;
        match architecture {
            Some(wanted) if wanted != spec.architecture => {
                Err(VisionError::OtherArchitecture { found: spec.architecture, wanted, path: path.to_path_buf() })
            }
            _ => Ok(spec),
        }
    }

    /// An architecture with weights from a file, and the preprocessing these weights usually want.
    pub fn from_file(architecture: Architecture, path: impl Into<std::path::PathBuf>) -> Self {
        let preprocess = Preprocess::usual(architecture);
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

    /// What people call its vectors: the architecture and the weights file where they are not the bundled ones (or the
    /// model's name, as `timm/resnet50.a1_in1k`, where the file lies in the hub's cache folder), and the layer where it is not the usual one.
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
                if let Some(model) = hub::model_at(path) {
                    return model;
                }
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
        let hash = self.weights.hash(self.architecture)?;
        Ok(EncoderKey::new(self.architecture, &hash, &self.preprocess, self.feature))
    }
}
