//! Append-only files of checked records: the way everything in the embedding cache is kept.
//!
//! Every writer appends to a file of its own, so two processes never write to the same one; every record carries a
//! checksum, so what a killed process left half-written at the end of its file is seen and left out.
//!
//! Layout: 16 bytes of magic, then records of `length (u32, little-endian) · payload · first 8 bytes of its BLAKE3`.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::VisionError;

const MAGIC: &[u8; 16] = b"crossrank shard1";
const EXTENSION: &str = "shard";
/// No record is longer; a damaged length must not ask for gigabytes.
const MAX_RECORD: usize = 1 << 20;
const CHECKSUM: usize = 8;

fn checksum(payload: &[u8]) -> [u8; CHECKSUM] {
    let mut short = [0; CHECKSUM];
    short.copy_from_slice(&blake3::hash(payload).as_bytes()[..CHECKSUM]);
    short
}

/// Appends records to a file of its own in a folder. The file comes into being with the first record.
pub(super) struct ShardWriter {
    folder: PathBuf,
    open: Option<(File, PathBuf)>,
}

impl ShardWriter {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, open: None }
    }

    /// Writes records with one call to the system: what has returned outlives the process.
    pub(super) fn append<'a>(&mut self, payloads: impl IntoIterator<Item = &'a [u8]>) -> Result<(), VisionError> {
        let mut bytes = Vec::new();
        for payload in payloads {
            bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
            bytes.extend_from_slice(payload);
            bytes.extend_from_slice(&checksum(payload));
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let (mut file, path) = match self.open.take() {
            Some(open) => open,
            None => create(&self.folder)?,
        };
        // After a failed write the end of the file is unknown; the next append then starts a file of its own.
        file.write_all(&bytes).map_err(VisionError::io(&path))?;
        self.open = Some((file, path));
        Ok(())
    }

    /// Brings everything written to the disk itself, so that it outlives a power cut too.
    pub(super) fn sync(&mut self) -> Result<(), VisionError> {
        match &self.open {
            Some((file, path)) => file.sync_data().map_err(VisionError::io(path)),
            None => Ok(()),
        }
    }
}

/// A new file that no other process or thread writes to.
fn create(folder: &Path) -> Result<(File, PathBuf), VisionError> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    std::fs::create_dir_all(folder).map_err(VisionError::io(folder))?;
    loop {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{nanos:024x}-{:x}-{count:x}.{EXTENSION}", std::process::id()));
        match OpenOptions::new().append(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(MAGIC).map_err(VisionError::io(&path))?;
                return Ok((file, path));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(VisionError::io(&path)(error)),
        }
    }
}

/// Reads every intact record in a folder, oldest file first. A missing folder holds none; in a damaged file, what
/// stands before the damage counts.
pub(super) fn read_all(folder: &Path, mut each: impl FnMut(&[u8])) -> Result<(), VisionError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(VisionError::io(folder)(error)),
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION))
        .collect();
    paths.sort();
    for path in paths {
        match read_one(&path, &mut each) {
            Ok(()) => {}
            // Somebody emptied the cache meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(VisionError::io(&path)(error)),
        }
    }
    Ok(())
}

fn read_one(path: &Path, each: &mut impl FnMut(&[u8])) -> std::io::Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut magic = [0; MAGIC.len()];
    if !filled(&mut reader, &mut magic)? || &magic != MAGIC {
        return Ok(());
    }
    let mut payload = Vec::new();
    let mut length = [0; 4];
    let mut sum = [0; CHECKSUM];
    while filled(&mut reader, &mut length)? {
        let length = u32::from_le_bytes(length) as usize;
        if length > MAX_RECORD {
            break;
        }
        payload.resize(length, 0);
        if !filled(&mut reader, &mut payload)? || !filled(&mut reader, &mut sum)? || sum != checksum(&payload) {
            break;
        }
        each(&payload);
    }
    Ok(())
}

/// Whether the buffer could be filled; `false` at the end of the file.
fn filled(reader: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
