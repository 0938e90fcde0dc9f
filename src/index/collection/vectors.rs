//! A collection's sets of vectors.

use std::cmp::Reverse;
use std::path::PathBuf;

use super::Collection;
use crate::base::FileError;
use crate::index::IndexError;
use crate::index::vectors::VectorSet;
use crate::vision::EncoderSpec;

/// The folder of all sets.
const VECTORS: &str = "vectors";

impl Collection {
    pub(in crate::index) fn vectors_folder(&self) -> PathBuf {
        self.folder().join(VECTORS)
    }

    /// Each encoder's vectors, those of the most pictures first, then by name. A set that cannot be read is left out.
    ///
    /// # Errors
    /// If the folder of vectors cannot be read.
    pub fn vector_sets(&self) -> Result<Vec<VectorSet>, IndexError> {
        let folder = self.vectors_folder();
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(FileError::io(error, &folder).into()),
        };
        // A set that names another folder is none of ours.
        let own = |entry: std::fs::DirEntry| {
            let set = VectorSet::open(&entry.path()).ok()?;
            (entry.file_name() == set.info().key.as_str()).then_some(set)
        };
        let mut sets: Vec<VectorSet> = entries.flatten().filter_map(own).collect();
        let order = |set: &VectorSet| (Reverse(set.count()), set.info().name.clone(), set.info().key.clone());
        sets.sort_by_cached_key(order);
        Ok(sets)
    }

    /// The vectors of the encoder with this key ([`crate::index::VectorInfo::key`]).
    ///
    /// # Errors
    /// [`IndexError::NoVectors`] if there are none, and if they cannot be read.
    pub fn vectors(&self, key: &str) -> Result<VectorSet, IndexError> {
        let folder = self.vectors_folder().join(key);
        match folder.is_dir() {
            true => VectorSet::open(&folder),
            false => Err(IndexError::NoVectors(format!("of the encoder {key}"))),
        }
    }

    /// The vectors of an encoder.
    ///
    /// # Errors
    /// As [`Collection::vectors`].
    pub fn vectors_of(&self, encoder: &EncoderSpec) -> Result<VectorSet, IndexError> {
        match self.vectors(&encoder.key()?.to_string()) {
            Err(IndexError::NoVectors(_)) => Err(IndexError::NoVectors(format!("by {}", encoder.name()))),
            found => found,
        }
    }
}
