//! The run whose weights another one started from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The run whose weights another one started from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentRun {
    /// Its name.
    pub run: String,
    /// Its folder.
    pub path: PathBuf,
    /// The epoch whose weights these are, from 1.
    pub epoch: usize,
}
