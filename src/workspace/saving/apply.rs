//! Writing plots.

use crate::export::chart::{Chart, Theme, write_chart};
use crate::jobs::{Event, Job};
use crate::workspace::{ExportAction, Message, Workspace};
use std::path::PathBuf;

impl Workspace {
    pub(in crate::workspace) fn apply_export(&mut self, action: ExportAction) {
        match action {
            ExportAction::SaveChart { chart, theme, path } => self.save_chart(*chart, theme, path),
        }
    }

    fn save_chart(&mut self, chart: Chart, theme: Theme, path: PathBuf) {
        self.saving.jobs.push(Job::spawn("plot", self.wake(), move |_| {
            write_chart(&chart, theme, &path)?;
            Ok(path)
        }));
    }

    pub(in crate::workspace) fn poll_saving(&mut self) -> bool {
        let mut messages = Vec::new();
        self.saving.jobs.retain_mut(|job| match job.poll() {
            Some(Event::Done(path)) => {
                messages.push(Message::notice(format!("Saved: {}", path.display())));
                false
            }
            Some(Event::Failed(message)) => {
                messages.push(Message::warning(format!("Could not save the plot: {message}")));
                false
            }
            _ => true,
        });
        let changed = !messages.is_empty();
        messages.into_iter().for_each(|message| self.tell(message));
        changed
    }
}
