//! The system's file dialog.

use crate::jobs::{Event, Slot, Wake};
use std::path::PathBuf;

/// What is said while it is open, beside a field in which a path can be typed.
pub const WAITING: &str = "The file dialog is open. If it does not appear, type a path.";

/// The system's file dialog, if it is open. It runs on its own thread, so that it never blocks the window, not even on
/// closing.
#[derive(Default)]
pub struct SystemDialog(Slot<(), Option<PathBuf>>);

impl SystemDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.0.is_running()
    }

    /// Opens it; `show` picks the kind of dialog, such as [`rfd::FileDialog::pick_file`].
    pub fn ask(&mut self, wake: Wake, show: impl FnOnce(rfd::FileDialog) -> Option<PathBuf> + Send + 'static) {
        self.0.start("dialog", wake, move |_| Ok(show(rfd::FileDialog::new())));
    }

    /// The chosen path, returned once.
    pub fn poll(&mut self) -> Option<PathBuf> {
        match self.0.poll()? {
            Event::Done(answer) => answer,
            Event::Failed(_) | Event::Progress(_) | Event::Update(()) => None,
        }
    }
}
