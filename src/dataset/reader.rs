//! How a format is recognised and read: what each format's module has to provide.

use std::path::Path;

use super::vectors::{ImageIndex, VectorRow};
use super::warnings::Warnings;
use super::{Dataset, DatasetError, Format, Loaded, Reach, is_vector_file, walk};

/// A format of data sets: a row of the table in `mod.rs`.
pub(super) struct Reader {
    /// The format it reads.
    pub format: Format,
    /// The files by which a folder is recognised, as named in the error about a folder without any.
    pub main_files: &'static str,
    /// Whether a folder is a data set of this format.
    pub is_one: fn(&Path, Reach) -> bool,
    /// How many levels above a file its data set may be: from 1, the file's own folder; 0 if this format has no such
    /// files.
    pub levels_up: fn(&Path) -> usize,
    /// Whether a file outside any data set's folder can be opened, alone or with files beside it.
    pub stands_alone: fn(&Path) -> bool,
    /// Opens a folder, or a file in it that stands alone.
    pub open: fn(&Path, Option<&Path>, Reach) -> Result<Loaded, DatasetError>,
    /// Reads a file of vectors in a form that only this format has; `None` for any other file.
    pub own_vectors: fn(&Path) -> Option<ReadVectors>,
}

/// Reads a file's vectors of the images in the index.
pub(super) type ReadVectors = fn(&Dataset, &Path, &ImageIndex, &mut Warnings) -> Vec<VectorRow>;

/// Whether the extension is that of a table, JSON or an array, which several formats use.
pub(super) fn is_data_file(file: &Path) -> bool {
    walk::is_table(file) || walk::extension(file) == "json" || is_vector_file(file)
}
