//! Vectors on disk, by content.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::shard::{Place, ShardReader, ShardWriter, read_all};
use super::{Architecture, Feature, Preprocess, VisionError};

/// Bytes of a BLAKE3 hash.
const HASH: usize = blake3::OUT_LEN;

/// Names an encoder by what it does: architecture, content of the weights, preprocessing, layer. The device is no part of it;
/// devices agree to the last few bits of f32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EncoderKey(blake3::Hash);

impl EncoderKey {
    /// The key of an architecture with weights of this hash behind this preprocessing, at this layer.
    pub fn new(architecture: Architecture, weights: &blake3::Hash, preprocess: &Preprocess, feature: Feature) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in ["crossrank embedding 1", architecture.name(), &weights.to_hex(), &preprocess.fingerprint()] {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        // The usual layer adds nothing, so that vectors kept before there was a choice stay good.
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

/// The folder that keeps every vector ever computed, and what is known of the files they came from.
///
/// It may be used by several processes at once, killed at any moment, or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddingCache {
    folder: PathBuf,
}

impl EmbeddingCache {
    /// A cache in this folder, which is made when the first vector is kept.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether any vector of an encoder is kept.
    pub fn holds(&self, key: EncoderKey) -> bool {
        self.folder.join(key.to_string()).is_dir()
    }

    /// Where [`super::file_hashes`] keeps its memory.
    pub(super) fn files_folder(&self) -> PathBuf {
        self.folder.join("files")
    }

    /// The kept vectors of an encoder for the wanted contents, and room for more.
    ///
    /// # Errors
    /// Where the folder is there and cannot be read. Damaged records are left out.
    pub fn vectors(
        &self,
        key: EncoderKey,
        dim: usize,
        wanted: &HashSet<blake3::Hash>,
    ) -> Result<CachedVectors, VisionError> {
        let folder = self.folder.join(key.to_string());
        let mut places = HashMap::new();
        read_all(&folder, |record, place| {
            if let Some((hash, _)) = parse(record, dim).filter(|(hash, _)| wanted.contains(hash)) {
                places.insert(hash, place);
            }
        })?;
        Ok(CachedVectors { dim, places, writer: ShardWriter::new(folder) })
    }
}

/// The vectors of one encoder: what was found, and what is added. The numbers stay on the disk, so a data set may have
/// more of them than fit into memory.
pub struct CachedVectors {
    dim: usize,
    places: HashMap<blake3::Hash, Place>,
    writer: ShardWriter,
}

impl CachedVectors {
    /// Whether there is a vector for a picture, by the hash of its file.
    pub fn contains(&self, hash: &blake3::Hash) -> bool {
        self.places.contains_key(hash)
    }

    /// Reads the vectors of these pictures one after the other; those without one are left out.
    ///
    /// # Errors
    /// Where the disk refuses, or somebody emptied the cache meanwhile, and where `each` does.
    pub fn read<T>(
        &self,
        pictures: impl IntoIterator<Item = (T, blake3::Hash)>,
        mut each: impl FnMut(T, &[f32]) -> Result<(), VisionError>,
    ) -> Result<(), VisionError> {
        let mut reader = ShardReader::default();
        for (picture, hash) in pictures {
            let Some(place) = self.places.get(&hash) else { continue };
            if let Some((_, vector)) = parse(reader.read(place)?, self.dim) {
                each(picture, &vector)?;
            }
        }
        Ok(())
    }

    /// Keeps vectors, given row by row; on return they outlive the process.
    ///
    /// # Errors
    /// Where the disk is full or may not be written to.
    pub fn insert(&mut self, hashes: &[blake3::Hash], rows: &[f32]) -> Result<(), VisionError> {
        let rows = rows.chunks_exact(self.dim);
        let records: Vec<Vec<u8>> = hashes.iter().zip(rows).map(|(hash, row)| record(hash, row)).collect();
        let places = self.writer.append(records.iter().map(Vec::as_slice))?;
        self.places.extend(hashes.iter().copied().zip(places));
        Ok(())
    }

    /// Brings everything to the disk itself.
    ///
    /// # Errors
    /// Where the disk refuses.
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
