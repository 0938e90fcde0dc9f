//! What is known of pictures from an earlier reading, and the hashes by which it is compared.

use std::collections::{BTreeMap, HashMap};

use super::Stamp;
use super::listing::Listed;
use crate::base::ContentHash;

/// What is known from an earlier reading.
pub trait Known: Sync {
    /// The stamp of a picture by its path.
    fn stamp(&self, path: &str) -> Option<Stamp>;
    /// Visits the paths of all pictures.
    fn paths(&self, visit: &mut dyn FnMut(&str));
    /// Half a hash of a picture's bytes ([`ContentHash::half`]), if they were read.
    fn content(&self, _path: &str) -> Option<u128> {
        None
    }
    /// Whether so many pictures that are nowhere may be taken out; else the reading ends with
    /// [`crate::index::IndexError::Missing`] before anything is handed over.
    fn may_lose(&self, _gone: usize) -> bool {
        true
    }
    /// `Outcome::tables` of the last reading that came to its end, with which tables need not be read again if neither
    /// they nor any picture has changed.
    fn tables(&self) -> Option<u64> {
        None
    }
}

impl Known for BTreeMap<String, Stamp> {
    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.get(path).copied()
    }

    fn paths(&self, visit: &mut dyn FnMut(&str)) {
        self.keys().for_each(|path| visit(path));
    }
}

impl Known for HashMap<String, Stamp> {
    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.get(path).copied()
    }

    fn paths(&self, visit: &mut dyn FnMut(&str)) {
        self.keys().for_each(|path| visit(path));
    }
}

/// Hash of names, sizes and times; 0 without any.
pub(super) fn hash_of(files: &[&Listed]) -> u64 {
    if files.is_empty() {
        return 0;
    }
    let mut hash = ContentHash::default();
    for file in files {
        hash.text(&file.path);
        hash.number(file.bytes);
        hash.number(file.modified as u64);
    }
    short(&hash)
}

/// The first 64 bits of a hash.
pub(super) fn short(hash: &ContentHash) -> u64 {
    u64::from_str_radix(&hash.finish()[..16], 16).unwrap_or_default()
}
