//! Append-only files of checksummed records: the storage of the embedding cache.
//!
//! Every writer appends to a file of its own, so two processes never write to the same one; every record carries a
//! checksum, so a record half-written by a killed process is detected and skipped.
//!
//! Layout: 16 bytes of magic, then records of `length (u32, little-endian) · payload · first 8 bytes of its BLAKE3`.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::VisionError;
use crate::base::{At, FileError};

const MAGIC: &[u8; 16] = b"crossrank shard1";
const EXTENSION: &str = "shard";
/// Longest record in bytes; a damaged length must not allocate gigabytes.
const MAX_RECORD: usize = 1 << 20;
const CHECKSUM: usize = 8;

fn checksum(payload: &[u8]) -> [u8; CHECKSUM] {
    let mut short = [0; CHECKSUM];
    short.copy_from_slice(&blake3::hash(payload).as_bytes()[..CHECKSUM]);
    short
}

/// The location of a record.
#[derive(Clone, Debug)]
pub(super) struct Location {
    path: Arc<Path>,
    /// Of the record's length, in bytes from the beginning of the file.
    offset: u64,
}

/// Appends records to its own file in a folder. The file is created with the first record.
pub(super) struct ShardWriter {
    folder: PathBuf,
    open: Option<Open>,
}

struct Open {
    file: File,
    path: Arc<Path>,
    length: u64,
}

impl ShardWriter {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, open: None }
    }

    /// Writes records with one system call, after which they survive the end of the process. Returns their locations.
    pub(super) fn append<'a>(
        &mut self,
        payloads: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Vec<Location>, VisionError> {
        let (mut bytes, mut offsets) = (Vec::new(), Vec::new());
        for payload in payloads {
            offsets.push(bytes.len() as u64);
            bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
            bytes.extend_from_slice(payload);
            bytes.extend_from_slice(&checksum(payload));
        }
        if bytes.is_empty() {
            return Ok(Vec::new());
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => create(&self.folder)?,
        };
        // After a failed write the end of the file is unknown, so the next append starts a new file.
        open.file.write_all(&bytes).at(&open.path)?;
        let location = |offset: u64| Location { path: open.path.clone(), offset: open.length + offset };
        let locations = offsets.into_iter().map(location).collect();
        open.length += bytes.len() as u64;
        self.open = Some(open);
        Ok(locations)
    }

    /// Syncs everything written to disk, so that it survives a power failure too.
    pub(super) fn sync(&mut self) -> Result<(), VisionError> {
        match &self.open {
            Some(open) => Ok(open.file.sync_data().at(&open.path)?),
            None => Ok(()),
        }
    }
}

/// A new file that no other process or thread writes to.
fn create(folder: &Path) -> Result<Open, VisionError> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    std::fs::create_dir_all(folder).at(folder)?;
    loop {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{nanos:024x}-{:x}-{count:x}.{EXTENSION}", std::process::id()));
        match OpenOptions::new().append(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(MAGIC).at(&path)?;
                return Ok(Open { file, path: path.into(), length: MAGIC.len() as u64 });
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(FileError::io(error, &path).into()),
        }
    }
}

/// Reads single records by location.
#[derive(Default)]
pub(super) struct ShardReader {
    /// The last file read; records written together are in one file.
    open: Option<(File, Arc<Path>)>,
    payload: Vec<u8>,
}

impl ShardReader {
    /// Reads the record at a location.
    ///
    /// # Errors
    /// If it can no longer be read, or has changed since.
    pub(super) fn read(&mut self, location: &Location) -> Result<&[u8], VisionError> {
        let file = match self.open.take() {
            Some((file, path)) if path == location.path => file,
            _ => File::open(&location.path).at(&location.path)?,
        };
        let (file, _) = self.open.insert((file, location.path.clone()));
        file.seek(SeekFrom::Start(location.offset)).at(&location.path)?;
        match record(file, &mut self.payload).at(&location.path)? {
            true => Ok(&self.payload),
            false => Err(FileError::malformed("a cached vector changed meanwhile", &location.path).into()),
        }
    }
}

/// Reads every intact record in a folder, oldest file first. A missing folder holds none; in a damaged file, the
/// records before the damage count.
pub(super) fn read_all(folder: &Path, mut each: impl FnMut(&[u8], Location)) -> Result<(), VisionError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(()),
        Err(error) => return Err(FileError::io(error, folder).into()),
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION))
        .collect();
    paths.sort();
    for path in paths {
        match read_one(&path.clone().into(), &mut each) {
            Ok(()) => {}
            // The cache was emptied meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(FileError::io(error, &path).into()),
        }
    }
    Ok(())
}

fn read_one(path: &Arc<Path>, each: &mut impl FnMut(&[u8], Location)) -> std::io::Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut magic = [0; MAGIC.len()];
    if !filled(&mut reader, &mut magic)? || &magic != MAGIC {
        return Ok(());
    }
    let (mut payload, mut offset) = (Vec::new(), MAGIC.len() as u64);
    while record(&mut reader, &mut payload)? {
        each(&payload, Location { path: path.clone(), offset });
        offset += (4 + payload.len() + CHECKSUM) as u64;
    }
    Ok(())
}

/// Reads the next record; `false` if none is left, or it is damaged.
fn record(reader: &mut impl Read, payload: &mut Vec<u8>) -> std::io::Result<bool> {
    let (mut length, mut sum) = ([0; 4], [0; CHECKSUM]);
    if !filled(reader, &mut length)? {
        return Ok(false);
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_RECORD {
        return Ok(false);
    }
    payload.resize(length, 0);
    Ok(filled(reader, payload)? && filled(reader, &mut sum)? && sum == checksum(payload))
}

/// Whether the buffer could be filled; `false` at the end of the file.
fn filled(reader: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
