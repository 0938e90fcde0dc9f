//! Recognising the format of a folder, or of the folder that one of its files belongs to.

use std::path::{Path, PathBuf};

use super::reader::Reader;
use super::text::check_encoding;
use super::warnings::{Warnings, owned};
use super::{DatasetError, Format, Loaded, READERS, Reach, folder, overlay, walk};
use crate::base::{At, check_file};

/// What was found to open.
struct Found {
    reader: &'static Reader,
    root: PathBuf,
    /// The file to open in a folder that is not a data set itself.
    alone: Option<PathBuf>,
}

/// The format of a folder or of one of a data set's main files; `None` if it is not a data set.
pub fn recognise(path: &Path) -> Option<Format> {
    find(path, Reach::Folder).map(|found| found.reader.format)
}

/// Opens a data set: its folder, or one of its main files (a table, a topics file, a matrix, a qrels or run file).
/// A bare qrels or run file is opened with the other TREC files of its folder. Files that lie outside the folder, by
/// links or paths, are reported and left out.
///
/// # Errors
/// If no format is recognised, or an essential file cannot be read.
pub fn open(path: &Path) -> Result<Loaded, DatasetError> {
    open_within(path, Reach::Folder)
}

/// As [`open`], with a choice of how far the data set's files may lie from its folder.
///
/// # Errors
/// As [`open`].
pub fn open_within(path: &Path, reach: Reach) -> Result<Loaded, DatasetError> {
    if !std::fs::metadata(path).at(path)?.is_dir() {
        check_file(path)?;
    }
    let mut loaded = match find(path, reach) {
        Some(Found { reader, root, alone }) => (reader.open)(&root, alone.as_deref(), reach)?,
        // Queries that were added by hand make a data set of a folder of pictures.
        None if overlay::is_edited(path, reach) => folder::open_pictures(path, reach),
        None => return Err(unrecognised(path, reach)),
    };
    overlay::apply(&mut loaded);
    Ok(loaded)
}

/// As [`open_within`]; a folder that only holds pictures becomes a data set without queries.
///
/// # Errors
/// As [`open`].
pub fn open_or_pictures(path: &Path, reach: Reach) -> Result<Loaded, DatasetError> {
    bare_pictures(path, reach).map_or_else(|| open_within(path, reach), Ok)
}

/// The pictures of a folder that becomes a data set with its first query ([`QueryEdit`](super::QueryEdit)); `None` if it
/// is one already, or has no pictures.
pub fn bare_pictures(path: &Path, reach: Reach) -> Option<Loaded> {
    let is_bare = path.is_dir() && find(path, reach).is_none() && !overlay::is_edited(path, reach);
    is_bare.then(|| folder::open_pictures(path, reach)).filter(|loaded| !loaded.dataset.images.is_empty())
}

fn find(path: &Path, reach: Reach) -> Option<Found> {
    if path.is_dir() {
        let reader = READERS.iter().find(|reader| (reader.is_one)(path, reach))?;
        return Some(Found { reader, root: owned(path), alone: None });
    }
    if !path.is_file() {
        return None;
    }
    // The nearest folder wins, before any order of the formats.
    let levels = READERS.each_ref().map(|reader| (reader.levels_up)(path));
    let highest = levels.into_iter().max().unwrap_or_default();
    for (level, root) in (1..=highest).zip(path.ancestors().skip(1).map(usable)) {
        let mut near = READERS.iter().zip(levels).filter(|&(_, levels)| level <= levels);
        if let Some((reader, _)) = near.find(|(reader, _)| (reader.is_one)(&root, reach)) {
            return Some(Found { reader, root, alone: None });
        }
    }
    let reader = READERS.iter().find(|reader| (reader.stands_alone)(path))?;
    Some(Found { reader, root: usable(path.parent()?), alone: Some(owned(path)) })
}

/// The parent of a bare file name is the current directory.
fn usable(folder: &Path) -> PathBuf {
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { owned(folder) }
}

/// Why this is not a data set, and what would make it one.
fn unrecognised(path: &Path, reach: Reach) -> DatasetError {
    let unrecognised = |reason: String| DatasetError::Unrecognised { reason, path: owned(path) };
    if path.is_file() {
        let reason = || unrecognised("this file belongs to no data set of a known format".to_owned());
        return check_encoding(path).err().unwrap_or_else(reason);
    }
    let mut warnings = Warnings::default();
    let files = walk::files_below(path, 3, reach, &mut warnings);
    if let Some(error) = warnings.first_error() {
        return error;
    }
    unrecognised(if files.is_empty() {
        "the folder is empty".to_owned()
    } else if files.iter().any(|file| walk::is_picture(file)) {
        "there are pictures but no table of queries; add a queries.csv with a column 'query', or a query in the window"
            .to_owned()
    } else {
        // A collection is made by a command, not by putting a file into a folder.
        let mut readers: Vec<_> = READERS.iter().filter(|reader| reader.format != Format::COLLECTION).collect();
        readers.sort_by_key(|reader| reader.format.name());
        let names: Vec<String> = readers.iter().map(|reader| format!("no {}", reader.main_files)).collect();
        let (last, others) = names.split_last().map_or(("", &names[..]), |(last, others)| (last.as_str(), others));
        format!("{} and {last} in it", others.join(", "))
    })
}
