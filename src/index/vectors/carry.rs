//! Vectors that stay good although their picture's file is another: it was moved, or only its time has changed.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::describe;
use crate::base::Progress;
use crate::dataset::{Moves, PixelStamp, Reach, RowOf, RowWriter, Rows};
use crate::index::words::content_of;
use crate::index::{Collection, IndexError, Stamp, picture_bytes};

/// Pictures that are read between two calls of the observer.
const CHUNK: usize = 64;

/// What was in pictures when their vectors were computed; read once it is asked for.
pub(in crate::index) struct Contents {
    folder: PathBuf,
    sets: OnceLock<Vec<Rows>>,
}

impl Contents {
    /// Of all sets in a folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, sets: OnceLock::new() }
    }

    /// Half a hash of what was in a picture with this stamp, if it is known.
    pub fn of(&self, path: &str, stamp: PixelStamp) -> Option<u128> {
        let sets = self.sets.get_or_init(|| {
            let folders = std::fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
            let rows = |folder: PathBuf| {
                let info = describe::read(&folder).ok()?;
                Rows::open(&folder, info.rows, info.dim).ok()
            };
            folders.filter_map(rows).collect()
        });
        sets.iter().find_map(|rows| rows.content(path).filter(|_| rows.stamp(path) == Some(stamp)))
    }
}

impl Collection {
    /// Carries vectors over to pictures that have none by their path and stamp; how many.
    ///
    /// # Errors
    /// If the vectors or what is known of moves cannot be read or written, and [`IndexError::Cancelled`].
    pub(super) fn carry(
        &self,
        writer: &mut RowWriter,
        stamps: &HashMap<String, Stamp>,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<usize, IndexError> {
        let moves = Moves::read(self.folder())?;
        let stamp = |stamp: &Stamp| (stamp.bytes, stamp.modified);
        let mut without: Vec<(&str, &Stamp)> = stamps
            .iter()
            .filter(|(path, known)| writer.rows.stamp(path) != Some(stamp(known)))
            .map(|(path, known)| (path.as_str(), known))
            .collect();
        without.sort_unstable_by_key(|(path, _)| *path);
        let (mut carried, mut rest) = (Vec::new(), Vec::new());
        for (path, known) in without {
            let is_as_noted = moves.back(path).next().is_some_and(|moved| (moved.bytes, moved.is) == stamp(known));
            let is_there = |from: &str, was| writer.rows.stamp(from) == Some((known.bytes, was));
            let from = moves.back(path).find(|moved| is_as_noted && is_there(&moved.from, moved.was));
            match from.and_then(|moved| Some((&moved.from, writer.rows.row_of(&moved.from)?))) {
                Some((from, row)) => {
                    let content = writer.rows.content(from);
                    carried.push((row, RowOf { path, stamp: stamp(known), content }));
                }
                None => rest.push((path, known)),
            }
        }
        writer.carry(&carried)?;
        // Of the same size, and what was in it is known.
        rest.retain(|(path, known)| {
            writer.rows.content(path).is_some()
                && writer.rows.stamp(path).is_some_and(|(bytes, _)| bytes == known.bytes)
        });
        Ok(carried.len() + self.carry_equal(writer, &rest, observe)?)
    }

    /// Carries over the vectors of pictures in which nothing has changed.
    fn carry_equal(
        &self,
        writer: &mut RowWriter,
        pictures: &[(&str, &Stamp)],
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<usize, IndexError> {
        let (root, reach) = (self.pictures(), Reach::following(self.manifest().follow));
        let content = |path: &str| -> Result<u128, IndexError> {
            let part = self.picture(path)?.and_then(|picture| picture.part);
            Ok(content_of(&picture_bytes(root, reach, path, part.as_ref())?))
        };
        let mut carried = 0;
        for (at, chunk) in pictures.chunks(CHUNK).enumerate() {
            let stage = "Comparing pictures".to_owned();
            let progress = Progress { stage, done: at * CHUNK, total: pictures.len(), ..Progress::default() };
            if observe(progress).is_break() {
                return Err(IndexError::Cancelled);
            }
            // One that cannot be read is reported where it is embedded.
            let contents: Vec<Option<u128>> = chunk.par_iter().map(|(path, _)| content(path).ok()).collect();
            let mut rows = Vec::new();
            for ((path, known), content) in chunk.iter().zip(contents) {
                let is_equal = content.is_some() && writer.rows.content(path) == content;
                if let Some(row) = writer.rows.row_of(path).filter(|_| is_equal) {
                    rows.push((row, RowOf { path, stamp: (known.bytes, known.modified), content }));
                }
            }
            writer.carry(&rows)?;
            carried += rows.len();
        }
        Ok(carried)
    }
}
