//! Bringing a collection up to its pictures.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use super::manifest::{self, INDEXED, Manifest, write};
use super::{Collection, IndexError, Picture, TEXT};
use crate::base::{Lock, Progress};
use crate::dataset::{Move, Reach, Warning, note_moves, rename_images};
use crate::index::text::TextWriter;
use crate::index::vectors::Contents;
use crate::index::words::{Batch, Known, Listing, Moved, Outcome, Stamp, list, read};
use crate::signals::splitting;

/// At least this often, what was read is put on disk: a crash loses no more.
const COMMIT: Duration = Duration::from_secs(10);

/// Pictures that are indexed anew between two calls of the observer.
const BATCH: usize = 4096;

/// Fewest pictures that are gone before it is asked whether they are gone for good.
const MANY: usize = 20;

/// What an update found.
#[derive(Clone, Debug, Default)]
pub struct Updated {
    /// What came of the reading.
    pub outcome: Outcome,
    /// Files that cannot be read, by kind, such as `HEIC`.
    pub unread: std::collections::BTreeMap<String, usize>,
    /// Pictures that were found again under another path: before, and now.
    pub moved: Vec<(String, String)>,
    /// Whether all words were indexed anew, as they were indexed otherwise before ([`Collection::has_other_words`]).
    pub is_anew: bool,
    /// Problems on the way.
    pub warnings: Vec<Warning>,
}

/// What is in the index already.
struct InIndex {
    stamps: HashMap<String, Stamp>,
    tables: Option<u64>,
    /// Whether most pictures may be gone.
    may_lose_most: bool,
    /// What was in the pictures, where it is known.
    contents: Contents,
}

impl Known for InIndex {
    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.stamps.get(path).copied()
    }

    fn paths(&self, visit: &mut dyn FnMut(&str)) {
        self.stamps.keys().for_each(|path| visit(path));
    }

    fn content(&self, path: &str) -> Option<u128> {
        let stamp = self.stamps.get(path)?;
        self.contents.of(path, (stamp.bytes, stamp.modified))
    }

    fn may_lose(&self, gone: usize) -> bool {
        self.may_lose_most || gone < MANY || 2 * gone <= self.stamps.len()
    }

    fn tables(&self) -> Option<u64> {
        self.tables
    }
}

impl Collection {
    /// Reads the words of pictures that are new or have changed, and removes those that are gone. One that was moved or
    /// renamed keeps its judgements, its places in kept queries and, with the next [`Collection::embed`], its vectors.
    ///
    /// # Errors
    /// If the pictures' folder cannot be read or the index cannot be written, [`IndexError::Away`] if their folder is
    /// gone or holds no picture at all, as when a disk is not mounted, [`IndexError::Missing`] if most of them are neither
    /// there nor found under another path, [`IndexError::Busy`] while another process updates, and [`IndexError::Cancelled`] after a `Break` of `observe`. What was read until then is kept, and the
    /// next update goes on from there.
    pub fn update(&mut self, observe: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Updated, IndexError> {
        self.bring_up(false, observe)
    }

    /// The same, also if most pictures are gone: they are removed.
    ///
    /// # Errors
    /// As [`Collection::update`], but for [`IndexError::Missing`].
    pub fn update_without_missing(
        &mut self,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Updated, IndexError> {
        self.bring_up(true, observe)
    }

    fn bring_up(
        &mut self,
        may_lose_most: bool,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Updated, IndexError> {
        // The index has a lock of its own, which does not say whose it is.
        let (_lock, _) = Lock::acquire(&self.folder.join(TEXT))?;
        let mut writer = self.text.writer()?;
        // The writer's lock makes what is read here the latest.
        self.text.reload()?;
        self.manifest = manifest::read(&self.folder)?;
        self.pictures = self.manifest.pictures_from(&self.folder);
        let is_anew = self.has_other_words();
        if is_anew {
            self.index_anew(&mut writer, observe)?;
        }
        self.manifest.words.clone_from(&splitting().key);
        self.manifest.indexed = INDEXED;
        write(&self.folder, &self.manifest)?;
        let (stamps, tables) = (self.text.stamps()?, self.manifest.tables);
        let known = InIndex { stamps, tables, may_lose_most, contents: Contents::new(self.vectors_folder()) };
        let listing = self.listed(known.stamps.len(), observe)?;
        let mut warnings = listing.warnings.clone();
        let mut failure = None;
        let mut committed = Instant::now();
        let (mut moved, folder) = (Vec::new(), self.folder.clone());
        let mut take = |batch: Batch| {
            let mut add = || -> Result<(), IndexError> {
                // Before the index knows them by their new paths: after a kill they are found again.
                take_along(&folder, &batch.moved)?;
                if !(batch.pictures.is_empty() && batch.removed.is_empty()) {
                    self.fall_behind()?;
                }
                moved.extend(batch.moved.iter().map(|moved| (moved.from.clone(), moved.to.clone())));
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
        self.count_words(observe)?;
        // Weights and the like may have been set meanwhile.
        let now = manifest::read(&self.folder)?;
        let mapping = match &outcome.guesses {
            Some(guesses) => now.mapping.with_guesses(guesses.clone()),
            None => now.mapping.clone(),
        };
        self.manifest = Manifest { tables: Some(outcome.tables), mapping, ..now };
        write(&self.folder, &self.manifest)?;
        Ok(Updated { outcome, unread: listing.unread, moved, is_anew, warnings })
    }

    /// Whether the words of the pictures were indexed otherwise than this process would: texts were split into them in
    /// another way, or by a version that knew less. Until the next update, not everything is found as it should be.
    pub fn has_other_words(&self) -> bool {
        (self.manifest.words != splitting().key || self.manifest.indexed != INDEXED) && self.count() > 0
    }

    /// Indexes the words of all pictures anew, as they are known.
    fn index_anew(
        &self,
        writer: &mut TextWriter<'_>,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), IndexError> {
        self.fall_behind()?;
        let (total, mut done) = (self.count(), 0);
        self.text.visit(BATCH, &mut |pictures| {
            let stage = "Indexing words anew".to_owned();
            if observe(Progress { stage, done, total, ..Progress::default() }).is_break() {
                return Err(IndexError::Cancelled);
            }
            done += pictures.len();
            // One that is damaged is read again from its file.
            let pictures = pictures.iter().filter_map(|json| serde_json::from_slice::<Picture>(json).ok());
            pictures.into_iter().try_for_each(|picture| writer.add(&picture))
        })?;
        writer.commit()
    }

    /// Lists the folder of the pictures.
    fn listed(
        &self,
        known: usize,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Listing, IndexError> {
        let away = || IndexError::Away { count: known, folder: self.pictures.clone() };
        if known > 0 && !self.has_pictures_folder() {
            return Err(away());
        }
        let listing = list(&self.pictures, Reach::following(self.manifest.follow), observe)?;
        let is_empty = listing.pictures.is_empty() && listing.shards.is_empty() && listing.missed.is_empty();
        if known > 0 && is_empty { Err(away()) } else { Ok(listing) }
    }
}

/// Takes judgements and kept queries along to where pictures moved.
fn take_along(folder: &Path, moved: &[Moved]) -> Result<(), IndexError> {
    if moved.is_empty() {
        return Ok(());
    }
    let note = |Moved { from, to, was, is }: &Moved| Move {
        at: 0,
        from: from.clone(),
        to: to.clone(),
        bytes: was.bytes,
        was: was.modified,
        is: *is,
    };
    note_moves(folder, moved.iter().map(note).collect())?;
    let new: HashMap<&str, &str> = moved.iter().map(|moved| (moved.from.as_str(), moved.to.as_str())).collect();
    Ok(rename_images(folder, &new)?)
}
