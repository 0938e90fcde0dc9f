//! Writing the open collection as one file.

use crate::base::size_text;
use crate::index::Packing;
use crate::jobs::{Event, JobError};
use crate::workspace::{Message, Workspace};
use std::path::PathBuf;

impl Workspace {
    pub(super) fn pack(&mut self, file: PathBuf, packing: Packing) {
        let Some(open) = self.searching.open.clone() else { return };
        if self.searching.is_packing() {
            return self.tell(Message::warning("A collection is being packed already."));
        }
        self.searching.packing.start("pack", self.wake(), move |worker| {
            let packed = open.collection.pack(&file, packing, &mut |progress| {
                worker.progress(progress);
                worker.flow()
            })?;
            let pictures = if packing.pictures { "with its pictures" } else { "without its pictures" };
            let mut text = format!("Packed {pictures}, {}: {}.", size_text(packed.bytes), file.display());
            if let Some(first) = packed.warnings.first() {
                text += &format!(" {} files were left out: {first}", packed.warnings.len());
            }
            Ok(text)
        });
    }

    pub(super) fn poll_packing(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.searching.packing.poll() {
            changed = true;
            match event {
                Event::Done(text) => self.tell(Message::notice(text)),
                Event::Failed(JobError::Cancelled) => {
                    self.tell(Message::notice("Packing was cancelled; no file was written."));
                }
                Event::Failed(error) => self.tell(Message::warning(format!("Could not pack the collection: {error}"))),
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed
    }
}
