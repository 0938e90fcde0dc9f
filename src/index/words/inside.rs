//! Words inside a picture's file: EXIF, IPTC, XMP and comments. Only the blocks that hold them are read, never pixels.

mod blocks;
mod exif_block;
mod iptc;
mod jpeg;
mod png;
mod tiff;
mod webp;

use std::io::{self, Read, Seek, SeekFrom};

use self::blocks::Blocks;
use super::{Origin, Words, xmp};
use crate::base::guarded;
use crate::dataset::{decode_text, plain};

/// Beginnings of comments that programs write, in [`plain`] form.
const PROGRAMS: [&str; 14] = [
    "creatorgdjpeg",
    "createdwith",
    "createdby",
    "filewrittenby",
    "filesource",
    "leadtechnologies",
    "applemark",
    "intelrjpeg",
    "acdsystems",
    "lavc",
    "processedby",
    "compressedby",
    "optimizedby",
    "handmadesoftware",
];

/// Adds the words in a picture of any format. A damaged picture has those before the damage.
///
/// # Errors
/// If the file cannot be read, other than for being too short.
pub(super) fn add(words: &mut Words, file: &mut (impl Read + Seek)) -> io::Result<()> {
    let mut blocks = Blocks::default();
    let mut start = [0; 12];
    let found = match file.read_exact(&mut start) {
        Ok(()) => blocks_of(&start, file, &mut blocks),
        Err(error) => Err(error),
    };
    match found {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
        _ => {}
    }
    let has_xmp = !blocks.xmp.is_empty() && xmp::add(words, blocks.xmp).unwrap_or(false);
    let has_iptc = iptc::add(words, &blocks.iptc);
    // The library is third-party code with untrusted input.
    let has_exif = guarded(|| exif_block::add(words, blocks.exif)).unwrap_or(false);
    let mut has_texts = false;
    for (role, text) in blocks.texts {
        let text = decode_text(text);
        let is_program = { PROGRAMS.iter().any(|start| plain(&text).starts_with(start)) };
        has_texts |= !is_program && words.add(role, "", &text);
    }
    let origins =
        [(has_exif, Origin::Exif), (has_iptc, Origin::Iptc), (has_xmp, Origin::Xmp), (has_texts, Origin::Comment)];
    origins.into_iter().filter(|(has_words, _)| *has_words).for_each(|(_, origin)| words.from(origin));
    Ok(())
}

/// Reads the blocks of a picture by the format that its first bytes show.
fn blocks_of(start: &[u8; 12], file: &mut (impl Read + Seek), blocks: &mut Blocks) -> io::Result<()> {
    let mut from = |position: u64| file.seek(SeekFrom::Start(position));
    match start {
        [0xFF, 0xD8, 0xFF, ..] => {
            from(2)?;
            jpeg::read(file, blocks)
        }
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => {
            from(8)?;
            png::read(file, blocks)
        }
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => webp::read(file, blocks),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => tiff::read(file, blocks),
        _ => Ok(()),
    }
}
