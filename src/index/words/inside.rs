//! Words inside a picture's file: EXIF, IPTC, XMP and comments. Only the blocks that hold them are read, never pixels.

mod exif;
mod iptc;
mod jpeg;
mod png;
mod tiff;
mod webp;

use std::io::{self, Read, Seek, SeekFrom};

use super::{Origin, Role, Words, xmp};
use crate::base::guarded;
use crate::dataset::{decode_text, plain};

/// Bytes of all blocks of a picture that are read; those of a photo's own words are a few thousand.
const MOST_BYTES: usize = 4 << 20;
/// Parts of a file that are looked at.
const MOST_PARTS: usize = 4000;

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

/// What a picture's file holds besides pixels.
#[derive(Debug, Default)]
struct Blocks {
    /// A TIFF structure.
    exif: Vec<u8>,
    /// IPTC's records.
    iptc: Vec<u8>,
    xmp: Vec<u8>,
    /// Texts and what they are.
    texts: Vec<(Role, Vec<u8>)>,
    read: usize,
}

impl Blocks {
    /// The next `length` bytes; `None` where that is more than a picture's words may be.
    fn take(&mut self, from: &mut impl Read, length: usize) -> io::Result<Option<Vec<u8>>> {
        if length > MOST_BYTES - self.read {
            return Ok(None);
        }
        self.read += length;
        let mut bytes = vec![0; length];
        from.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    }
}

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
    let has_exif = guarded(|| exif::add(words, blocks.exif)).unwrap_or(false);
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

/// Reads `N` bytes.
fn array<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}
