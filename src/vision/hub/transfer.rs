//! The hub's protocol: what it knows about a file, and the file's bytes.
//!
//! The `hf-hub` crate is not used: it sends the access token over plain http, and to whatever host the hub redirects to.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ureq::{Agent, AgentBuilder, Response};

use super::{HubModel, HubOptions};

/// Most redirects of a request; the hub needs two.
const MOST_REDIRECTS: usize = 8;
/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// Why a transfer failed.
pub(super) enum TransferError {
    /// The hub responded with this status.
    Status(u16),
    /// It cannot be reached.
    Unreachable(String),
    /// It does not respond as a hub does.
    Response(&'static str),
    /// A partial download cannot be continued.
    BadPartial,
    /// Another program is downloading the file.
    Busy,
    /// The connection or the disk failed.
    Io(io::Error),
    /// [`Meter::advance`] asked to stop.
    Stopped,
}

impl From<io::Error> for TransferError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ureq::Error> for TransferError {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Status(status, _) => Self::Status(status),
            ureq::Error::Transport(error) => {
                // The text begins with the file's URL.
                let text = error.to_string();
                Self::Unreachable(text.split_once(": ").map_or(text.as_str(), |(_, reason)| reason).to_owned())
            }
        }
    }
}

/// Follows a transfer.
pub(super) trait Meter {
    /// The file's size is known, and how much of it is there from earlier.
    fn begin(&self, size: u64, there: u64);
    /// More bytes have arrived; `false` ends the transfer.
    fn advance(&self, bytes: usize) -> bool;
}

/// What the hub says about a file.
struct About {
    commit: String,
    etag: String,
    size: u64,
}

/// Downloads a file into the cache, continuing a partial download, and returns its path there.
pub(super) fn fetch(
    options: &HubOptions,
    model: &HubModel,
    file: &str,
    meter: &dyn Meter,
) -> Result<PathBuf, TransferError> {
    let client = Client {
        agent: AgentBuilder::new().try_proxy_from_env(true).redirects(0).build(),
        endpoint: &options.endpoint,
        token: options.token.as_deref(),
    };
    let revision = model.revision.replace('/', "%2F");
    let url = format!("{}/{}/resolve/{revision}/{file}", options.endpoint, model.repo);
    let about = client.about(&url)?;
    let folder = options.cache.join(model.folder_name());
    let blob = folder.join("blobs").join(&about.etag);
    let pointer = folder.join("snapshots").join(&about.commit).join(file);
    let reference = folder.join("refs").join(&model.revision);
    for path in [&blob, &pointer, &reference] {
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    }
    let partial = blob.with_extension("part");
    client.download(&url, about.size, &partial, meter)?;
    std::fs::rename(&partial, &blob)?;
    link(&blob, &pointer)?;
    std::fs::write(reference, about.commit)?;
    Ok(pointer)
}

struct Client<'a> {
    /// Follows no redirects.
    agent: Agent,
    endpoint: &'a str,
    token: Option<&'a str>,
}

impl Client<'_> {
    /// The token for a request: only for the hub itself, and only if nobody on the way can read it.
    fn token_for(&self, url: &str) -> Option<&str> {
        let secure = url.starts_with("https://") && origin(url) == origin(self.endpoint);
        self.token.filter(|_| secure)
    }

    /// Requests a range of bytes, following redirects. `each` gets every response of the hub's own address.
    fn get(&self, url: &str, range: &str, each: &mut dyn FnMut(&Response)) -> Result<Response, TransferError> {
        let mut url = url.to_owned();
        for _ in 0..MOST_REDIRECTS {
            let agent = concat!("crossrank/", env!("CARGO_PKG_VERSION"));
            let mut request = self.agent.get(&url).set("User-Agent", agent).set("Range", range);
            if let Some(token) = self.token_for(&url) {
                request = request.set("Authorization", &format!("Bearer {token}"));
            }
            let response = request.call()?;
            if origin(&url) == origin(self.endpoint) {
                each(&response);
            }
            match (response.status(), response.header("Location")) {
                (301 | 302 | 303 | 307 | 308, Some(location)) => url = joined(&url, location),
                _ => return Ok(response),
            }
        }
        Err(TransferError::Response("it redirects endlessly"))
    }

    fn about(&self, url: &str) -> Result<About, TransferError> {
        let mut known = None;
        let response = self.get(url, "bytes=0-0", &mut |response| {
            let etag = response.header("X-Linked-Etag").or(response.header("ETag")).map(plain_etag);
            if let (Some(commit), Some(etag)) = (response.header("X-Repo-Commit"), etag) {
                known = Some((commit.to_owned(), etag));
            }
        })?;
        // Both become names of files.
        let (commit, etag) = known.filter(|(commit, etag)| is_name(commit) && is_name(etag)).ok_or(NOT_A_HUB)?;
        let range = response.header("Content-Range").and_then(|range| range.rsplit('/').next()?.parse().ok());
        let size = range.ok_or(NOT_A_HUB)?;
        Ok(About { commit, etag, size })
    }

    /// Appends what is missing to a partial file. The file is locked meanwhile.
    fn download(&self, url: &str, size: u64, partial: &Path, meter: &dyn Meter) -> Result<(), TransferError> {
        let mut file = OpenOptions::new().append(true).create(true).open(partial)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => TransferError::Busy,
            TryLockError::Error(error) => error.into(),
        })?;
        let start = file.metadata()?.len();
        meter.begin(size, start);
        if start > size {
            return Err(TransferError::BadPartial);
        }
        let response = self.get(url, &format!("bytes={start}-"), &mut |_| {})?;
        if response.status() != 206 && start > 0 {
            // The whole file is sent again.
            file.set_len(0)?;
            meter.begin(size, 0);
        }
        copy(&mut response.into_reader(), &mut file, meter)
    }
}

const NOT_A_HUB: TransferError = TransferError::Response("it does not say which version and size a file has");

fn copy(from: &mut dyn Read, file: &mut File, meter: &dyn Meter) -> Result<(), TransferError> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        file.write_all(&buffer[..count])?;
        if !meter.advance(count) {
            return Err(TransferError::Stopped);
        }
    }
}

/// Scheme, host and port of an address, in lower case.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // A user name in front of the host must not be taken for it.
    let host = authority.rsplit('@').next()?;
    let usual = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    Some(format!("{scheme}://{}", host.strip_suffix(usual).unwrap_or(host)).to_ascii_lowercase())
}

/// The address that a redirect from `url` leads to.
fn joined(url: &str, location: &str) -> String {
    let scheme = url.split("://").next().unwrap_or_default();
    if location.contains("://") {
        return location.to_owned();
    }
    match (location.starts_with("//"), location.starts_with('/')) {
        (true, _) => format!("{scheme}:{location}"),
        (_, true) => format!("{}{location}", origin(url).unwrap_or_default()),
        _ => format!("{}/{location}", url.rsplit_once('/').map_or(url, |(folder, _)| folder)),
    }
}

/// `W/"abc"` → `abc`.
fn plain_etag(etag: &str) -> String {
    etag.trim().trim_start_matches("W/").replace('"', "")
}

fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !text.is_empty() && text.len() < 200 && !text.starts_with('.') && text.chars().all(is_part)
}

/// Makes `snapshots/COMMIT/FILE` lead to `blobs/ETAG`.
fn link(blob: &Path, pointer: &Path) -> io::Result<()> {
    // An older commit's pointer may be there, also one that leads nowhere.
    let _ = std::fs::remove_file(pointer);
    #[cfg(unix)]
    {
        let target = Path::new("../../blobs").join(blob.file_name().unwrap_or_default());
        std::os::unix::fs::symlink(target, pointer)
    }
    #[cfg(not(unix))]
    {
        std::fs::rename(blob, pointer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_for_the_hub_itself_over_https_alone() {
        let sent = |endpoint: &str, url: &str| {
            let client = Client { agent: AgentBuilder::new().build(), endpoint, token: Some("secret") };
            client.token_for(url).is_some()
        };
        let hub = "https://example.org/hub";
        for url in ["https://example.org/hub/a/b", "https://EXAMPLE.org:443/x"] {
            assert!(sent(hub, url), "{url}");
        }
        let others = [
            "http://example.org/hub/a",
            "https://cdn.example.org/a",
            "https://example.org.evil.net/a",
            "https://example.org@evil.net/a",
            "https://example.org:8443/a",
        ];
        for url in others {
            assert!(!sent(hub, url), "{url}");
        }
        assert!(!sent("http://example.org", "http://example.org/a"), "plain http");
    }

    #[test]
    fn redirects_lead_where_a_browser_would_go() {
        let from = "https://example.org/a/b?c";
        for (location, to) in [
            ("http://other.net/x", "http://other.net/x"),
            ("//other.net/x", "https://other.net/x"),
            ("/x?y", "https://example.org/x?y"),
            ("x", "https://example.org/a/x"),
        ] {
            assert_eq!(joined(from, location), to);
        }
    }

    #[test]
    fn names_from_the_hub_cannot_leave_the_cache() {
        assert!(is_name(&plain_etag("W/\"0a1b-2\"")));
        for bad in ["", "..", "../x", "a/b", ".hidden", "a\\b", "a b"] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
