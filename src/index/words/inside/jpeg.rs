//! JPEG's segments up to the first scan.
//!
//! Sources: ITU-T T.81 (1992), annex B; Exif 2.32 (CIPA, 2019), 4.7; XMP Specification Part 3 (Adobe, 2016).

use std::io::{self, Read, Seek};

use super::blocks::{Blocks, MOST_PARTS, array};
use super::iptc;
use crate::index::words::Role;

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";

/// Reads the blocks after the start of the image.
pub(super) fn read(file: &mut (impl Read + Seek), blocks: &mut Blocks) -> io::Result<()> {
    let mut photoshop = Vec::new();
    for _ in 0..MOST_PARTS {
        let [mark, mut marker] = array(file)?;
        while marker == 0xFF {
            [marker] = array(file)?;
        }
        // The start of a scan, the end, or damage.
        if mark != 0xFF || matches!(marker, 0xDA | 0xD9) {
            break;
        }
        if matches!(marker, 0x01 | 0xD0..=0xD8) {
            continue;
        }
        let length = usize::from(u16::from_be_bytes(array(file)?)).saturating_sub(2);
        if !matches!(marker, 0xE1 | 0xED | 0xFE) {
            file.seek_relative(length as i64)?;
            continue;
        }
        let Some(content) = blocks.take(file, length)? else { break };
        match marker {
            0xE1 if blocks.exif.is_empty() && content.starts_with(EXIF) => blocks.exif = content[EXIF.len()..].to_vec(),
            0xE1 if blocks.xmp.is_empty() && content.starts_with(XMP) => blocks.xmp = content[XMP.len()..].to_vec(),
            0xED if content.starts_with(PHOTOSHOP) => photoshop.extend_from_slice(&content[PHOTOSHOP.len()..]),
            0xFE => blocks.texts.push((Role::Description, content)),
            _ => {}
        }
    }
    blocks.iptc = iptc::in_photoshop(&photoshop).to_vec();
    Ok(())
}
