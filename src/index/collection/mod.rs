//! A collection: a folder of pictures, and beside it a folder with what was found in it.
//!
//! | file | what it holds |
//! |---|---|
//! | `collection.json` | where the pictures are, what the columns of their tables mean, how much each field counts |
//! | `text/` | the text index, with every picture's words and stamp |
//! | `vectors/` | the vectors of the pictures, a folder for each encoder; which encoder is chosen, and how they compare |
//! | `queries/` | the queries that were kept, with their candidates |
//! | `statistics.tsv` | how often words occur in the whole collection |
//! | `moved.jsonl` | pictures that were found again under another path |
//!
//! Pictures are never copied or changed. Several processes may search a collection, one may update it.

mod browse;
mod choice;
mod counting;
mod gather;
mod manifest;
mod relink;
mod suited;
mod update;
mod vectors;

use std::path::{Path, PathBuf};

pub use choice::Choice;
pub(in crate::index) use counting::BEHIND;
pub use gather::Gathered;
pub use manifest::Manifest;
pub(in crate::index) use manifest::{read as read_manifest, relative, write as write_manifest};
pub use relink::Relinked;
pub use suited::{EncoderComparison, EncoderShare, Suited};
pub use update::Updated;

use super::IndexError;
use super::Picture;
use super::text::{FieldWeights, Found, TextIndex, TextQuery};
use super::words::Mapping;
use crate::base::FileError;
use crate::dataset::Reach;
use manifest::{FILE, read, write};

/// The folder of the text index.
const TEXT: &str = "text";

/// A collection on disk.
pub struct Collection {
    folder: PathBuf,
    pictures: PathBuf,
    manifest: Manifest,
    text: TextIndex,
}

impl Collection {
    /// Makes a collection of the pictures in a folder, still empty, or opens the one of the same pictures that is there.
    ///
    /// # Errors
    /// If `pictures` is no folder, `folder` holds something else or a collection of other pictures, or cannot be written.
    pub fn create(folder: &Path, pictures: &Path, reach: Reach) -> Result<Self, IndexError> {
        let pictures = std::fs::canonicalize(pictures).map_err(|error| FileError::io(error, pictures))?;
        std::fs::read_dir(&pictures).map_err(|error| FileError::io(error, &pictures))?;
        if folder.join(FILE).exists() {
            let known = Self::open(folder)?;
            return match known.pictures == pictures {
                true => Ok(known),
                false => {
                    let message = format!(
                        "this collection is of other pictures, in {} (if they moved: --relink, or “Relink \
                         pictures…”)",
                        known.pictures().display()
                    );
                    Err(FileError::malformed(message, folder).into())
                }
            };
        }
        // Nothing of the collection's own may be taken for a picture or a table.
        let own = folder.parent().and_then(|parent| std::fs::canonicalize(parent).ok());
        if own.is_some_and(|own| own.starts_with(&pictures)) {
            return Err(FileError::malformed("a collection must not lie among its own pictures", folder).into());
        }
        if std::fs::read_dir(folder).is_ok_and(|entries| !entries.flatten().all(is_left_over)) {
            return Err(FileError::malformed("this folder is neither empty nor a collection", folder).into());
        }
        std::fs::create_dir_all(folder).map_err(|error| FileError::io(error, folder))?;
        let folder = std::fs::canonicalize(folder).map_err(|error| FileError::io(error, folder))?;
        let manifest = Manifest::of(&pictures, relative(&folder, &pictures), reach);
        write(&folder, &manifest)?;
        Self::open(&folder)
    }

    /// Opens a collection.
    ///
    /// # Errors
    /// If the folder holds none, or one that cannot be read.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let folder = std::fs::canonicalize(folder).map_err(|error| FileError::io(error, folder))?;
        let manifest = read(&folder)?;
        let text = TextIndex::open(&folder.join(TEXT))?;
        let pictures = manifest.pictures_from(&folder);
        Ok(Self { folder, pictures, manifest, text })
    }

    /// Whether a folder holds a collection.
    pub fn is_one(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    /// The collection's own folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is known about it as a whole.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The folder of the pictures: at the same place relative to the collection's if it is there, so that both can be
    /// moved together, else where it was.
    pub fn pictures(&self) -> &Path {
        &self.pictures
    }

    /// Follows links and paths that lead out of the pictures' folder, from the next update on.
    ///
    /// # Errors
    /// If the collection's description cannot be read or written.
    pub fn follow(&mut self) -> Result<(), IndexError> {
        if self.manifest.follow {
            return Ok(());
        }
        self.manifest = Manifest { follow: true, ..read(&self.folder)? };
        write(&self.folder, &self.manifest)
    }

    /// Sets what the columns of tables mean, from the next update on.
    ///
    /// # Errors
    /// If the collection's description cannot be written.
    pub fn set_mapping(&mut self, mapping: Mapping) -> Result<(), IndexError> {
        self.manifest = Manifest { mapping, ..read(&self.folder)? };
        write(&self.folder, &self.manifest)
    }

    /// Sets how much each field counts in a text search. What else the description says by now stays.
    ///
    /// # Errors
    /// If the collection's description cannot be read or written.
    pub fn set_weights(&self, weights: FieldWeights) -> Result<(), IndexError> {
        write(&self.folder, &Manifest { weights, ..read(&self.folder)? })
    }

    /// Number of pictures.
    pub fn count(&self) -> usize {
        self.text.count()
    }

    /// The pictures whose words match, with the collection's own weights of the fields.
    ///
    /// # Errors
    /// If the text index cannot be read.
    pub fn search(&self, text: &str, most: usize) -> Result<Found, IndexError> {
        self.text.search(&TextQuery { text, weights: self.manifest.weights, most, is_open: false })
    }

    /// The text index.
    pub fn text(&self) -> &TextIndex {
        &self.text
    }

    /// A picture by its path; `None` if the collection has none.
    ///
    /// # Errors
    /// If the text index cannot be read.
    pub fn picture(&self, path: &str) -> Result<Option<Picture>, IndexError> {
        self.text.picture_at(path)
    }
}

/// Whether a file is what a process that was killed leaves of a collection's description.
fn is_left_over(entry: std::fs::DirEntry) -> bool {
    let name = entry.file_name();
    name.to_str().is_some_and(|name| name.starts_with(&format!("{FILE}.")) && name.ends_with(".part"))
}
