//! Bringing a collection up to its pictures.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::manifest::write;
use super::{Collection, IndexError, TEXT};
use crate::base::{Lock, Progress};
use crate::dataset::{Reach, Warning};
use crate::index::words::{Batch, Known, Outcome, Stamp, list, read};

/// At least this often, what was read is put on disk: a crash loses no more.
const COMMIT: Duration = Duration::from_secs(10);

/// What an update found.
#[derive(Clone, Debug, Default)]
pub struct Updated {
    /// What came of the reading.
    pub outcome: Outcome,
    /// Files that cannot be read, by kind, such as `HEIC`.
    pub unread: std::collections::BTreeMap<String, usize>,
    /// Problems on the way.
    pub warnings: Vec<Warning>,
}

/// What is in the index already.
struct InIndex {
    stamps: HashMap<String, Stamp>,
    tables: Option<u64>,
}

impl Known for InIndex {
    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.stamps.get(path).copied()
    }

    fn paths(&self, visit: &mut dyn FnMut(&str)) {
        self.stamps.keys().for_each(|path| visit(path));
    }

    fn tables(&self) -> Option<u64> {
        self.tables
    }
}

impl Collection {
    /// Reads the words of pictures that are new or have changed, and removes those that are gone.
    ///
    /// # Errors
    /// If the pictures' folder cannot be read or the index cannot be written, [`IndexError::Busy`] while another process
    /// updates, and [`IndexError::Cancelled`] after a `Break` of `observe`. What was read until then is kept, and the
    /// next update goes on from there.
    pub fn update(&mut self, observe: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Updated, IndexError> {
        // The index has a lock of its own, which does not say whose it is.
        let (_lock, _) = Lock::acquire(&self.folder.join(TEXT))?;
        let mut writer = self.text.writer()?;
        // The writer's lock makes what is read here the latest.
        self.text.reload()?;
        let known = InIndex { stamps: self.text.stamps()?, tables: self.manifest.tables };
        let reach = Reach::following(self.manifest.follow);
        let listing = list(self.pictures(), reach, observe)?;
        let mut warnings = listing.warnings.clone();
        let mut failure = None;
        let mut committed = Instant::now();
        let mut take = |batch: Batch| {
            let mut add = || -> Result<(), IndexError> {
                batch.pictures.iter().try_for_each(|picture| writer.add(picture))?;
                batch.removed.iter().for_each(|path| writer.remove(path));
                if committed.elapsed() >= COMMIT {
                    writer.commit()?;
                    committed = Instant::now();
                }
                Ok(())
            };
            if let Err(error) = add() {
                failure = Some(error);
                return ControlFlow::Break(());
            }
            warnings.extend(batch.warnings);
            observe(batch.progress)
        };
        let read = read(&listing, &self.manifest.mapping, &known, &mut take);
        if let Some(error) = failure {
            return Err(error);
        }
        // Also what was read before it was cancelled.
        writer.finish()?;
        let outcome = read?;
        self.manifest.tables = Some(outcome.tables);
        if let Some(guesses) = &outcome.guesses {
            self.manifest.mapping = self.manifest.mapping.with_guesses(guesses.clone());
        }
        write(&self.folder, &self.manifest)?;
        Ok(Updated { outcome, unread: listing.unread, warnings })
    }
}
