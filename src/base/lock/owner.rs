//! Who has a lock.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

/// A process that has a lock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Owner {
    /// Its host's name.
    pub host: String,
    /// Its number on that host; 0 if unknown.
    pub process: u32,
    /// When it was started, in the host's own units: distinguishes it from a later one with the same number.
    started: u64,
    /// Where that number means something: this start of the host's system, and the container on it.
    within: String,
    /// Distinguishes the locks of one process.
    key: u64,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process {
            0 => write!(f, "another process"),
            process => write!(f, "process {process} on {}", self.host),
        }
    }
}

impl Owner {
    /// This process, as the owner of a new lock.
    pub(super) fn this_process() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let process = std::process::id();
        let time = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos() as u64);
        Self {
            host: host_name(),
            process,
            started: start_of(process).unwrap_or_default(),
            within: within(),
            key: time.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// Unique among all locks.
    pub(super) fn key(&self) -> String {
        format!("{}-{:x}", self.process, self.key)
    }

    /// As the lock's content.
    pub(super) fn bytes(&self) -> Vec<u8> {
        // Plain values can always be serialised.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// From the lock's content.
    pub(super) fn parse(content: &[u8]) -> Option<Self> {
        serde_json::from_slice(content).ok()
    }

    /// The owner that a lock names.
    pub(super) fn read(path: &Path) -> Option<Self> {
        Self::parse(&fs::read(path).ok()?)
    }

    /// Whether the process exists; `None` if that cannot be seen from here.
    pub(super) fn is_alive(&self) -> Option<bool> {
        let here = within();
        if here.is_empty() || here != self.within || self.host != host_name() {
            return None;
        }
        Some(start_of(self.process) == Some(self.started))
    }
}

/// The name of this host.
pub fn host_name() -> String {
    let named = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let named = named.or_else(|| ["HOSTNAME", "COMPUTERNAME", "HOST"].iter().find_map(|name| std::env::var(name).ok()));
    named.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

/// Where process numbers mean the same as here; empty if that is unknown.
fn within() -> String {
    let start = fs::read_to_string("/proc/sys/kernel/random/boot_id");
    let container = fs::read_link("/proc/self/ns/pid");
    match (start, container) {
        (Ok(start), Ok(container)) => format!("{} {}", start.trim(), container.display()),
        _ => String::new(),
    }
}

/// When a process was started, in ticks since the system's start; `None` if there is none or it has ended.
fn start_of(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in brackets may contain anything.
    let mut fields = status.rsplit_once(')')?.1.split_whitespace();
    // One that has ended remains until its parent asks for its end.
    fields.next().filter(|state| !matches!(*state, "Z" | "X"))?;
    fields.nth(18)?.parse().ok()
}
