//! Decoding bytes to text, which never fails.

use std::path::Path;

use super::warnings::Warnings;
use super::{DatasetError, WarningKind};
use crate::base::At;

/// Reads a text file: a byte order mark decides between UTF-8 and UTF-16, otherwise it is UTF-8, in which stray bytes
/// are read as Windows-1252 (with one warning, at the first one's line).
///
/// # Errors
/// If the file cannot be read at all.
pub(super) fn read_text(path: &Path, warnings: &mut Warnings) -> Result<String, DatasetError> {
    let bytes = std::fs::read(path).at(path)?;
    let (text, stray) = decode(bytes);
    if let Some(stray) = stray {
        let message = format!("{} stray bytes that are not UTF-8, read as Windows-1252", stray.count);
        warnings.line(WarningKind::StrayBytes, path, stray.line, message);
    }
    Ok(text)
}

/// Reads an optional text file: an error becomes a warning.
pub(super) fn read_text_or_warn(path: &Path, warnings: &mut Warnings) -> Option<String> {
    read_text(path, warnings).map_err(|error| warnings.error(error)).ok()
}

/// The number of bytes that were not UTF-8, and the line of the first.
#[derive(Debug, PartialEq)]
struct Stray {
    count: usize,
    line: usize,
}

fn decode(bytes: Vec<u8>) -> (String, Option<Stray>) {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(&bytes)
        && encoding != encoding_rs::UTF_8
    {
        return (encoding.decode_without_bom_handling(&bytes[length..]).0.into_owned(), None);
    }
    match String::from_utf8(bytes) {
        Ok(text) => (strip_mark(text), None),
        Err(error) => {
            let (text, stray) = mend(error.as_bytes());
            (strip_mark(text), stray)
        }
    }
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
    fn every_kind_of_line_end_is_counted_once() {
        let lines = |text: &'static str| numbered_lines(text).collect::<Vec<_>>();
        assert_eq!(lines("a\r\nb\nc"), [(1, "a"), (2, "b"), (3, "c")]);
        assert_eq!(lines("a\rb"), [(1, "a"), (2, "b")]);
    }
}
