//! WebP's chunks of EXIF and XMP.
//!
//! Source: RFC 9649 (IETF, 2024), 2.7.

use std::io::{self, Read, Seek};

use super::blocks::{Blocks, MOST_PARTS, array};

/// Reads the chunks after the head.
pub(super) fn read(file: &mut (impl Read + Seek), blocks: &mut Blocks) -> io::Result<()> {
    for _ in 0..MOST_PARTS {
        let kind: [u8; 4] = array(file)?;
        let length = u32::from_le_bytes(array(file)?);
        match &kind {
            b"EXIF" | b"XMP " => {
                let Some(content) = blocks.take(file, length as usize)? else { break };
                match &kind {
                    b"EXIF" => blocks.exif = content.strip_prefix(b"Exif\0\0").unwrap_or(&content).to_vec(),
                    _ => blocks.xmp = content,
                }
                file.seek_relative(i64::from(length % 2))?;
            }
            // Chunks of an odd length are padded.
            _ => file.seek_relative(i64::from(length) + i64::from(length % 2))?,
        }
    }
    Ok(())
}
