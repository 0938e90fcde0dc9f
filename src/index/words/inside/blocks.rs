//! The blocks of a picture's file that hold words.

use std::io::{self, Read};

use crate::index::words::Role;

/// Bytes of all blocks of a picture that are read; those of a photo's own words are a few thousand.
const MOST_BYTES: usize = 4 << 20;
/// Parts of a file that are looked at.
pub(super) const MOST_PARTS: usize = 4000;

/// What a picture's file holds besides pixels.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// A TIFF structure.
    pub exif: Vec<u8>,
    /// IPTC's records.
    pub iptc: Vec<u8>,
    pub xmp: Vec<u8>,
    /// Texts and what they are.
    pub texts: Vec<(Role, Vec<u8>)>,
    read: usize,
}

impl Blocks {
    /// The next `length` bytes; `None` where that is more than a picture's words may be.
    pub fn take(&mut self, from: &mut impl Read, length: usize) -> io::Result<Option<Vec<u8>>> {
        if length > MOST_BYTES - self.read {
            return Ok(None);
        }
        self.read += length;
        let mut bytes = vec![0; length];
        from.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    }
}

/// Reads `N` bytes.
pub(super) fn array<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}
