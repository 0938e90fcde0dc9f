//! Plots written to files, each in a thread of its own.

mod apply;

use crate::jobs::Job;
use std::path::PathBuf;

/// Plots being written.
#[derive(Default)]
pub struct Saving {
    jobs: Vec<Job<(), PathBuf>>,
}

impl Saving {
    /// Whether any is being written.
    pub fn is_running(&self) -> bool {
        !self.jobs.is_empty()
    }
}
