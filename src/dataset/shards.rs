//! Shards as WebDataset has them: tar archives of pictures, with texts of the same key beside them. Nothing is unpacked;
//! only headers are read, and then the part that is asked for.
//!
//! A picture in a shard is named as if the archive were a folder: `photos/shard.tar/key.jpg`.
//!
//! Source: <https://github.com/webdataset/webdataset>, “The WebDataset Format”.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::walk::extension;
use crate::base::{At, FileError, Within, is_unsafe, open_file};

/// The ending of a shard.
const SHARD: &str = "tar";
/// Files in shards whose places are remembered, some tens of megabytes; more only of one that has more by itself.
const REMEMBERED: usize = 300_000;

/// A file in a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its path within the shard.
    pub inner: String,
    /// Where it starts.
    pub start: u64,
    /// How many bytes it has.
    pub length: u64,
}

/// Visits the entries of a shard of so many bytes by their number, in their order; those that are no files, are hidden or
/// have a path that leads elsewhere as `None`.
///
/// # Errors
/// If it cannot be read, is no archive or cut off: after what is whole was visited.
pub(crate) fn visit_members(
    path: &Path,
    bytes: u64,
    visit: &mut dyn FnMut(usize, Option<Member>) -> ControlFlow<()>,
) -> Result<(), FileError> {
    let (within, budget) = Within::new(open_file(path)?);
    let mut archive = tar::Archive::new(within);
    for (at, entry) in archive.entries_with_seek().at(path)?.enumerate() {
        let entry = entry.at(path)?;
        budget.renew();
        let (start, length) = (entry.raw_file_position(), entry.size());
        if start.saturating_add(length) > bytes {
            return Err(FileError::malformed("it is cut off", path));
        }
        let is_file = entry.header().entry_type().is_file();
        let inner = if is_file { inner_path(&entry.path_bytes()) } else { None };
        if visit(at, inner.map(|inner| Member { inner, start, length })).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// A member's path below the shard; `None` for hidden files and paths that lead elsewhere.
fn inner_path(bytes: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(bytes).ok()?;
    let path = path.trim_start_matches("./");
    let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.');
    (path.split('/').all(is_plain) && !path.contains(is_unsafe) && path.len() < 4096).then(|| path.to_owned())
}

/// Part of a file as a file of its own.
#[derive(Debug)]
pub(crate) struct Section {
    file: File,
    start: u64,
    length: u64,
    at: u64,
}

impl Section {
    /// These bytes of a file.
    pub fn new(file: File, start: u64, length: u64) -> Self {
        Self { file, start, length, at: 0 }
    }

    /// How many bytes it has.
    pub fn len(&self) -> u64 {
        self.length
    }
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buffer.len());
        self.file.seek(SeekFrom::Start(self.start + self.at))?;
        let read = self.file.read(&mut buffer[..left])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Section {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// The shard that a path leads into, if it does.
pub(crate) fn shard_of(path: &Path) -> Option<PathBuf> {
    let shard = path.ancestors().skip(1).find(|folder| extension(folder) == SHARD && folder.is_file());
    shard.map(Path::to_owned)
}

/// Opens the part of a shard that a path names, with the shard's time of modification; `None` if it leads into none. What
/// is where is found out anew once the shard has changed, so that a part is never another one's bytes.
///
/// # Errors
/// If the shard cannot be read, or has no such file any more.
pub(crate) fn open_part(path: &Path) -> Result<Option<(Section, Option<SystemTime>)>, FileError> {
    let Some(shard) = shard_of(path) else { return Ok(None) };
    let file = open_file(&shard)?;
    let found = file.metadata().at(&shard)?;
    let stamp = (found.len(), found.modified().ok());
    let inner: Option<Vec<&str>> =
        path.strip_prefix(&shard).ok().and_then(|inner| inner.iter().map(|part| part.to_str()).collect());
    let inner = inner.unwrap_or_default().join("/");
    let place = places(&shard, stamp)?.of.get(&inner).copied();
    let (start, length) = place.ok_or_else(|| FileError::malformed("the archive has no such file any more", path))?;
    Ok(Some((Section::new(file, start, length), stamp.1)))
}

/// Size and time of a shard.
type ShardStamp = (u64, Option<SystemTime>);

/// Where the files of a shard are.
struct Places {
    shard: PathBuf,
    stamp: ShardStamp,
    of: HashMap<String, (u64, u64)>,
}

/// Those that were asked for last, the last one last.
static PLACES: Mutex<Vec<Arc<Places>>> = Mutex::new(Vec::new());

fn places(shard: &Path, stamp: ShardStamp) -> Result<Arc<Places>, FileError> {
    let known = || PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    let take = |all: &mut Vec<Arc<Places>>| {
        let at = all.iter().position(|places| places.shard == shard)?;
        Some(all.remove(at))
    };
    let found = {
        let mut all = known();
        let found = take(&mut all).filter(|places| places.stamp == stamp);
        all.extend(found.clone());
        found
    };
    if let Some(found) = found {
        return Ok(found);
    }
    let mut of = HashMap::new();
    // Of several of a name the last counts, as when an archive is unpacked. Of one that is cut off, what is whole does.
    let read = visit_members(shard, stamp.0, &mut |_, member| {
        of.extend(member.map(|member| (member.inner, (member.start, member.length))));
        ControlFlow::Continue(())
    });
    if of.is_empty() {
        read?;
    }
    let places = Arc::new(Places { shard: shard.to_owned(), stamp, of });
    let mut all = known();
    take(&mut all);
    all.push(places.clone());
    let mut total: usize = all.iter().map(|places| places.of.len()).sum();
    while total > REMEMBERED && all.len() > 1 {
        total -= all.remove(0).of.len();
    }
    Ok(places)
}
