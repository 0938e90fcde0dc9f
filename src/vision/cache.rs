//! The embedding cache: vectors on disk, keyed by picture content.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::shard::{Location, ShardReader, ShardWriter, read_all};
use super::{Architecture, Feature, Preprocess, VisionError};
use crate::base::At;

/// Bytes of a BLAKE3 hash.
const HASH: usize = blake3::OUT_LEN;

/// Identifies an encoder by architecture, content of the weights, preprocessing and layer. The device is not part of
/// it, as devices agree to the last few bits of f32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EncoderKey(blake3::Hash);

impl EncoderKey {
    /// The key of an architecture with weights of this hash, this preprocessing and this layer.
    pub fn new(architecture: Architecture, weights: &blake3::Hash, preprocess: &Preprocess, feature: Feature) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in ["crossrank embedding 1", architecture.name(), &weights.to_hex(), &preprocess.fingerprint()] {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        // The default layer adds nothing, so vectors cached before there was a choice stay valid.
        if feature != Feature::default() {
            hasher.update(feature.to_string().as_bytes());
        }
        Self(hasher.finalize())
    }
}

impl fmt::Display for EncoderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_hex()[..32])
    }
}

/// A folder with every vector ever computed, and the hashes of the files they came from.
///
/// Several processes may use it at once, any of them may be killed at any moment, and the folder may be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddingCache {
    folder: PathBuf,
    /// Where new vectors go, if not there.
    additions: Option<PathBuf>,
}

impl EmbeddingCache {
    /// A cache in this folder, which is created with the first vector.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), additions: None }
    }

    /// The same vectors, with new ones written to another folder.
    pub fn adding_to(self, folder: impl Into<PathBuf>) -> Self {
        Self { additions: Some(folder.into()), ..self }
    }

    /// Checks that vectors can be added.
    ///
    /// # Errors
    /// If the folder cannot be made or written.
    pub fn check_writable(&self) -> Result<(), VisionError> {
        let folder = self.additions();
        let probe = folder.join(format!(".writable-{}", std::process::id()));
        std::fs::create_dir_all(folder).at(folder)?;
        std::fs::write(&probe, b"").at(&probe)?;
        Ok(std::fs::remove_file(&probe).at(&probe)?)
    }

    fn additions(&self) -> &Path {
        self.additions.as_deref().unwrap_or(&self.folder)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it has any vectors of an encoder.
    pub fn holds(&self, key: EncoderKey) -> bool {
        self.folder.join(key.to_string()).is_dir()
    }

    /// Where [`super::file_hashes`] reads its records, and where it writes them.
    pub(super) fn files_folders(&self) -> [PathBuf; 2] {
        [&self.folder, self.additions()].map(|folder| folder.join("files"))
    }

    /// The cached vectors of an encoder for the wanted contents; more can be added.
    ///
    /// # Errors
    /// If the folder exists but cannot be read. Damaged records are skipped.
    pub fn vectors(
        &self,
        key: EncoderKey,
        dim: usize,
        wanted: &HashSet<blake3::Hash>,
    ) -> Result<CachedVectors, VisionError> {
        let folder = self.folder.join(key.to_string());
        let mut locations = HashMap::new();
        read_all(&folder, |record, location| {
            if let Some((hash, _)) = parse(record, dim).filter(|(hash, _)| wanted.contains(hash)) {
                locations.insert(hash, location);
            }
        })?;
        let writer = ShardWriter::new(self.additions().join(key.to_string()));
        Ok(CachedVectors { dim, locations, writer })
    }
}

/// The vectors of one encoder, found and added. The data stay on disk, so there may be more than fit into memory.
pub struct CachedVectors {
    dim: usize,
    locations: HashMap<blake3::Hash, Location>,
    writer: ShardWriter,
}

impl CachedVectors {
    /// Whether there is a vector for a picture, by the hash of its file.
    pub fn contains(&self, hash: &blake3::Hash) -> bool {
        self.locations.contains_key(hash)
    }

    /// Reads the vectors of these pictures in order; those without one are skipped.
    ///
    /// # Errors
    /// If the disk fails, the cache was emptied meanwhile, or `each` fails.
    pub fn read<T>(
        &self,
        pictures: impl IntoIterator<Item = (T, blake3::Hash)>,
        mut each: impl FnMut(T, &[f32]) -> Result<(), VisionError>,
    ) -> Result<(), VisionError> {
        let mut reader = ShardReader::default();
        for (picture, hash) in pictures {
            let Some(location) = self.locations.get(&hash) else { continue };
            if let Some((_, vector)) = parse(reader.read(location)?, self.dim) {
                each(picture, &vector)?;
            }
        }
        Ok(())
    }

    /// Stores vectors, given row by row; on return they survive the end of the process.
    ///
    /// # Errors
    /// If the disk is full or cannot be written.
    pub fn insert(&mut self, hashes: &[blake3::Hash], rows: &[f32]) -> Result<(), VisionError> {
        let rows = rows.chunks_exact(self.dim);
        let records: Vec<Vec<u8>> = hashes.iter().zip(rows).map(|(hash, row)| record(hash, row)).collect();
        let locations = self.writer.append(records.iter().map(Vec::as_slice))?;
        self.locations.extend(hashes.iter().copied().zip(locations));
        Ok(())
    }

    /// Syncs everything to disk.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn sync(&mut self) -> Result<(), VisionError> {
        self.writer.sync()
    }
}

/// Hash, then the numbers as little-endian f32.
fn record(hash: &blake3::Hash, row: &[f32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HASH + 4 * row.len());
    bytes.extend_from_slice(hash.as_bytes());
    bytes.extend(row.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

fn parse(record: &[u8], dim: usize) -> Option<(blake3::Hash, Vec<f32>)> {
    let (hash, numbers) = record.split_first_chunk::<HASH>()?;
    if numbers.len() != 4 * dim {
        return None;
    }
    let number = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    Some((blake3::Hash::from_bytes(*hash), numbers.chunks_exact(4).map(number).collect()))
}
