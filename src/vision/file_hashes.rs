//! Content hashes of files, stored by path, size and modification time, so that a second run reads no pictures.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::VisionError;
use super::decode::{check_picture, open_picture};
use super::shard::{ShardWriter, read_all};
use crate::base::At;

/// A file modified less than this ago may change again without its time showing it, so its hash is not stored.
const SETTLED: Duration = Duration::from_secs(2);

/// Identifies a state of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct FileState {
    path: PathBuf,
    size: u64,
    /// Nanoseconds since 1970; negative before.
    changed: i128,
}

/// Hashes from earlier runs, and new ones.
pub(super) struct FileHashes {
    known: HashMap<FileState, blake3::Hash>,
    writer: ShardWriter,
}

/// The hash of a file and, if it should be stored, its record.
pub(super) struct Hashed {
    pub(super) hash: blake3::Hash,
    record: Option<Vec<u8>>,
}

impl FileHashes {
    /// Reads the stored hashes of these (absolute) paths from a folder; new ones go to another.
    pub(super) fn open([folder, additions]: [PathBuf; 2], paths: &HashSet<PathBuf>) -> Result<Self, VisionError> {
        let mut known = HashMap::new();
        read_all(&folder, |record, _| {
            if let Some((state, hash)) = parse(record).filter(|(state, _)| paths.contains(&state.path)) {
                known.insert(state, hash);
            }
        })?;
        Ok(Self { known, writer: ShardWriter::new(additions) })
    }

    /// The hash of a file's content: the stored one if the file is unchanged, else by reading it.
    pub(super) fn hash(&self, path: &Path) -> Result<Hashed, VisionError> {
        let meta = check_picture(path)?;
        let changed = meta.modified;
        let state = changed.map(|changed| FileState {
            path: path.to_path_buf(),
            size: meta.length,
            changed: nanoseconds(changed),
        });
        if let Some(&hash) = state.as_ref().and_then(|state| self.known.get(state)) {
            return Ok(Hashed { hash, record: None });
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(open_picture(path)?).at(path)?;
        let hash = hasher.finalize();
        let settled = changed.and_then(|changed| changed.elapsed().ok()).is_some_and(|age| age > SETTLED);
        let record = state.filter(|_| settled).and_then(|state| record(&state, &hash));
        Ok(Hashed { hash, record })
    }

    /// Stores new hashes.
    pub(super) fn remember<'a>(&mut self, found: impl IntoIterator<Item = &'a Hashed>) -> Result<(), VisionError> {
        self.writer.append(found.into_iter().filter_map(|hashed| hashed.record.as_deref())).map(drop)
    }
}

fn nanoseconds(time: SystemTime) -> i128 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    }
}

/// Modification time (16 bytes), size (8), hash (32), then the path. Paths that are not Unicode are not stored.
fn record(state: &FileState, hash: &blake3::Hash) -> Option<Vec<u8>> {
    let path = state.path.to_str()?;
    Some([&state.changed.to_le_bytes()[..], &state.size.to_le_bytes(), hash.as_bytes(), path.as_bytes()].concat())
}

fn parse(record: &[u8]) -> Option<(FileState, blake3::Hash)> {
    let (changed, rest) = record.split_first_chunk()?;
    let (size, rest) = rest.split_first_chunk()?;
    let (hash, path) = rest.split_first_chunk()?;
    let path = PathBuf::from(std::str::from_utf8(path).ok()?);
    let state = FileState { path, size: u64::from_le_bytes(*size), changed: i128::from_le_bytes(*changed) };
    Some((state, blake3::Hash::from_bytes(*hash)))
}
