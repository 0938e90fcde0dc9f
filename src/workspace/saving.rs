//! Plots written to files, each in a thread of its own.

use super::{Message, Workspace};
use crate::export::chart::{Chart, Theme, write_chart};
use crate::jobs::{Event, Job};
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

impl Workspace {
    pub(super) fn save_chart(&mut self, chart: Chart, theme: Theme, path: PathBuf) {
        self.saving.jobs.push(Job::spawn("plot", self.wake(), move |_| {
            write_chart(&chart, theme, &path)?;
            Ok(path)
        }));
    }

    pub(super) fn poll_saving(&mut self) -> bool {
        let mut told = Vec::new();
        self.saving.jobs.retain_mut(|job| match job.poll() {
            Some(Event::Done(path)) => {
                told.push(Message::notice(format!("Saved: {}", path.display())));
                false
            }
            Some(Event::Failed(message)) => {
                told.push(Message::warning(format!("Could not save the plot: {message}")));
                false
            }
            _ => true,
        });
        let changed = !told.is_empty();
        told.into_iter().for_each(|message| self.tell(message));
        changed
    }
}
