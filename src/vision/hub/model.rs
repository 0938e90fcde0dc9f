//! The name of a model on the hub, and why it may be unavailable.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A model on the hub.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HubModel {
    /// `owner/name`.
    pub repo: String,
    /// A branch, a tag or a commit.
    pub revision: String,
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
    pub(super) fn check(&self) -> bool {
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

    /// The name of its folder in a cache.
    pub(super) fn folder_name(&self) -> String {
        format!("models--{}", self.repo.replace('/', "--"))
    }
}

impl fmt::Display for HubModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repo)?;
        if self.revision == "main" { Ok(()) } else { write!(f, "@{}", self.revision) }
    }
}

impl FromStr for HubModel {
    type Err = HubError;

    /// `timm/resnet50.a1_in1k`, `timm/resnet50.a1_in1k@revision`, either with the prefix `hf:` or timm's `hf-hub:`.
    fn from_str(text: &str) -> Result<Self, HubError> {
        let name = text.trim();
        let name = name.strip_prefix("hf:").or_else(|| name.strip_prefix("hf-hub:")).unwrap_or(name);
        let (repo, revision) = name.split_once('@').unwrap_or((name, "main"));
        let model = Self { repo: repo.to_string(), revision: revision.to_string() };
        if model.check() { Ok(model) } else { Err(HubError::Name(text.to_string())) }
    }
}

impl TryFrom<String> for HubModel {
    type Error = HubError;

    fn try_from(text: String) -> Result<Self, HubError> {
        text.parse()
    }
}

impl From<HubModel> for String {
    fn from(model: HubModel) -> Self {
        model.to_string()
    }
}

/// The model that a file in a hub's cache folder belongs to; `None` for any other path.
pub(in crate::vision) fn model_at(path: &Path) -> Option<String> {
    let snapshots = path.parent()?.parent()?;
    let folder = snapshots.parent()?.file_name()?.to_str()?;
    let is_cache = snapshots.file_name()? == "snapshots";
    let (owner, name) = folder.strip_prefix("models--").filter(|_| is_cache)?.split_once("--")?;
    Some(format!("{owner}/{name}"))
}
