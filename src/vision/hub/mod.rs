//! Weights by name from the Hugging Face hub, cached in the folder that its other clients use.
//!
//! Cached files are used without network access. An interrupted download is resumed. Several processes may fetch the
//! same model at once: one downloads, the others wait.

mod download;
mod model;
mod options;
mod transfer;

use std::ops::ControlFlow;
use std::path::PathBuf;

use super::{EncoderSpec, VisionError};
use crate::base::{At, read_text_file};
use download::{DownloadError, download, lock};

pub use download::HubProgress;
pub(super) use model::model_at;
pub use model::{HubError, HubModel};
pub use options::HubOptions;

/// Accepted weights files, in order of preference.
const WEIGHTS: [&str; 2] = ["model.safetensors", "pytorch_model.bin"];
/// timm's preprocessing, and part of transformers'.
const CONFIG: &str = "config.json";
/// transformers' preprocessing.
const PREPROCESSOR: &str = "preprocessor_config.json";

/// The encoder of a hub model, downloaded if not cached, with [`HubOptions::from_env`].
///
/// # Errors
/// As [`fetch_with`].
pub fn fetch(
    model: &HubModel,
    observe: &mut dyn FnMut(HubProgress) -> ControlFlow<()>,
) -> Result<EncoderSpec, VisionError> {
    fetch_with(model, &HubOptions::from_env()?, observe)
}

/// The encoder of a hub model: `model.safetensors`, else `pytorch_model.bin`, with the preprocessing of its
/// `config.json` or `preprocessor_config.json`.
///
/// `observe` is called about ten times a second; on `Break` the call ends within a quarter of a second, and the partial
/// download is kept for the next call.
///
/// # Errors
/// [`HubError`] if it is neither cached nor downloadable; [`VisionError::Cancelled`] after a `Break`; and as
/// [`EncoderSpec::of_file`] if it is of no supported architecture.
pub fn fetch_with(
    model: &HubModel,
    options: &HubOptions,
    observe: &mut dyn FnMut(HubProgress) -> ControlFlow<()>,
) -> Result<EncoderSpec, VisionError> {
    if !model.check() {
        return Err(HubError::Name(model.to_string()).into());
    }
    let fetching = Fetching { model, options };
    if let Some(weights) = fetching.complete() {
        return EncoderSpec::of_file(&weights);
    }
    if options.offline {
        return Err(fetching.unavailable("HF_HUB_OFFLINE is set".to_string()));
    }
    options.check()?;
    let _lock = lock(&options.cache, &model.folder_name(), observe)?;
    let weights = fetching.download_all(observe)?;
    EncoderSpec::of_file(&weights)
}

struct Fetching<'a> {
    model: &'a HubModel,
    options: &'a HubOptions,
}

impl Fetching<'_> {
    fn folder(&self) -> PathBuf {
        self.options.cache.join(self.model.folder_name())
    }

    /// The commit of the revision according to the cache; an unknown revision may itself be a commit.
    fn commit(&self) -> String {
        let known = read_text_file(&self.folder().join("refs").join(&self.model.revision));
        let known = known.ok().map(|commit| commit.trim().to_string());
        let is_commit = |commit: &String| !commit.is_empty() && commit.chars().all(|c| c.is_ascii_alphanumeric());
        known.filter(is_commit).unwrap_or_else(|| self.model.revision.clone())
    }

    fn snapshot(&self) -> PathBuf {
        self.folder().join("snapshots").join(self.commit())
    }

    fn cached(&self, file: &str) -> Option<PathBuf> {
        Some(self.snapshot().join(file)).filter(|path| path.is_file())
    }

    /// Where the hub's clients record that a model has no such file.
    fn absence(&self, file: &str) -> PathBuf {
        self.folder().join(".no_exist").join(self.commit()).join(file)
    }

    fn weights(&self) -> Option<PathBuf> {
        WEIGHTS.into_iter().find_map(|file| self.cached(file))
    }

    /// The weights, if everything that belongs to them is cached too.
    fn complete(&self) -> Option<PathBuf> {
        self.weights().filter(|_| self.wanted().is_none())
    }

    /// The next settings file that is neither cached nor known to be absent.
    fn wanted(&self) -> Option<&'static str> {
        let is_open = |file: &str| self.cached(file).is_none() && !self.absence(file).exists();
        if is_open(CONFIG) {
            return Some(CONFIG);
        }
        let config = self.cached(CONFIG).and_then(|path| read_text_file(&path).ok());
        let says_all = config.is_some_and(|text| text.contains("\"pretrained_cfg\"") || text.contains("\"crop_pct\""));
        Some(PREPROCESSOR).filter(|file| !says_all && is_open(file))
    }

    /// Settings first: they are small and may show that the rest is of no use.
    fn download_all(&self, observe: &mut dyn FnMut(HubProgress) -> ControlFlow<()>) -> Result<PathBuf, VisionError> {
        let mut absent: Vec<&str> = Vec::new();
        // The hub may get a new commit meanwhile; earlier files are then fetched again.
        for _ in 0..8 {
            self.note_absent(&absent)?;
            let settings = self.wanted().filter(|file| !absent.contains(file));
            let open = match (settings, self.weights()) {
                (Some(file), _) => file,
                (None, Some(weights)) => return Ok(weights),
                (None, None) => {
                    self.check_architecture()?;
                    let next = WEIGHTS.into_iter().find(|file| !absent.contains(file));
                    next.ok_or_else(|| HubError::NoWeights(self.model.clone()))?
                }
            };
            match download(self.options, self.model, open, observe) {
                Ok(_) => {}
                Err(DownloadError::Absent) => absent.push(open),
                Err(DownloadError::Cancelled) => return Err(VisionError::Cancelled),
                Err(DownloadError::Failed(reason)) => return Err(self.unavailable(reason)),
            }
        }
        Err(self.unavailable("the hub keeps changing it".to_string()))
    }

    /// Records absent files once their commit is known.
    fn note_absent(&self, absent: &[&str]) -> Result<(), VisionError> {
        if !self.snapshot().is_dir() {
            return Ok(());
        }
        for file in absent.iter().filter(|file| [CONFIG, PREPROCESSOR].contains(file)) {
            let path = self.absence(file);
            let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            made.and_then(|()| std::fs::write(&path, b"")).at(&path)?;
        }
        Ok(())
    }

    /// Checks that timm's settings are of a ResNet before megabytes are downloaded.
    fn check_architecture(&self) -> Result<(), VisionError> {
        let Some(path) = self.cached(CONFIG) else { return Ok(()) };
        let text = read_text_file(&path)?;
        let config: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        match config["architecture"].as_str() {
            Some(other) if !other.contains("resnet") => {
                Err(VisionError::Unrecognised { message: format!("the architecture {other}"), path })
            }
            _ => Ok(()),
        }
    }

    fn unavailable(&self, reason: String) -> VisionError {
        let weights = self.weights().is_none().then_some(WEIGHTS[0]);
        let files: Vec<&str> = weights.into_iter().chain([self.wanted().unwrap_or(CONFIG)]).collect();
        let (model, folder) = (self.model.clone(), self.snapshot());
        HubError::Unavailable { model, reason, files: files.join(" and "), folder }.into()
    }
}
