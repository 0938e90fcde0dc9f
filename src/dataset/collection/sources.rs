//! The visual vectors of a collection, as a data set's sources.

use std::path::Path;

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

/// What it says of the rows.
#[derive(Deserialize)]
struct Set {
    name: String,
    dim: usize,
    #[serde(default)]
    rows: u64,
}

fn read(path: &Path) -> Result<Set, FileError> {
    let text = read_text_file(path)?;
    let set: Result<Set, _> = serde_json::from_str(&text);
    set.map_err(|error| FileError::malformed(format!("not a description of vectors: {error}"), path))
}

/// The sets of vectors of a collection, by name. One that cannot be read is left out: it can be computed again.
pub(super) fn sources(root: &Path) -> Vec<VectorSource> {
    let entries = std::fs::read_dir(root.join("vectors")).into_iter().flatten().flatten();
    let mut sources: Vec<VectorSource> = Vec::new();
    let mut files: Vec<_> = entries.map(|entry| entry.path().join(SET)).filter(|path| path.is_file()).collect();
    files.sort();
    for (set, path) in files.into_iter().filter_map(|path| Some((read(&path).ok()?, path))) {
        let key = path.parent().map(walk::name).unwrap_or_default();
        let is_taken = sources.iter().any(|source| source.name == set.name);
        let name = if is_taken { format!("{} {key}", set.name) } else { set.name };
        sources.push(VectorSource { name, dim: Some(set.dim), files: vec![path] });
    }
    sources.sort_by(|one, other| one.name.cmp(&other.name));
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
