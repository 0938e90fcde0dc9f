//! Listing a folder of pictures.

mod kinds;
mod loose;
mod pairs;

use std::ops::ControlFlow;
use std::path::Path;
use std::time::UNIX_EPOCH;

use rayon::prelude::*;

use self::kinds::Kind;
use super::listing::{Listed, Listing, Table};
use crate::base::{FileError, Progress, check_file};
use crate::dataset::walk::{Limits, walk};
use crate::dataset::{Reach, WarningKind, Warnings};
use crate::index::IndexError;

/// Far beyond any folder of pictures, so that a whole disk chosen by mistake comes to an end.
const LIMITS: Limits = Limits { deepest: 64, most: 8_000_000, folder: "the pictures' folder" };
/// Files between two calls of the observer.
const CHUNK: usize = 4096;

/// Lists what a folder holds. No picture is opened. A link that leads out of the folder, as far as `reach` allows none,
/// and a file that cannot be read cost only themselves, and are warnings.
///
/// # Errors
/// If the folder itself cannot be read, and [`IndexError::Cancelled`] after a `Break` of `observe`.
pub fn list(
    root: &Path,
    reach: Reach,
    observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Listing, IndexError> {
    std::fs::read_dir(root).map_err(|error| FileError::io(error, root))?;
    let mut warnings = Warnings::default();
    let mut is_cancelled = false;
    let walked = walk(root, LIMITS, reach, &mut warnings, &mut |found| {
        let progress = observe(Progress { stage: "Listing files".to_owned(), done: found, ..Progress::default() });
        is_cancelled |= progress.is_break();
        progress
    });
    if is_cancelled {
        return Err(IndexError::Cancelled);
    }
    let mut listing = Listing { root: root.to_path_buf(), reach, ..Listing::default() };
    for folder in &walked.missed {
        let message = "not all of this folder could be listed; what is known of its pictures is left as it is";
        warnings.file(WarningKind::Missing, folder, message);
        listing.missed.extend(below(root, folder));
    }
    let mut loose = Vec::new();
    let total = walked.files.len();
    for (at, chunk) in walked.files.chunks(CHUNK).enumerate() {
        let stage = "Looking at files".to_owned();
        if observe(Progress { stage, done: at * CHUNK, total, ..Progress::default() }).is_break() {
            return Err(IndexError::Cancelled);
        }
        let listed: Vec<_> = chunk.par_iter().map(|path| listed(root, path)).collect();
        for listed in listed {
            match listed {
                Ok(file) => sort_in(&mut listing, &mut loose, file),
                Err(error) => warnings.error(error.into()),
            }
        }
    }
    listing.pictures.sort_by(|one, other| one.path.cmp(&other.path));
    loose.sort_by(|one: &Listed, other| one.path.cmp(&other.path));
    let left = pairs::match_up(&mut listing, loose);
    loose::sort_in(&mut listing, left);
    listing.tables.sort_by(|one, other| one.file.path.cmp(&other.file.path));
    listing.shards.sort_by(|one, other| one.path.cmp(&other.path));
    listing.warnings = warnings.into_vec();
    Ok(listing)
}

/// A path below the folder, separated by `/`; `None` if it is not Unicode.
fn below(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

fn listed(root: &Path, path: &Path) -> Result<Listed, FileError> {
    let below = below(root, path)
        .ok_or_else(|| FileError::malformed("left out, as its name is not Unicode text; rename it", path))?;
    let metadata = check_file(path)?;
    // A file system without times still has sizes.
    let modified = metadata.modified().ok().map_or(0, |time| match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanoseconds| -nanoseconds),
    });
    Ok(Listed { path: below, bytes: metadata.len(), modified })
}

/// Puts a file among its kind; `loose` gets files that may speak of one picture or of many.
fn sort_in(listing: &mut Listing, loose: &mut Vec<Listed>, file: Listed) {
    match kinds::kind_of(Path::new(&file.path)) {
        Kind::Picture => listing.pictures.push(file),
        Kind::Loose => loose.push(file),
        Kind::Table(kind) => listing.tables.push(Table { file, kind }),
        Kind::Shard => listing.shards.push(file),
        Kind::Unread(name) => match listing.unread.get_mut(name) {
            Some(count) => *count += 1,
            None => drop(listing.unread.insert(name.to_owned(), 1)),
        },
        Kind::Other => listing.others += 1,
    }
}
