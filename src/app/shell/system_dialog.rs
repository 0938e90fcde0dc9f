//! The system's own dialog for files and folders.

use crate::jobs::{Event, Job, Wake};
use std::path::PathBuf;

/// The system's dialog, where it is open. It is shown in a thread of its own, so that the window never stops.
#[derive(Default)]
pub struct SystemDialog(Option<Job<(), Option<PathBuf>>>);

impl SystemDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Shows it; `show` asks for what is needed, such as [`rfd::FileDialog::pick_file`].
    pub fn ask(&mut self, wake: Wake, show: impl FnOnce(rfd::FileDialog) -> Option<PathBuf> + Send + 'static) {
        self.0 = Some(Job::spawn("dialog", wake, move |_| Ok(show(rfd::FileDialog::new()))));
    }

    /// The path that was chosen, once.
    pub fn poll(&mut self) -> Option<PathBuf> {
        match self.0.as_mut()?.poll()? {
            Event::Done(answer) => {
                self.0 = None;
                answer
            }
            Event::Failed(_) => {
                self.0 = None;
                None
            }
            Event::Progress(_) | Event::Update(()) => None,
        }
    }
}

impl Drop for SystemDialog {
    /// A dialog that nobody answers must not hold the window open.
    fn drop(&mut self) {
        if let Some(job) = self.0.take() {
            job.retire();
        }
    }
}
