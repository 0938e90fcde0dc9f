//! Writing plots and runs.

use super::Saved;
use crate::export::chart::{Chart, Theme, write_chart};
use crate::export::{DataNow, Part, export_run};
use crate::jobs::{Event, Job};
use crate::workspace::{ExportAction, Message, Workspace};
use std::path::PathBuf;

impl Workspace {
    pub(in crate::workspace) fn apply_export(&mut self, action: ExportAction) {
        match action {
            ExportAction::SaveChart { chart, theme, path } => self.save_chart(*chart, theme, path),
            ExportAction::SaveRun { run, folder, adopt } => self.save_run(run, folder, adopt),
        }
    }

    fn save_chart(&mut self, chart: Chart, theme: Theme, path: PathBuf) {
        self.saving.jobs.push(Job::spawn("plot", self.wake(), move |_| {
            write_chart(&chart, theme, &path)?;
            Ok(Saved { path, left_out: Vec::new() })
        }));
    }

    /// Exports a run; its judgements too, if its data set is open.
    fn save_run(&mut self, run: PathBuf, folder: PathBuf, adopt: bool) {
        let record = self.experiments.run(&run).map(|known| known.saved.record.clone());
        let record = record.filter(|record| self.is_open(record));
        let labelled = match record.map(|record| self.labelled_as(&record)).transpose() {
            Ok(labelled) => labelled.flatten(),
            Err(error) => return self.tell(Message::warning(format!("Could not save: {error}"))),
        };
        self.saving.jobs.push(Job::spawn("export", self.wake(), move |_| {
            // By the labels that the run was trained on.
            let data = labelled.map(|labelled| labelled.data());
            let now = DataNow { data: data.as_ref(), adopt };
            let left_out = export_run(&run, &folder, now, Part::Test)?.left_out;
            Ok(Saved { path: folder, left_out })
        }));
    }

    pub(in crate::workspace) fn poll_saving(&mut self) -> bool {
        let mut messages = Vec::new();
        self.saving.jobs.retain_mut(|job| match job.poll() {
            Some(Event::Done(Saved { path, left_out })) => {
                messages.push(Message::notice(format!("Saved: {}", path.display())));
                if !left_out.is_empty() {
                    messages.push(Message::warning(format!("Left out: {}", left_out.join("; "))));
                }
                false
            }
            Some(Event::Failed(message)) => {
                messages.push(Message::warning(format!("Could not save: {message}")));
                false
            }
            _ => true,
        });
        let changed = !messages.is_empty();
        messages.into_iter().for_each(|message| self.tell(message));
        changed
    }
}
