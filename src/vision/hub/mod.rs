//! Weights by name from the Hugging Face hub, cached in the folder that its other clients use.
//!
//! Cached files are used without network access. An interrupted download is resumed. Several processes may fetch the
//! same model at once: one downloads, the others wait.

mod download;
mod options;

use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use hf_hub::{Repo, RepoType};

use super::{EncoderSpec, VisionError};
use crate::base::At;
use download::{DownloadError, download, lock};
pub use options::HubOptions;

/// Accepted weights files, in order of preference.
const WEIGHTS: [&str; 2] = ["model.safetensors", "pytorch_model.bin"];
/// timm's preprocessing, and part of transformers'.
const CONFIG: &str = "config.json";
/// transformers' preprocessing.
const PREPROCESSOR: &str = "preprocessor_config.json";

/// A model on the hub.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HubModel {
    /// `owner/name`.
    pub repo: String,
    /// A branch, a tag or a commit.
    pub revision: String,
}

/// Progress of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubProgress {
    /// The file's name.
    pub file: String,
    /// Bytes downloaded, including those of an earlier attempt.
    pub done: u64,
    /// Total bytes; 0 until the hub has reported it.
    pub total: u64,
}

/// Why a model of the hub is unavailable.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// An invalid model name.
    #[error("\"{0}\" is not a model name of the hub (expected owner/name or owner/name@revision)")]
    Name(String),
    /// An invalid hub address.
    #[error("\"{0}\" is not a valid hub address (expected one like https://example.org)")]
    Endpoint(String),
    /// There is no cache folder, as there is no home folder.
    #[error("there is no folder for models of the hub: set HF_HOME")]
    NoCache,
    /// The model is neither cached nor downloadable.
    #[error(
        "{model} is unavailable: {reason}. On a machine with a connection, download {files} of it, and choose the first \
         as the weights file (--weights) with the other next to it, or put both into the folder {}",
        folder.display()
    )]
    Unavailable {
        /// The model.
        model: HubModel,
        /// The cause.
        reason: String,
        /// The missing files.
        files: String,
        /// The cache folder they belong in.
        folder: PathBuf,
    },
    /// The model has no weights on the hub.
    #[error("the hub has neither model.safetensors nor pytorch_model.bin of {0}: check its name")]
    NoWeights(HubModel),
}

impl HubModel {
    fn check(&self) -> bool {
        let is_word = |word: &str| {
            let is_part = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
            !word.is_empty() && word.len() <= 96 && word.chars().all(is_part) && !word.starts_with(['.', '-'])
        };
        // The hub allows neither, and both would be ambiguous in folder names.
        let is_clear = |text: &str| !text.contains("..") && !text.contains("--");
        let (Some((owner, name)), revision) = (self.repo.split_once('/'), &self.revision) else { return false };
        is_word(owner)
            && is_word(name)
            && is_clear(&self.repo)
            && revision.split('/').all(is_word)
            && !revision.contains("..")
    }

    fn on_hub(&self) -> Repo {
        Repo::with_revision(self.repo.clone(), RepoType::Model, self.revision.clone())
    }
}

impl fmt::Display for HubModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repo)?;
        if self.revision == "main" { Ok(()) } else { write!(f, "@{}", self.revision) }
    }
}

impl FromStr for HubModel {
    type Err = VisionError;

    /// `timm/resnet50.a1_in1k`, `timm/resnet50.a1_in1k@revision`, either with the prefix `hf:` or timm's `hf-hub:`.
    fn from_str(text: &str) -> Result<Self, VisionError> {
        let name = text.trim();
        let name = name.strip_prefix("hf:").or_else(|| name.strip_prefix("hf-hub:")).unwrap_or(name);
        let (repo, revision) = name.split_once('@').unwrap_or((name, "main"));
        let model = Self { repo: repo.to_string(), revision: revision.to_string() };
        if model.check() { Ok(model) } else { Err(HubError::Name(text.to_string()).into()) }
    }
}

impl TryFrom<String> for HubModel {
    type Error = VisionError;

    fn try_from(text: String) -> Result<Self, VisionError> {
        text.parse()
    }
}

impl From<HubModel> for String {
    fn from(model: HubModel) -> Self {
        model.to_string()
    }
}

/// The model that a file in a hub's cache folder belongs to; `None` for any other path.
pub(super) fn model_at(path: &Path) -> Option<String> {
    let snapshots = path.parent()?.parent()?;
    let folder = snapshots.parent()?.file_name()?.to_str()?;
    let is_cache = snapshots.file_name()? == "snapshots";
    let (owner, name) = folder.strip_prefix("models--").filter(|_| is_cache)?.split_once("--")?;
    Some(format!("{owner}/{name}"))
}

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
    let _lock = lock(&options.cache, &model.on_hub().folder_name(), observe)?;
    let weights = fetching.download_all(observe)?;
    EncoderSpec::of_file(&weights)
}

struct Fetching<'a> {
    model: &'a HubModel,
    options: &'a HubOptions,
}

impl Fetching<'_> {
    fn folder(&self) -> PathBuf {
        self.options.cache.join(self.model.on_hub().folder_name())
    }

    /// The commit of the revision according to the cache; an unknown revision may itself be a commit.
    fn commit(&self) -> String {
        let known = std::fs::read_to_string(self.folder().join("refs").join(&self.model.revision));
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
        let config = self.cached(CONFIG).and_then(|path| std::fs::read_to_string(path).ok());
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
        let text = std::fs::read_to_string(&path).at(&path)?;
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
