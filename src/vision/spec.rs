//! Everything that determines a picture's vector.

use std::path::Path;

use super::{Architecture, EncoderKey, Feature, Preprocess, VisionError, WeightsFile, WeightsSource, hub, weights};

/// Everything that determines a picture's vector.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EncoderSpec {
    /// The network.
    pub architecture: Architecture,
    /// Its weights.
    pub weights: WeightsSource,
    /// The preprocessing of pictures.
    pub preprocess: Preprocess,
    /// The layer that gives the vector.
    pub feature: Feature,
}

impl EncoderSpec {
    /// The default encoder, whose weights are bundled.
    pub fn bundled() -> Self {
        Self::usual(Architecture::BUNDLED[0], WeightsSource::Bundled)
    }

    /// Every encoder whose weights are bundled, the default one first.
    pub fn all_bundled() -> Vec<Self> {
        Architecture::BUNDLED.iter().map(|&known| Self::usual(known, WeightsSource::Bundled)).collect()
    }

    /// An architecture's usual preprocessing and layer.
    fn usual(architecture: Architecture, weights: WeightsSource) -> Self {
        Self { architecture, weights, preprocess: Preprocess::usual(architecture), feature: Feature::default() }
    }

    /// The encoder of a weights file: the architecture is recognised by its tensors, none of which is read, and the
    /// preprocessing comes from the file's metadata, from timm's `config.json` or transformers'
    /// `preprocessor_config.json` next to it, or is the architecture's usual one.
    ///
    /// # Errors
    /// If the file cannot be read or is damaged, holds tensors of no supported architecture, or specifies an
    /// unsupported preprocessing.
    pub fn of_file(path: &Path) -> Result<Self, VisionError> {
        let file = WeightsFile::open(path)?;
        let architecture = file.architecture()?;
        let preprocess = weights::preprocess(path, file.metadata(), architecture)?;
        Ok(Self { preprocess, ..Self::from_file(architecture, path) })
    }

    /// The encoder of a user's choice: that of the file, else a bundled one, by default the first of
    /// [`Architecture::BUNDLED`].
    ///
    /// # Errors
    /// As [`EncoderSpec::of_file`]; if the file holds a different architecture from the chosen one; and
    /// [`VisionError::NotBundled`] for an architecture that needs a file.
    pub fn find(architecture: Option<Architecture>, weights: Option<&Path>) -> Result<Self, VisionError> {
        let Some(path) = weights else {
            let architecture = architecture.unwrap_or(Architecture::BUNDLED[0]);
            return match architecture.is_bundled() {
                true => Ok(Self::usual(architecture, WeightsSource::Bundled)),
                false => Err(VisionError::NotBundled(architecture)),
            };
        };
        let spec = Self::of_file(path)?;
        match architecture {
            Some(wanted) if wanted != spec.architecture => {
                Err(VisionError::OtherArchitecture { found: spec.architecture, wanted, path: path.to_path_buf() })
            }
            _ => Ok(spec),
        }
    }

    /// An architecture with weights from a file, and the architecture's usual preprocessing.
    pub fn from_file(architecture: Architecture, path: impl Into<std::path::PathBuf>) -> Self {
        Self::usual(architecture, WeightsSource::File(path.into()))
    }

    /// Dimension of the vectors.
    pub fn dim(&self) -> usize {
        self.architecture.dim(self.feature.stage)
    }

    /// What its vectors are called: the network, and the layer where it is not the usual one.
    pub fn name(&self) -> String {
        let file = match &self.weights {
            WeightsSource::Bundled => None,
            WeightsSource::File(path) => Some(path.as_path()),
        };
        format!("{}{}", network_name(self.architecture.name(), file), self.feature.suffix())
    }

    /// The names of tensors in its weights file that are not of the network, and so ignored; of a file that also has,
    /// say, a head.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn ignored_tensors(&self) -> Result<Vec<String>, VisionError> {
        match &self.weights {
            WeightsSource::Bundled => Ok(Vec::new()),
            WeightsSource::File(path) => Ok(WeightsFile::open(path)?.ignored().to_vec()),
        }
    }

    /// The BLAKE3 hash of its weights, in hexadecimal.
    ///
    /// # Errors
    /// If the weights file cannot be read.
    pub fn weights_hash(&self) -> Result<String, VisionError> {
        Ok(self.weights.hash(self.architecture)?.to_hex().to_string())
    }

    /// The cache key of this encoder's vectors: architecture, weights (by content) and preprocessing.
    ///
    /// # Errors
    /// If the weights file cannot be read.
    pub fn key(&self) -> Result<EncoderKey, VisionError> {
        let hash = self.weights.hash(self.architecture)?;
        Ok(EncoderKey::new(self.architecture, &hash, &self.preprocess, self.feature))
    }
}

/// What a network is called: its architecture, with the weights file where the weights are not the bundled ones; or the
/// name of the model, as `timm/resnet50.a1_in1k`, where the file lies in the hub's cache folder.
pub fn network_name(architecture: &str, weights: Option<&Path>) -> String {
    match weights {
        None => architecture.to_owned(),
        Some(path) => hub::model_at(path)
            .unwrap_or_else(|| format!("{architecture} ({})", path.file_stem().unwrap_or_default().to_string_lossy())),
    }
}
