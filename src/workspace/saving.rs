//! Plots and runs written to files, each in a thread of its own.

mod apply;

use crate::jobs::Job;
use std::path::PathBuf;

/// What has been written.
pub struct Saved {
    /// A file or a folder.
    path: PathBuf,
    /// What is missing, and why.
    left_out: Vec<String>,
}

/// Plots and runs being written.
#[derive(Default)]
pub struct Saving {
    jobs: Vec<Job<(), Saved>>,
}

impl Saving {
    /// Whether any is being written.
    pub fn is_running(&self) -> bool {
        !self.jobs.is_empty()
    }
}
