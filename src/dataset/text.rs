//! Decoding bytes to text, which never fails.

use std::io::Read;
use std::path::Path;

use super::warnings::Warnings;
use super::{DatasetError, WarningKind};
use crate::base::{At, FileError, open_file, read_file};

/// How many bytes of a file are looked at to tell its encoding.
const START: usize = 64 * 1024;
const UTF_16: &str = "UTF-16 text without a byte order mark";
const UTF_32: &str = "UTF-32 text";

/// Reads a text file: a byte order mark decides between UTF-8 and UTF-16, otherwise it is UTF-8, in which stray bytes
/// are read as Windows-1252 (with one warning, at the first one's line).
///
/// # Errors
/// If the file cannot be read at all, or is UTF-32, or UTF-16 without a byte order mark.
pub(super) fn read_text(path: &Path, warnings: &mut Warnings) -> Result<String, DatasetError> {
    let bytes = read_file(path)?;
    refuse_wide(&bytes, path)?;
    let (text, stray) = decode(bytes);
    if let Some(stray) = stray {
        stray.warn(path, warnings);
    }
    Ok(text)
}

/// Checks the encoding of a text file by its start, as [`read_text`] does.
///
/// # Errors
/// If it is, or cannot be read.
pub(super) fn check_encoding(path: &Path) -> Result<(), DatasetError> {
    let mut start = Vec::new();
    open_file(path)?.take(START as u64).read_to_end(&mut start).at(path)?;
    refuse_wide(&start, path)
}

/// Refuses the encodings that cannot be read, by the start of a text.
///
/// # Errors
/// If it is in one.
pub(super) fn refuse_wide(bytes: &[u8], path: &Path) -> Result<(), DatasetError> {
    match wide_encoding(bytes) {
        Some(what) => Err(FileError::malformed(format!("{what}; save it as UTF-8"), path).into()),
        None => Ok(()),
    }
}

/// The unsupported encoding of a text whose characters all take two or four bytes, if it looks like one. The separators of any
/// table, list or markup then have a zero byte or three, always at the same places.
fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    let start = &bytes[..bytes.len().min(START)];
    if start.starts_with(b"\xff\xfe\0\0") || start.starts_with(b"\0\0\xfe\xff") {
        return Some(UTF_32);
    }
    if encoding_rs::Encoding::for_bom(start).is_some() {
        return None;
    }
    let mut zeros = [0_usize; 4];
    start.iter().enumerate().filter(|(_, byte)| **byte == 0).for_each(|(at, _)| zeros[at % 4] += 1);
    let count = zeros.iter().sum::<usize>();
    // A stray zero byte here and there is damage, not an encoding.
    if count < 4 || count * 50 < start.len() {
        return None;
    }
    let (even, odd) = (zeros[0] + zeros[2], zeros[1] + zeros[3]);
    let whole = start.len() / 4;
    let three_of_four = [[0, 1, 2], [1, 2, 3]].iter().any(|at| at.iter().all(|&at| zeros[at] * 2 > whole));
    match (three_of_four, even, odd) {
        (true, ..) => Some(UTF_32),
        (_, 0, _) | (_, _, 0) => Some(UTF_16),
        // Other letters may have a zero byte on the other side, as Ā does.
        (_, even, odd) => (even.max(odd) >= 8 * even.min(odd)).then_some(UTF_16),
    }
}

/// Reads an optional text file: an error becomes a warning.
pub(super) fn read_text_or_warn(path: &Path, warnings: &mut Warnings) -> Option<String> {
    read_text(path, warnings).map_err(|error| warnings.error(error)).ok()
}

/// Bytes as text, as [`read_text`] reads a file; empty for the encodings that it refuses.
pub(crate) fn decode_text(bytes: Vec<u8>) -> String {
    if wide_encoding(&bytes).is_some() { String::new() } else { decode(bytes).0 }
}

/// The number of bytes that were not UTF-8, and the line of the first.
#[derive(Debug, PartialEq)]
pub(super) struct Stray {
    pub count: usize,
    pub line: usize,
}

impl Stray {
    /// Reports them, once for a file.
    pub fn warn(&self, path: &Path, warnings: &mut Warnings) {
        let message = format!("{} stray bytes that are not UTF-8, read as Windows-1252", self.count);
        warnings.line(WarningKind::StrayBytes, path, self.line, message);
    }
}

fn decode(bytes: Vec<u8>) -> (String, Option<Stray>) {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(&bytes)
        && encoding != encoding_rs::UTF_8
    {
        return (encoding.decode_without_bom_handling(&bytes[length..]).0.into_owned(), None);
    }
    let (text, stray) = utf_8(bytes);
    (strip_mark(text), stray)
}

/// Bytes as UTF-8, stray ones as Windows-1252.
pub(super) fn utf_8(bytes: Vec<u8>) -> (String, Option<Stray>) {
    String::from_utf8(bytes).map_or_else(|error| mend(error.as_bytes()), |text| (text, None))
}

fn strip_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// Keeps what is UTF-8 and reads every other byte as Windows-1252.
fn mend(bytes: &[u8]) -> (String, Option<Stray>) {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let mut stray: Option<Stray> = None;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if chunk.invalid().is_empty() {
            continue;
        }
        match &mut stray {
            Some(stray) => stray.count += chunk.invalid().len(),
            None => {
                let line = 1 + text.bytes().filter(|&byte| byte == b'\n').count();
                stray = Some(Stray { count: chunk.invalid().len(), line });
            }
        }
        text.push_str(&encoding_rs::WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    (text, stray)
}

/// The lines of a text with their numbers from 1; `\n`, `\r\n` and a lone `\r` end a line.
pub(super) fn numbered_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // Only classic Mac files use lone carriage returns as line ends; elsewhere one is trailing white space.
    let separator = if text.contains('\n') { '\n' } else { '\r' };
    text.split(separator).enumerate().map(|(index, line)| (index + 1, line.trim_end_matches('\r')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_latin_1_bytes_become_their_letters() {
        let (text, stray) = decode(b"one\nCaf\xe9 and Caf\xc3\xa9 \x93quoted\x94".to_vec());
        assert_eq!(text, "one\nCafé and Café “quoted”");
        assert_eq!(stray, Some(Stray { count: 3, line: 2 }));
    }

    #[test]
    fn byte_order_marks_are_taken_off() {
        assert_eq!(decode(b"\xef\xbb\xbfid,x".to_vec()), ("id,x".to_owned(), None));
        assert_eq!(decode(b"\xff\xfei\0d\0".to_vec()), ("id".to_owned(), None));
    }

    #[test]
    fn wide_encodings_without_a_mark_are_told_from_damage() {
        let text = "id,title\na,東京 Ā\nb,old mill\n";
        let wide = |unit: &dyn Fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        assert_eq!(wide_encoding(&wide(&u16::to_le_bytes)), Some(UTF_16));
        assert_eq!(wide_encoding(&wide(&u16::to_be_bytes)), Some(UTF_16));
        for bytes in [|c: char| (c as u32).to_le_bytes(), |c: char| (c as u32).to_be_bytes()] {
            assert_eq!(wide_encoding(&text.chars().flat_map(bytes).collect::<Vec<u8>>()), Some(UTF_32));
        }
        assert_eq!(wide_encoding(text.as_bytes()), None);
        assert_eq!(wide_encoding(b"id,title\na,b\0\0\n"), None, "two stray zero bytes");
        assert_eq!(wide_encoding(&[b"\xff\xfe".as_slice(), &wide(&u16::to_le_bytes)].concat()), None, "with a mark");
    }

    #[test]
    fn every_kind_of_line_end_is_counted_once() {
        let lines = |text: &'static str| numbered_lines(text).collect::<Vec<_>>();
        assert_eq!(lines("a\r\nb\nc"), [(1, "a"), (2, "b"), (3, "c")]);
        assert_eq!(lines("a\rb"), [(1, "a"), (2, "b")]);
    }
}
