//! Kept epochs as a file.
//!
//! ```text
//! crossrank epochs 1
//! {"stride":2,"queries":[["bird",52],…],"weights":[["head_text.weight",69],…]}
//! per epoch, little-endian: its number (u64), weights (f64), scores (f32), the first half of the record's BLAKE3
//! ```
//! It grows by one record at a time. A record that a crash cut short is ignored, like the last line of the history.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{KeptEpoch, KeptEpochs, MOST_KEPT_BYTES};
use crate::base::{ContentHash, FileError, check_file, read_file};
use crate::train::run_folder::KEPT_EPOCHS;

/// The first line.
const FIRST_LINE: &[u8] = b"crossrank epochs 1\n";
/// Bytes of a record's number and hash.
const FRAME: usize = 8 + 16;
/// No run has more epochs; a number beyond is not one.
const MOST_EPOCHS: u64 = 1 << 32;

/// The second line.
#[derive(Serialize, Deserialize)]
struct Header {
    stride: usize,
    queries: Vec<(String, usize)>,
    weights: Vec<(String, usize)>,
}

/// Why a file does not hold kept epochs.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("not the kept epochs of a run")]
    OtherFile,
    #[error("the second line: {0}")]
    Header(#[from] serde_json::Error),
    #[error("a stride of 0")]
    Stride,
    #[error("more numbers an epoch than a file can hold")]
    Counts,
    #[error("record {0} is damaged")]
    Record(usize),
    #[error("record {0} has an epoch out of order")]
    Order(usize),
    #[error("record {0} holds a value that is not a finite number")]
    Number(usize),
}

impl KeptEpochs {
    /// Reads a run's kept epochs; `None` if it kept none.
    ///
    /// # Errors
    /// If there is a file that cannot be read or is malformed, with the path.
    pub fn read(folder: &Path) -> Result<Option<Self>, FileError> {
        let path = folder.join(KEPT_EPOCHS);
        if std::fs::symlink_metadata(&path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Ok(None);
        }
        let length = check_file(&path)?.len();
        if length > MOST_KEPT_BYTES as u64 {
            let message = format!("{length} bytes are more than the {MOST_KEPT_BYTES} that a run keeps");
            return Err(FileError::malformed(message, &path));
        }
        Self::parse(&read_file(&path)?).map(Some).map_err(|fault| FileError::malformed(fault, &path))
    }

    fn parse(file: &[u8]) -> Result<Self, Fault> {
        let rest = file.strip_prefix(FIRST_LINE).ok_or(Fault::OtherFile)?;
        let end = rest.iter().position(|&byte| byte == b'\n').ok_or(Fault::OtherFile)?;
        let Header { stride, queries, weights } = serde_json::from_slice(&rest[..end])?;
        if stride == 0 {
            return Err(Fault::Stride);
        }
        let mut kept = Self { queries, weights, stride, epochs: Vec::new() };
        let (weights, scores) = kept.counts().ok_or(Fault::Counts)?;
        let size = record_size(weights, scores).ok_or(Fault::Counts)?;
        let records = rest[end + 1..].chunks_exact(size);
        let count = records.len();
        for (at, record) in records.enumerate() {
            match parse_record(record, weights, at + 1) {
                Ok(epoch) if kept.epochs.last().is_none_or(|last| last.epoch < epoch.epoch) => kept.epochs.push(epoch),
                Ok(_) => return Err(Fault::Order(at + 1)),
                // A power failure can leave the last one damaged.
                Err(Fault::Record(_)) if at + 1 == count => break,
                Err(fault) => return Err(fault),
            }
        }
        Ok(kept)
    }

    /// Everything before the records.
    pub(super) fn header(&self) -> Result<Vec<u8>, serde_json::Error> {
        let Self { stride, queries, weights, .. } = self.clone();
        let line = serde_json::to_vec(&Header { stride, queries, weights })?;
        Ok([FIRST_LINE, &line, b"\n"].concat())
    }

    /// Bytes of one epoch; `None` if there is no such number.
    pub(super) fn record_size(&self) -> Option<usize> {
        let (weights, scores) = self.counts()?;
        record_size(weights, scores)
    }
}

impl KeptEpoch {
    /// As a record.
    pub(super) fn record(&self) -> Vec<u8> {
        let mut bytes = (self.epoch as u64).to_le_bytes().to_vec();
        bytes.extend(self.weights.iter().flat_map(|x| x.to_le_bytes()));
        bytes.extend(self.scores.iter().flat_map(|x| x.to_le_bytes()));
        bytes.extend(hash(&bytes).to_le_bytes());
        bytes
    }
}

fn record_size(weights: usize, scores: usize) -> Option<usize> {
    weights.checked_mul(8)?.checked_add(scores.checked_mul(4)?)?.checked_add(FRAME)
}

fn hash(bytes: &[u8]) -> u128 {
    let mut hash = ContentHash::default();
    hash.bytes(bytes);
    hash.half()
}

/// One record, the `number`th from 1, of a size that fits.
fn parse_record(record: &[u8], weights: usize, number: usize) -> Result<KeptEpoch, Fault> {
    let damaged = || Fault::Record(number);
    let (content, end) = record.split_last_chunk::<16>().ok_or_else(damaged)?;
    if u128::from_le_bytes(*end) != hash(content) {
        return Err(damaged());
    }
    let (epoch, values) = content.split_first_chunk::<8>().ok_or_else(damaged)?;
    let epoch = u64::from_le_bytes(*epoch);
    let (weights, scores) = values.split_at_checked(8 * weights).ok_or_else(damaged)?;
    let weights: Vec<f64> = weights.as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect();
    let scores: Vec<f32> = scores.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    if !(1..MOST_EPOCHS).contains(&epoch) {
        return Err(Fault::Order(number));
    }
    if weights.iter().any(|x| !x.is_finite()) || scores.iter().any(|x| !x.is_finite()) {
        return Err(Fault::Number(number));
    }
    Ok(KeptEpoch { epoch: epoch as usize, weights, scores })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> KeptEpochs {
        let epoch = |epoch| KeptEpoch { epoch, weights: vec![epoch as f64, 0.5], scores: vec![1.0, -2.0, 3.5] };
        KeptEpochs {
            queries: vec![("a".to_owned(), 1), ("b".to_owned(), 2)],
            weights: vec![("w".to_owned(), 2)],
            stride: 2,
            epochs: [1, 3, 4].map(epoch).to_vec(),
        }
    }

    fn bytes(kept: &KeptEpochs) -> Vec<u8> {
        let records = kept.epochs.iter().flat_map(KeptEpoch::record);
        kept.header().unwrap().into_iter().chain(records).collect()
    }

    #[test]
    fn what_is_written_is_read_and_a_record_cut_short_is_ignored() {
        let kept = kept();
        let file = bytes(&kept);
        assert_eq!(KeptEpochs::parse(&file).unwrap(), kept);
        let cut = KeptEpochs::parse(&file[..file.len() - 1]).unwrap();
        assert_eq!(cut, KeptEpochs { epochs: kept.epochs[..2].to_vec(), ..kept.clone() });
        assert_eq!(kept.weights_of(&kept.epochs[1])["w"], [3.0, 0.5]);
        assert_eq!(kept.scores_of(&kept.epochs[1]), [&[1.0][..], &[-2.0, 3.5]]);
    }

    #[test]
    fn damage_is_told() {
        let kept = kept();
        let fault = |file: &[u8]| KeptEpochs::parse(file).unwrap_err().to_string();
        let mut file = bytes(&kept);
        let first = kept.header().unwrap().len();
        file[first + 9] ^= 1;
        assert_eq!(fault(&file), "record 1 is damaged");
        let again = KeptEpochs { epochs: vec![kept.epochs[1].clone(), kept.epochs[0].clone()], ..kept.clone() };
        assert_eq!(fault(&bytes(&again)), "record 2 has an epoch out of order");
        let mut none = kept.clone();
        none.epochs[0].scores[0] = f32::NAN;
        assert_eq!(fault(&bytes(&none)), "record 1 holds a value that is not a finite number");
        assert_eq!(fault(b"{}"), "not the kept epochs of a run");
        let huge = KeptEpochs { queries: vec![("a".to_owned(), usize::MAX), ("b".to_owned(), 2)], ..kept.clone() };
        assert_eq!(fault(&bytes(&huge)), "more numbers an epoch than a file can hold");
        assert_eq!(fault(&bytes(&KeptEpochs { stride: 0, ..kept })), "a stride of 0");
    }
}
