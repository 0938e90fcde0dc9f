//! A picture of a collection, and where its bytes are.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Words;
use crate::base::{At, FileError, open_file};
use crate::dataset::Reach;
use crate::index::IndexError;

/// The largest picture that is read, in bytes, as in `vision`.
const MOST_BYTES: u64 = 512 << 20;

/// A picture and its words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Its path below the pictures' folder, separated by `/`; in a shard, `shard.tar/name.jpg`.
    pub path: String,
    /// What decides whether it has changed.
    pub stamp: Stamp,
    /// Where its bytes are, for a picture in a shard; `None` for a file of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// What is said about it.
    pub words: Words,
}

/// What decides whether a picture or its words have changed: two stamps are equal if nothing has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Size of the picture in bytes.
    pub bytes: u64,
    /// When its file was last modified, in nanoseconds since 1970-01-01 UTC.
    pub modified: i64,
    /// Hash of the names, sizes and times of the files beside it that speak of it; 0 without any.
    pub beside: u64,
    /// Hash of what tables say about it; 0 if they say nothing.
    pub rows: u64,
}

/// Part of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The shard's path below the pictures' folder.
    pub file: String,
    /// Where the picture starts in it, in bytes.
    pub start: u64,
    /// How many bytes it has.
    pub length: u64,
}

/// The bytes of a picture: of its own file, or of its part of a shard.
///
/// # Errors
/// If the file cannot be read, is too short or too large, or is beyond `reach`.
pub fn picture_bytes(root: &Path, reach: Reach, path: &str, part: Option<&Part>) -> Result<Vec<u8>, IndexError> {
    let file = root.join(part.map_or(path, |part| &part.file));
    if !reach.admits(&file, root) {
        return Err(IndexError::Outside(file));
    }
    let mut opened = open_file(&file)?;
    let too_large = |length: u64| FileError::malformed(format!("a picture of {length} bytes is too large"), &file);
    let mut bytes = Vec::new();
    match part {
        None => {
            let length = opened.metadata().at(&file)?.len();
            if length > MOST_BYTES {
                return Err(too_large(length).into());
            }
            opened.take(MOST_BYTES).read_to_end(&mut bytes).at(&file)?;
        }
        Some(part) => {
            if part.length > MOST_BYTES {
                return Err(too_large(part.length).into());
            }
            opened.seek(SeekFrom::Start(part.start)).at(&file)?;
            opened.take(part.length).read_to_end(&mut bytes).at(&file)?;
            if bytes.len() as u64 != part.length {
                let message = format!("'{path}' is no longer where it was in this shard; read the collection again");
                return Err(FileError::malformed(message, &file).into());
            }
        }
    }
    Ok(bytes)
}
