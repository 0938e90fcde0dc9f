//! What the heads of pages claim, looked at before anything is set aside for it.
//!
//! Source: Apache Parquet's `parquet.thrift` (`PageHeader`) and Apache Thrift's compact protocol. A damaged head can
//! claim gigabytes for a page of a few bytes; the library would believe it.

use std::fs::File;
use std::io;

use ::parquet::file::metadata::ColumnChunkMetaData;
use ::parquet::file::reader::FileReader;

use super::guard::{Reader, invalid};
use crate::dataset::import::numbers::read_at;

/// A page of up to so many bytes is never too large.
const USUAL_PAGE: i64 = 64 << 20;
/// How many times smaller than its content a page may be (deflate reaches 1032).
const DENSEST: i64 = 1100;
/// Places in a page.
const MOST_PLACES: i64 = 1 << 27;
/// Bytes in which a head ends, with its statistics.
const LONGEST_HEAD: usize = 1 << 20;
const USUAL_HEAD: usize = 1 << 10;
/// Depth of structures within a head.
const DEEPEST: usize = 8;

/// What the head of a page says.
#[derive(Default)]
struct Head {
    unpacked: i64,
    packed: i64,
    /// Values of a page of data, and of a dictionary.
    places: i64,
    entries: i64,
    /// Bytes of the head itself.
    length: usize,
}

/// Looks at the places and sizes of all columns.
///
/// # Errors
/// If one lies outside the file.
pub(super) fn check_groups(reader: &Reader) -> io::Result<()> {
    for column in reader.metadata().row_groups().iter().flat_map(|group| group.columns()) {
        let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
        if start < 0 || column.compressed_size() < 0 || column.num_values() < 0 || column.data_page_offset() < 0 {
            return Err(invalid("a column lies outside the file"));
        }
    }
    let add = |sum: i64, rows: i64| if rows < 0 { None } else { sum.checked_add(rows) };
    let sum = reader.metadata().row_groups().iter().try_fold(0, |sum, group| add(sum, group.num_rows()));
    let rows = reader.metadata().file_metadata().num_rows();
    if sum == Some(rows) { Ok(()) } else { Err(invalid("its parts do not add up to its rows")) }
}

/// Looks at the heads of a column's pages.
///
/// # Errors
/// If one cannot be read, or claims what its page cannot hold.
pub(super) fn check(file: &File, column: &ColumnChunkMetaData) -> io::Result<()> {
    let all = file.metadata()?.len();
    let (start, length) = column.byte_range();
    let end = start.checked_add(length).filter(|end| *end <= all).ok_or_else(|| invalid("cut short"))?;
    let mut at = start;
    while at < end {
        let head = head(file, at, end)?;
        let too_large = head.unpacked > USUAL_PAGE && head.unpacked / DENSEST > head.packed;
        let negative = head.unpacked < 0 || head.packed < 0 || head.places < 0 || head.entries < 0;
        // An entry of a dictionary takes a byte at the least.
        if negative || too_large || head.places > MOST_PLACES || head.entries > head.unpacked {
            return Err(invalid("damaged Parquet data: a page claims more than it can hold"));
        }
        at = at.saturating_add(head.length as u64).saturating_add(head.packed as u64);
    }
    Ok(())
}

fn head(file: &File, at: u64, end: u64) -> io::Result<Head> {
    for window in [USUAL_HEAD, LONGEST_HEAD] {
        let count = usize::try_from(end - at).unwrap_or(usize::MAX).min(window);
        let bytes = read_at(file, at, count)?;
        let mut cursor = Cursor { bytes: &bytes, at: 0 };
        let mut head = Head::default();
        if cursor.structure(&mut head, &[], 0).is_some() {
            head.length = cursor.at;
            return Ok(head);
        }
    }
    Err(invalid("damaged Parquet data: the head of a page cannot be read"))
}

/// Walks through Thrift's compact protocol.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.at = usize::try_from(count).ok().and_then(|count| self.at.checked_add(count))?;
        (self.at <= self.bytes.len()).then_some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn whole(&mut self) -> Option<i64> {
        let zigzag = self.varint()?;
        Some((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    /// A structure whose place within the outermost is `path`; what is asked for goes into `head`.
    fn structure(&mut self, head: &mut Head, path: &[i64], depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let mut field = 0;
        loop {
            let start = self.byte()?;
            if start == 0 {
                return Some(());
            }
            field = match start >> 4 {
                0 => self.whole()?,
                step => field + i64::from(step),
            };
            match (start & 0x0f, path) {
                (5, []) if field == 2 => head.unpacked = self.whole()?,
                (5, []) if field == 3 => head.packed = self.whole()?,
                // The first field of a page of data, in its first and second version, and of a dictionary.
                (5, [5 | 8]) if field == 1 => head.places = self.whole()?,
                (5, [7]) if field == 1 => head.entries = self.whole()?,
                (kind, _) => {
                    let inner: Vec<i64> = path.iter().copied().chain([field]).collect();
                    self.value(kind, head, &inner, depth)?;
                }
            }
        }
    }

    fn value(&mut self, kind: u8, head: &mut Head, path: &[i64], depth: usize) -> Option<()> {
        match kind {
            // A truth value within a structure is its kind.
            1 | 2 => Some(()),
            3 => self.skip(1),
            4..=6 => self.varint().map(drop),
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            12 => self.structure(head, path, depth + 1),
            // Heads of pages hold no lists, sets or maps.
            _ => None,
        }
    }
}
