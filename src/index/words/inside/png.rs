//! PNG's chunks of text, EXIF and XMP.
//!
//! Source: Portable Network Graphics Specification, Third Edition (W3C, 2025), 11.3. Compressed texts are left out:
//! pictures hold few, and a short one can unpack to any length.

use std::io::{self, Read, Seek};

use super::blocks::{Blocks, MOST_PARTS, array};
use crate::index::words::Role;

/// Keywords of texts by what they hold.
const KEYWORDS: [(&[u8], Role); 8] = [
    (b"Title", Role::Title),
    (b"Description", Role::Description),
    (b"Comment", Role::Description),
    (b"Author", Role::Author),
    (b"Artist", Role::Author),
    (b"Copyright", Role::License),
    (b"Keywords", Role::Tags),
    (b"Creation Time", Role::Date),
];

/// Reads the chunks after the signature.
pub(super) fn read(file: &mut (impl Read + Seek), blocks: &mut Blocks) -> io::Result<()> {
    for _ in 0..MOST_PARTS {
        let length = u32::from_be_bytes(array(file)?);
        let kind: [u8; 4] = array(file)?;
        match &kind {
            b"IEND" => break,
            b"eXIf" | b"tEXt" | b"iTXt" => {
                let Some(content) = blocks.take(file, length as usize)? else { break };
                match &kind {
                    b"eXIf" => blocks.exif = content,
                    b"tEXt" => add_text(&content, 1, blocks),
                    _ => add_international(&content, blocks),
                }
                // The checksum.
                file.seek_relative(4)?;
            }
            _ => file.seek_relative(i64::from(length) + 4)?,
        }
    }
    Ok(())
}

/// A text after its keyword; `skip` bytes are between them.
fn add_text(content: &[u8], skip: usize, blocks: &mut Blocks) {
    let Some(end) = content.iter().position(|byte| *byte == 0) else { return };
    let role = KEYWORDS.iter().find(|(keyword, _)| *keyword == &content[..end]).map(|(_, role)| *role);
    let text = content.get(end + skip..).unwrap_or_default();
    blocks.texts.extend(role.map(|role| (role, text.to_vec())));
}

/// Keyword, whether it is compressed, how, language, translated keyword, and the text.
fn add_international(content: &[u8], blocks: &mut Blocks) {
    let Some(end) = content.iter().position(|byte| *byte == 0) else { return };
    let Some([0, _, rest @ ..]) = content.get(end + 1..) else { return };
    let mut parts = rest.splitn(3, |byte| *byte == 0);
    let Some(text) = parts.nth(2) else { return };
    if &content[..end] == b"XML:com.adobe.xmp" {
        blocks.xmp = text.to_vec();
    } else {
        add_text(content, content.len() - text.len() - end, blocks);
    }
}
