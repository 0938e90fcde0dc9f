//! Which hub to use, and where to cache its models.

use std::path::PathBuf;
use std::time::Duration;

use super::HubError;
use crate::base::read_text_file;
use crate::vision::VisionError;

/// The default hub.
const ENDPOINT: &str = "https://huggingface.co";
/// How long a download may stall.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which hub to use, and where to cache its models.
#[derive(Clone, PartialEq, Eq)]
pub struct HubOptions {
    /// The hub's address, without a slash at its end.
    pub endpoint: String,
    /// The cache folder, in the layout of the hub's own clients.
    pub cache: PathBuf,
    /// Whether only the cache may be used.
    pub offline: bool,
    /// The access token for private models.
    pub token: Option<String>,
    /// How long a download may stall before it is aborted.
    pub patience: Duration,
}

/// Keeps the token out of logs.
impl std::fmt::Debug for HubOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HubOptions")
            .field("endpoint", &self.endpoint)
            .field("cache", &self.cache)
            .field("offline", &self.offline)
            .finish_non_exhaustive()
    }
}

impl HubOptions {
    /// Reads the environment variables of the hub's own clients: `HF_ENDPOINT`; `HF_HUB_CACHE`, else `HF_HOME`, else
    /// `XDG_CACHE_HOME`, else the home folder; `HF_HUB_OFFLINE` (or `TRANSFORMERS_OFFLINE`); `HF_TOKEN`, else the file
    /// that `HF_TOKEN_PATH` names, else the one that logging in writes.
    ///
    /// # Errors
    /// [`HubError::NoCache`] if no cache folder can be determined.
    pub fn from_env() -> Result<Self, VisionError> {
        Self::from_vars(|name| std::env::var(name).ok(), std::env::home_dir())
    }

    /// [`HubOptions::from_env`] for any environment and home folder.
    ///
    /// # Errors
    /// As there.
    pub fn from_vars(
        variable: impl Fn(&str) -> Option<String>,
        user_home: Option<PathBuf>,
    ) -> Result<Self, VisionError> {
        let said = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let folder = |name: &str| said(name).map(PathBuf::from);
        let usual = || {
            let cache = folder("XDG_CACHE_HOME").or_else(|| Some(user_home.clone()?.join(".cache")))?;
            Some(cache.join("huggingface"))
        };
        let home = folder("HF_HOME").or_else(usual);
        let named = folder("HF_HUB_CACHE").or_else(|| folder("HUGGINGFACE_HUB_CACHE"));
        let cache = named.or_else(|| Some(home.clone()?.join("hub"))).ok_or(HubError::NoCache)?;
        let token_file = folder("HF_TOKEN_PATH").or_else(|| Some(home?.join("token")));
        let logged_in = || read_text_file(&token_file?).ok();
        let token = said("HF_TOKEN").or_else(|| said("HUGGING_FACE_HUB_TOKEN")).or_else(logged_in);
        let token = token.map(|token| token.trim().to_string()).filter(|token| !token.is_empty());
        let is_true = |value: String| ["1", "true", "yes", "on"].contains(&value.trim().to_lowercase().as_str());
        let offline = said("HF_HUB_OFFLINE").or_else(|| said("TRANSFORMERS_OFFLINE")).is_some_and(is_true);
        let endpoint = said("HF_ENDPOINT").unwrap_or_else(|| ENDPOINT.to_string());
        let endpoint = endpoint.trim().trim_end_matches('/').to_string();
        Ok(Self { endpoint, cache, offline, token, patience: PATIENCE })
    }

    /// Checks that the address is valid.
    pub(super) fn check(&self) -> Result<(), HubError> {
        let host = self.endpoint.strip_prefix("https://").or_else(|| self.endpoint.strip_prefix("http://"));
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || "._-:/[]@%~".contains(letter);
        match host.is_some_and(|host| {
            host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') && host.chars().all(is_part)
        }) {
            true => Ok(()),
            false => Err(HubError::Endpoint(self.endpoint.clone())),
        }
    }
}
