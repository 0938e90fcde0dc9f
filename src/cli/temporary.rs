//! A folder that lives as long as one command.

use super::output::fault;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Removed with its contents on drop.
pub(super) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Creates a folder in the system's temporary directory.
    ///
    /// # Errors
    /// If that fails, with the path.
    pub fn new() -> Result<Self> {
        let time = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos());
        let path = std::env::temp_dir().join(format!("crossrank-{}-{time}", std::process::id()));
        std::fs::create_dir(&path).map_err(|error| fault(error, &path))?;
        Ok(Self(path))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // The system removes later what cannot be removed now.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
