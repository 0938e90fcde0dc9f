//! `collection.json`.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::{At, FileError, write_whole};
use crate::dataset::{Reach, pictures_folder};
use crate::index::IndexError;
use crate::index::text::FieldWeights;
use crate::index::words::Mapping;
use crate::signals::Splitting;

/// The file's name.
pub(super) const FILE: &str = "collection.json";

/// The version of the format.
const VERSION: u32 = 1;

/// What the index has of each picture, counted up with each change: 1 has years as a column, and words at positions by which
/// phrases of several words are found in every script.
pub(super) const INDEXED: u32 = 1;

/// What is known about a collection as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the format, 1.
    pub version: u32,
    /// The folder of the pictures, as an absolute path.
    pub pictures: PathBuf,
    /// The same, relative to the collection's folder.
    #[serde(default)]
    pub beside: PathBuf,
    /// Whether links and paths that lead out of the pictures' folder are followed.
    #[serde(default)]
    pub follow: bool,
    /// What the columns of tables mean, where that was set.
    #[serde(default)]
    pub mapping: Mapping,
    /// How much each field counts in a text search.
    #[serde(default)]
    pub weights: FieldWeights,
    /// How texts were split into the words of the index ([`crate::signals::Splitting::key`]).
    #[serde(default = "pairs")]
    pub words: String,
    /// What the index has of each picture (`INDEXED`).
    #[serde(default)]
    pub indexed: u32,
    /// A hash of the tables that were read, once all of them were.
    #[serde(default)]
    pub tables: Option<u64>,
}

fn pairs() -> String {
    Splitting::PAIRS.to_owned()
}

impl Manifest {
    /// Of a new collection.
    pub(super) fn of(pictures: &Path, beside: PathBuf, reach: Reach) -> Self {
        Self {
            version: VERSION,
            pictures: pictures.to_owned(),
            beside,
            follow: reach == Reach::Anywhere,
            mapping: Mapping::default(),
            weights: FieldWeights::default(),
            words: pairs(),
            indexed: INDEXED,
            tables: None,
        }
    }

    /// The same, if its version is known.
    ///
    /// # Errors
    /// If it is of a newer version; `path` is the file it was read from.
    pub(in crate::index) fn checked(self, path: &Path) -> Result<Self, IndexError> {
        match self.version {
            VERSION => Ok(self),
            version => {
                let message = format!("version {version} of a collection, which a newer Crossrank made");
                Err(FileError::malformed(message, path).into())
            }
        }
    }

    /// The folder of the pictures of a collection in `folder`.
    pub(super) fn pictures_from(&self, folder: &Path) -> PathBuf {
        pictures_folder(folder, &self.pictures, &self.beside)
    }
}

/// Reads the file of a collection.
///
/// # Errors
/// If it is not there, is malformed, or of a newer version.
pub(in crate::index) fn read(folder: &Path) -> Result<Manifest, IndexError> {
    let path = folder.join(FILE);
    let text = match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(FileError::malformed("not a collection: there is no collection.json", folder).into());
        }
        read => read.at(&path)?,
    };
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| FileError::malformed(format!("not a collection's description: {error}"), &path))?;
    manifest.checked(&path)
}

/// Writes the file of a collection.
///
/// # Errors
/// If that fails; the old one is then left as it was.
pub(in crate::index) fn write(folder: &Path, manifest: &Manifest) -> Result<(), IndexError> {
    let path = folder.join(FILE);
    let text = serde_json::to_vec_pretty(manifest).map_err(|error| FileError::malformed(error.to_string(), &path))?;
    write_whole(&path, &[&text, b"\n"]).at(&path)?;
    Ok(())
}

/// The way from one absolute folder to another.
pub(in crate::index) fn relative(from: &Path, to: &Path) -> PathBuf {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n(Component::ParentDir, from.len() - shared);
    up.chain(to[shared..].iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_from_one_folder_to_another() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to)).display().to_string();
        assert_eq!(way("/a/photos.collection", "/a/photos"), "../photos");
        assert_eq!(way("/a/photos/own", "/a/photos"), "..");
        assert_eq!(way("/a", "/a/b/c"), "b/c");
        assert_eq!(way("/a/b", "/c"), "../../c");
    }
}
