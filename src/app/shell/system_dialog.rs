//! The system's own dialog for files and folders.

use crate::jobs::{Event, Slot, Wake};
use std::path::PathBuf;

/// The system's dialog, where it is open. It is shown in a thread of its own, so that the window never stops, nor waits
/// for it on closing.
#[derive(Default)]
pub struct SystemDialog(Slot<(), Option<PathBuf>>);

impl SystemDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.0.is_running()
    }

    /// Shows it; `show` asks for what is needed, such as [`rfd::FileDialog::pick_file`].
    pub fn ask(&mut self, wake: Wake, show: impl FnOnce(rfd::FileDialog) -> Option<PathBuf> + Send + 'static) {
        self.0.start("dialog", wake, move |_| Ok(show(rfd::FileDialog::new())));
    }

    /// The path that was chosen, once.
    pub fn poll(&mut self) -> Option<PathBuf> {
        match self.0.poll()? {
            Event::Done(answer) => answer,
            Event::Failed(_) | Event::Progress(_) | Event::Update(()) => None,
        }
    }
}
