//! `set.json`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::base::{At, FileError, read_text_file, write_whole};
use crate::index::IndexError;
use crate::vision::EncoderSpec;

/// The file's name.
pub(super) const FILE: &str = "set.json";

/// Numbers that a vector may have.
const DIMENSIONS: std::ops::RangeInclusive<usize> = 1..=1 << 20;

/// The highest number in the names of files, each of which is one more than that of the file before.
const MOST_FILES: u64 = u32::MAX as u64;

/// The version of the format.
const VERSION: u32 = 1;

/// What is known about the vectors of one encoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VectorInfo {
    /// The version of the format, 1.
    pub version: u32,
    /// What the vectors are called: the encoder's name.
    pub name: String,
    /// The encoder's key, which is also the name of the folder.
    pub key: String,
    /// BLAKE3 of the weights, in hexadecimal.
    pub weights: String,
    /// The layer, in words.
    pub layer: String,
    /// Numbers of a vector.
    pub dim: usize,
    /// The encoder, to compute further vectors.
    pub encoder: EncoderSpec,
    /// The number in the names of the files of rows.
    #[serde(default)]
    pub rows: u64,
    /// The index of neighbours, if there is one.
    #[serde(default)]
    pub near: Option<NearInfo>,
    /// Whether all pictures have been through the encoder once, rather than a sample of them.
    #[serde(default = "yes")]
    pub whole: bool,
}

/// Sets of earlier versions were never meant to be a sample.
fn yes() -> bool {
    true
}

/// What is known about the index of neighbours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearInfo {
    /// The number in its file's name.
    pub file: u64,
    /// It knows rows below this one.
    pub rows: usize,
    /// How well it finds the nearest, measured when it was made.
    pub recall: Recall,
    /// How long it took to make, in seconds.
    pub seconds: f64,
}

/// How many of the nearest the index finds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recall {
    /// The share of the exact nearest that it finds.
    pub share: f64,
    /// How many nearest were asked for.
    pub k: usize,
    /// For how many pictures.
    pub pictures: usize,
}

impl VectorInfo {
    /// Of a new set.
    ///
    /// # Errors
    /// If the weights cannot be read.
    pub(super) fn of(encoder: &EncoderSpec) -> Result<Self, IndexError> {
        Ok(Self {
            version: VERSION,
            name: encoder.name(),
            key: encoder.key()?.to_string(),
            weights: encoder.weights_hash()?,
            layer: encoder.feature.to_string(),
            dim: encoder.dim(),
            encoder: encoder.clone(),
            rows: 0,
            near: None,
            whole: false,
        })
    }

    /// How well the index of neighbours does; `None` where the nearest are found exactly.
    pub fn recall(&self) -> Option<Recall> {
        self.near.as_ref().map(|near| near.recall)
    }
}

/// Reads the description of a set.
///
/// # Errors
/// If it is not there, malformed, says what cannot be, or is of a newer version.
pub(super) fn read(folder: &Path) -> Result<VectorInfo, IndexError> {
    let path = folder.join(FILE);
    let text = read_text_file(&path)?;
    let info: VectorInfo = serde_json::from_str(&text)
        .map_err(|error| FileError::malformed(format!("not a description of vectors: {error}"), &path))?;
    let fault = |message: String| Err(FileError::malformed(message, &path).into());
    if info.version != VERSION {
        return fault(format!("version {} of vectors, which a newer Crossrank made", info.version));
    }
    if !DIMENSIONS.contains(&info.dim) || info.dim != info.encoder.dim() {
        return fault(format!("vectors of {} numbers, of an encoder that gives {}", info.dim, info.encoder.dim()));
    }
    let numbers = [Some(info.rows), info.near.as_ref().map(|near| near.file)];
    if let Some(number) = numbers.into_iter().flatten().find(|&number| number > MOST_FILES) {
        return fault(format!("files with the number {number}, more than were ever made"));
    }
    Ok(info)
}

/// Writes the description of a set.
///
/// # Errors
/// If that fails; the old one is then left as it was.
pub(super) fn write(folder: &Path, info: &VectorInfo) -> Result<(), IndexError> {
    let path = folder.join(FILE);
    let text = serde_json::to_vec_pretty(info).map_err(|error| FileError::malformed(error, &path))?;
    Ok(write_whole(&path, &[&text, b"\n"]).at(&path)?)
}
