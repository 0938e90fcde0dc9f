//! Reading the words of one picture from everything that speaks of it.

use std::io::{BufReader, ErrorKind};

use super::known::{Known, hash_of};
use super::listing::{Listed, Listing};
use super::shards::{Member, Members};
use super::tables::Joined;
use super::{Picture, Stamp, Words, inside, names, sidecar};
use crate::base::{FileError, open_file};
use crate::dataset::Warnings;

/// Bytes read at a time: the head of most pictures.
const HEAD: usize = 8 << 10;

/// What is known while pictures are read.
pub(super) struct Sources<'a> {
    pub listing: &'a Listing,
    pub known: &'a dyn Known,
    /// The pictures in shards, which come after those of the listing.
    pub members: Members,
    /// What tables say.
    pub joined: Joined,
}

/// What became of one picture.
pub(super) enum One {
    Unchanged,
    /// It was deleted since it was listed.
    Gone,
    Read(Box<Picture>, Warnings),
}

impl Sources<'_> {
    /// Whether nothing but what tables say of the picture at this index may have changed.
    pub fn is_same_but_rows(&self, at: usize) -> bool {
        let known = self.known.stamp(&self.listing.pictures[at].path);
        known.is_some_and(|known| Stamp { rows: known.rows, ..self.stamp(at) } == known)
    }

    /// How many pictures there are.
    pub fn count(&self) -> usize {
        self.listing.pictures.len() + self.members.all.len()
    }

    /// The paths of all pictures.
    pub fn paths(&self) -> Vec<&str> {
        let members = self.members.all.iter().map(|member| &member.listed);
        self.listing.pictures.iter().chain(members).map(|listed| listed.path.as_str()).collect()
    }

    fn member(&self, member: &Member, at: usize) -> One {
        let Listed { path, bytes, modified } = member.listed.clone();
        let stamp = Stamp { bytes, modified, beside: member.beside(), rows: self.joined.hash(at) };
        if self.known.stamp(&path) == Some(stamp) {
            return One::Unchanged;
        }
        let (mut warnings, mut words) = (Warnings::default(), Words::default());
        let shard = self.listing.root.join(&member.part.file);
        if let Err(error) = self.joined.add(&mut words, at) {
            warnings.error(FileError::io(error, &shard).into());
        }
        match member.add(&mut words, &self.listing.root) {
            Err(FileError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => return One::Gone,
            Err(error) => warnings.error(error.into()),
            Ok(()) => {}
        }
        One::Read(Box::new(Picture { path, stamp, part: Some(member.part.clone()), words }), warnings)
    }

    fn stamp(&self, at: usize) -> Stamp {
        let listed = &self.listing.pictures[at];
        let beside: Vec<&Listed> = self.listing.beside(at).collect();
        Stamp { bytes: listed.bytes, modified: listed.modified, beside: hash_of(&beside), rows: self.joined.hash(at) }
    }

    /// Reads the words of the picture at this index, unless it has not changed.
    pub fn one(&self, at: usize) -> One {
        if let Some(member) = at.checked_sub(self.listing.pictures.len()) {
            return self.member(&self.members.all[member], at);
        }
        let listed = &self.listing.pictures[at];
        let beside: Vec<&Listed> = self.listing.beside(at).collect();
        let stamp = self.stamp(at);
        if self.known.stamp(&listed.path) == Some(stamp) {
            return One::Unchanged;
        }
        let mut warnings = Warnings::default();
        let mut words = Words::default();
        let path = self.listing.root.join(&listed.path);
        let file = match open_file(&path) {
            Ok(file) => Some(file),
            Err(FileError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => return One::Gone,
            Err(error) => {
                warnings.error(error.into());
                None
            }
        };
        if let Err(error) = self.joined.add(&mut words, at) {
            warnings.error(FileError::io(error, &path).into());
        }
        sidecar::add(&mut words, &self.listing.root, &beside, &mut warnings);
        if let Some(file) = file
            && let Err(error) = inside::add(&mut words, &mut BufReader::with_capacity(HEAD, file))
        {
            warnings.error(FileError::io(error, &path).into());
        }
        names::add(&mut words, &listed.path);
        One::Read(Box::new(Picture { path: listed.path.clone(), stamp, part: None, words }), warnings)
    }
}
