//! The visual vectors of a collection, as a data set's sources.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::rows::Rows;
use crate::base::{FileError, read_text_file};
use crate::dataset::reader::ReadVectors;
use crate::dataset::vectors::{ImageIndex, VectorRow};
use crate::dataset::walk;
use crate::dataset::warnings::Warnings;
use crate::dataset::{Dataset, VectorSource};

/// The file that describes a set of vectors.
const SET: &str = "set.json";

/// The folder of all sets.
const VECTORS: &str = "vectors";
/// In it, the file that names the chosen one.
pub(crate) const CHOICE: &str = "choice.json";

/// What it says of the rows.
#[derive(Deserialize)]
struct Set {
    name: String,
    dim: usize,
    #[serde(default)]
    rows: u64,
    #[serde(default = "yes")]
    whole: bool,
}

fn yes() -> bool {
    true
}

/// What the file of the choice says.
#[derive(Deserialize)]
struct Choice {
    key: String,
}

/// A set of vectors on disk.
struct SetPlace {
    set: Set,
    key: String,
    path: PathBuf,
}

/// The sets of a collection, the one to use first: the chosen one, unless it is only a sample and another is whole; without a
/// choice, a whole one of the most rows. One that cannot be read is left out: it can be computed again.
fn sets(root: &Path) -> Vec<SetPlace> {
    let folder = root.join(VECTORS);
    let chosen = read_text_file(&folder.join(CHOICE)).ok();
    let chosen = chosen.and_then(|text| Some(serde_json::from_str::<Choice>(&text).ok()?.key));
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let place = |path: PathBuf| {
        let key = path.parent().map(walk::name).unwrap_or_default();
        Some(SetPlace { set: read(&path).ok()?, key, path })
    };
    let files = entries.map(|entry| entry.path().join(SET)).filter(|path| path.is_file());
    let mut sets: Vec<SetPlace> = files.filter_map(place).collect();
    sets.sort_by_cached_key(|SetPlace { set, key, path }| {
        let rows = Rows::bytes(path.parent().unwrap_or(path), set.rows) / (set.dim.max(1) as u64);
        let is_chosen = chosen.as_ref() == Some(key);
        (rows == 0, !set.whole, !is_chosen, Reverse(rows), set.name.clone(), key.clone())
    });
    sets
}

/// The key of the set of vectors to use, if a collection has any.
pub(crate) fn preferred_set(root: &Path) -> Option<String> {
    sets(root).into_iter().next().map(|place| place.key)
}

fn read(path: &Path) -> Result<Set, FileError> {
    let text = read_text_file(path)?;
    let set: Result<Set, _> = serde_json::from_str(&text);
    let set = set.map_err(|error| FileError::malformed(format!("not a description of vectors: {error}"), path))?;
    match (1..=1 << 20).contains(&set.dim) {
        true => Ok(set),
        false => Err(FileError::malformed(format!("vectors of {} numbers", set.dim), path)),
    }
}

/// The sets of vectors of a collection, the one to use first, the others by name; without those of a mere sample of the
/// pictures.
pub(super) fn sources(root: &Path) -> Vec<VectorSource> {
    let mut sources: Vec<VectorSource> = Vec::new();
    let is_of_all = |(at, place): &(usize, SetPlace)| *at == 0 || place.set.whole;
    for (_, SetPlace { set, key, path }) in sets(root).into_iter().enumerate().filter(is_of_all) {
        let is_taken = sources.iter().any(|source| source.name == set.name);
        let name = if is_taken { format!("{} {key}", set.name) } else { set.name };
        sources.push(VectorSource { name, dim: Some(set.dim), files: vec![path] });
    }
    if let Some((_, others)) = sources.split_first_mut() {
        others.sort_by(|one, other| one.name.cmp(&other.name));
    }
    sources
}

/// Reads the vectors of a data set's images from a set.
pub(super) fn own_vectors(path: &Path) -> Option<ReadVectors> {
    (walk::name(path) == SET).then_some(read_rows)
}

fn read_rows(_: &Dataset, path: &Path, index: &ImageIndex, warnings: &mut Warnings) -> Vec<VectorRow> {
    let folder = path.parent().unwrap_or(path);
    let read = || -> Result<Vec<VectorRow>, FileError> {
        let set = read(path)?;
        let rows = Rows::open(folder, set.rows, set.dim)?;
        let mut found: Vec<(usize, usize)> =
            index.iter().filter_map(|(id, &image)| Some((rows.row_of(id)?, image))).collect();
        found.sort_unstable();
        let one = |(row, image)| Ok(VectorRow { image, values: rows.read(row, 1)?, line: row + 1 });
        found.into_iter().map(one).collect()
    };
    read().unwrap_or_else(|error| {
        warnings.error(error.into());
        Vec::new()
    })
}
