//! Reading the words of one picture from everything that speaks of it.

use std::io::ErrorKind;

use super::known::{Known, hash_of};
use super::listing::{Listed, Listing};
use super::{Picture, Stamp, Words, names, sidecar};
use crate::base::{FileError, check_file};
use crate::dataset::Warnings;

/// What is known while pictures are read.
pub(super) struct Sources<'a> {
    pub listing: &'a Listing,
    pub known: &'a dyn Known,
}

/// What became of one picture.
pub(super) enum One {
    Unchanged,
    /// It was deleted since it was listed.
    Gone,
    Read(Box<Picture>, Warnings),
}

impl Sources<'_> {
    /// Reads the words of the picture at this index, unless it has not changed.
    pub fn one(&self, at: usize) -> One {
        let listed = &self.listing.pictures[at];
        let beside: Vec<&Listed> = self.listing.beside(at).collect();
        let stamp = Stamp { bytes: listed.bytes, modified: listed.modified, beside: hash_of(&beside), rows: 0 };
        if self.known.stamp(&listed.path) == Some(stamp) {
            return One::Unchanged;
        }
        let mut warnings = Warnings::default();
        let mut words = Words::default();
        let path = self.listing.root.join(&listed.path);
        match check_file(&path) {
            Err(FileError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => return One::Gone,
            Err(error) => warnings.error(error.into()),
            Ok(_) => {}
        }
        sidecar::add(&mut words, &self.listing.root, &beside, &mut warnings);
        names::add(&mut words, &listed.path);
        One::Read(Box::new(Picture { path: listed.path.clone(), stamp, part: None, words }), warnings)
    }
}
