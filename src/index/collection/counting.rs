//! How often words occur in the whole collection: by that, a run scores a later query as those it learned from.

use std::ops::ControlFlow;
use std::path::PathBuf;

use rayon::prelude::*;

use super::{Collection, IndexError, Picture};
use crate::base::{At, FileError, Progress, write_whole};
use crate::dataset::STATISTICS;
use crate::signals::TextCounter;

/// Pictures that are counted between two calls of the observer.
const BATCH: usize = 4096;
/// Pictures that one thread counts.
const SHARE: usize = 512;
/// The file that says that the counts are behind.
pub(in crate::index) const BEHIND: &str = "statistics.behind";

impl Collection {
    fn behind(&self) -> PathBuf {
        self.folder().join(BEHIND)
    }

    /// Notes that words are about to change: if that ends half way, they are counted by the next update.
    ///
    /// # Errors
    /// If the collection cannot be written.
    pub(super) fn fall_behind(&self) -> Result<(), IndexError> {
        let path = self.behind();
        match path.exists() {
            true => Ok(()),
            false => Ok(write_whole(&path, &[]).at(&path)?),
        }
    }

    /// Counts words, unless nothing has changed since they were counted.
    ///
    /// # Errors
    /// If the index cannot be read or the collection cannot be written, and [`IndexError::Cancelled`].
    pub(super) fn count_words(&self, observe: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<(), IndexError> {
        let path = self.folder().join(STATISTICS);
        let behind = self.behind();
        if path.is_file() && !behind.exists() {
            return Ok(());
        }
        let (total, mut done) = (self.count(), 0);
        let mut counter = TextCounter::default();
        self.text().visit(BATCH, &mut |pictures| {
            let stage = "Counting words".to_owned();
            if observe(Progress { stage, done, total, ..Progress::default() }).is_break() {
                return Err(IndexError::Cancelled);
            }
            done += pictures.len();
            let count = |pictures: &[Vec<u8>]| {
                let mut counter = TextCounter::default();
                // One that is damaged is reported where it is found.
                let pictures = pictures.iter().filter_map(|json| serde_json::from_slice::<Picture>(json).ok());
                pictures.for_each(|picture| counter.add(&self.image(&picture)));
                counter
            };
            let counted: Vec<TextCounter> = pictures.par_chunks(SHARE).map(count).collect();
            counted.into_iter().for_each(|counted| counter.merge(counted));
            Ok(())
        })?;
        let statistics = counter.finish();
        let statistics =
            statistics.ok_or_else(|| FileError::malformed("the words are too many to be counted", &path))?;
        statistics.write(&path)?;
        if behind.exists() {
            std::fs::remove_file(&behind).at(&behind)?;
        }
        Ok(())
    }
}
