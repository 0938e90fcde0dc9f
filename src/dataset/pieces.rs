//! A text file in pieces, so that one of any size takes bounded memory.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::DatasetError;
use super::text::{Stray, refuse_wide, utf_8};
use super::warnings::{Warnings, owned};
use crate::base::{At, open_file};

/// Bytes read at a time.
const PIECE: usize = 4 << 20;

/// A text file, decoded as [`super::text::read_text`] does. Pieces of UTF-8 end with a line, unless that is very long.
pub(super) struct Pieces {
    path: PathBuf,
    file: File,
    /// For UTF-16.
    decoder: Option<encoding_rs::Decoder>,
    /// What follows the last piece's last line.
    rest: Vec<u8>,
    is_started: bool,
    is_ended: bool,
    lines: usize,
    stray: Option<Stray>,
}

impl Pieces {
    /// Opens a file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(path: &Path) -> Result<Self, DatasetError> {
        let file = open_file(path)?;
        let (rest, stray) = (Vec::new(), None);
        Ok(Self { path: owned(path), file, decoder: None, rest, is_started: false, is_ended: false, lines: 0, stray })
    }

    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// If the file cannot be read, or is in an encoding that is not.
    pub fn next(&mut self) -> Result<Option<String>, DatasetError> {
        if self.is_ended {
            return Ok(None);
        }
        let mut bytes = std::mem::take(&mut self.rest);
        let read = (&mut self.file).take(PIECE as u64).read_to_end(&mut bytes).at(&self.path)?;
        self.is_ended = read < PIECE;
        if !std::mem::replace(&mut self.is_started, true) {
            refuse_wide(&bytes, &self.path)?;
            if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(&bytes) {
                bytes.drain(..mark);
                self.decoder = (encoding != encoding_rs::UTF_8).then(|| encoding.new_decoder_without_bom_handling());
            }
        }
        Ok(Some(match &mut self.decoder {
            Some(decoder) => {
                let mut text =
                    String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len()));
                let _ = decoder.decode_to_string(&bytes, &mut text, self.is_ended);
                text
            }
            None => self.lines_of(bytes),
        }))
    }

    /// The whole lines of a text.
    fn lines_of(&mut self, mut bytes: Vec<u8>) -> String {
        if !self.is_ended {
            let last = |end: u8| bytes.iter().rposition(|byte| *byte == end);
            if let Some(last) = last(b'\n').or_else(|| last(b'\r')) {
                self.rest = bytes.split_off(last + 1);
            }
        }
        let (text, stray) = utf_8(bytes);
        if let Some(found) = stray {
            let line = self.lines + found.line;
            let all = self.stray.get_or_insert(Stray { count: 0, line });
            all.count += found.count;
        }
        self.lines += text.bytes().filter(|byte| *byte == b'\n').count();
        text
    }

    /// Reports bytes that were not UTF-8.
    pub fn warn(&self, warnings: &mut Warnings) {
        if let Some(stray) = &self.stray {
            stray.warn(&self.path, warnings);
        }
    }
}
