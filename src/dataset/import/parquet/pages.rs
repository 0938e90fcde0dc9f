//! Checks page headers before anything is allocated for them.
//!
//! Source: Apache Parquet's `parquet.thrift` (`PageHeader`) and Apache Thrift's compact protocol. A damaged header can
//! claim gigabytes for a page of a few bytes, and the library would trust it.

use std::fs::File;
use std::io;

use ::parquet::file::metadata::ColumnChunkMetaData;
use ::parquet::file::reader::FileReader;

use super::guard::{Reader, invalid};
use crate::dataset::import::numbers::read_at;

/// Pages up to this size in bytes are never too large.
const USUAL_PAGE: i64 = 64 << 20;
/// Highest credible compression ratio (deflate reaches 1032).
const DENSEST: i64 = 1100;
/// Most values in a page.
const MOST_VALUES: i64 = 1 << 27;
/// Most bytes of a header with its statistics, and bytes of a usual one.
const LONGEST_HEAD: usize = 1 << 20;
const USUAL_HEAD: usize = 1 << 10;
/// Deepest nesting of structures in a header.
const DEEPEST: usize = 8;

/// A page header.
#[derive(Default)]
struct Head {
    unpacked: i64,
    packed: i64,
    /// Number of values of a data page, and of a dictionary page.
    values: i64,
    entries: i64,
    /// Size in bytes of the header itself.
    length: usize,
}

/// Checks the offsets and sizes of all columns.
///
/// # Errors
/// If one extends past the end of the file, or the row groups do not add up.
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
    if sum == Some(rows) { Ok(()) } else { Err(invalid("its row groups do not add up to its number of rows")) }
}

/// Checks the headers of a column's pages.
///
/// # Errors
/// If one cannot be read, or claims what its page cannot hold.
pub(super) fn check(file: &File, column: &ColumnChunkMetaData) -> io::Result<()> {
    let all = file.metadata()?.len();
    let (start, length) = column.byte_range();
    let end = start.checked_add(length).filter(|end| *end <= all).ok_or_else(|| invalid("truncated"))?;
    let mut at = start;
    while at < end {
        let head = head(file, at, end)?;
        let too_large = head.unpacked > USUAL_PAGE && head.unpacked / DENSEST > head.packed;
        let negative = head.unpacked < 0 || head.packed < 0 || head.values < 0 || head.entries < 0;
        // A dictionary entry takes at least one byte.
        if negative || too_large || head.values > MOST_VALUES || head.entries > head.unpacked {
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
    Err(invalid("damaged Parquet data: a page header cannot be read"))
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

    /// Reads a structure at the field path `path`; the relevant fields go into `head`.
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
                // The first field of a data page (versions 1 and 2) and of a dictionary page.
                (5, [5 | 8]) if field == 1 => head.values = self.whole()?,
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
            // A boolean in a structure is encoded in its type.
            1 | 2 => Some(()),
            3 => self.skip(1),
            4..=6 => self.varint().map(drop),
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            12 => self.structure(head, path, depth + 1),
            // Page headers hold no lists, sets or maps.
            _ => None,
        }
    }
}
