//! Columns of Parquet files, read a batch of rows at a time.

use std::fs::File;
use std::io;

use ::parquet::column::reader::ColumnReaderImpl;
use ::parquet::data_type::{
    AsBytes, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
};
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::FileReader;

use super::guard::{Reader, guarded, invalid};
use super::pages;
use crate::dataset::import::numbers::{Float, half};
use crate::dataset::vectors::usual_length;

/// Rows read at a time from a column of numbers or names, and from one of vectors.
const NUMBERS_AT_ONCE: usize = 16 * 1024;
const VECTORS_AT_ONCE: usize = 256;
pub(super) const TOO_LONG: &str = "a column is longer than its header says";

/// The encoding of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    Single,
    Double,
    Half,
    /// This many 32-bit floats as bytes.
    Raw(usize),
}

/// Some rows of a column.
pub(super) struct Batch<'a> {
    /// Definition and repetition levels; empty if every value is present, or starts a row.
    defined: &'a [i16],
    repeated: &'a [i16],
    /// Definition level of a number, and of its slot in a list.
    present: i16,
    slot: i16,
    numbers: &'a [f32],
    /// Numbers per slot.
    width: usize,
}

impl Batch<'_> {
    /// Number of slots, with or without a number.
    pub fn levels(&self) -> usize {
        if self.present > 0 { self.defined.len() } else { self.numbers.len() / self.width.max(1) }
    }

    /// Visits each number of a column with one per row; NaN if it is missing.
    pub fn each(&self, visit: &mut dyn FnMut(f32)) {
        let mut numbers = self.numbers.iter();
        for level in 0..self.levels() {
            let there = self.defined.get(level).is_none_or(|depth| *depth == self.present);
            visit(if there { numbers.next().copied().unwrap_or(f32::NAN) } else { f32::NAN });
        }
    }

    /// Visits each row of a column of vectors; a missing one is empty, a missing number NaN.
    fn rows(&self, visit: &mut dyn FnMut(&[f32]) -> io::Result<()>) -> io::Result<()> {
        let mut numbers = self.numbers.chunks_exact(self.width.max(1));
        let mut row: Vec<f32> = Vec::new();
        for level in 0..self.levels() {
            let is_new = self.repeated.get(level).is_none_or(|depth| *depth == 0);
            if is_new && level > 0 {
                visit(&row)?;
                row.clear();
            }
            match self.defined.get(level) {
                Some(depth) if *depth < self.present => {
                    // A list that is empty or missing has no slots.
                    if *depth >= self.slot && !self.repeated.is_empty() {
                        row.push(f32::NAN);
                    }
                }
                _ => row.extend(numbers.next().unwrap_or(&[f32::NAN])),
            }
        }
        if self.levels() > 0 { visit(&row) } else { Ok(()) }
    }
}

fn fault(error: ParquetError) -> io::Error {
    invalid(error.to_string())
}

/// Definition levels, repetition levels, values.
type Taken<'a, T> = (&'a [i16], &'a [i16], &'a [T]);

/// Reads a column of one row group.
fn batches<T: DataType>(
    (file, reader): (&File, &Reader),
    (group, column): (usize, usize),
    count: usize,
    take: &mut dyn FnMut(Taken<'_, T::T>) -> io::Result<()>,
) -> io::Result<()> {
    pages::check(file, reader.metadata().row_group(group).column(column))?;
    let descriptor = reader.metadata().file_metadata().schema_descr().column(column);
    let part = reader.get_row_group(group).map_err(fault)?;
    let pages = part.get_column_page_reader(column).map_err(fault)?;
    let mut from = ColumnReaderImpl::<T>::new(descriptor, pages);
    let (mut defined, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        defined.clear();
        repeated.clear();
        values.clear();
        let read = from.read_records(count, Some(&mut defined), Some(&mut repeated), &mut values);
        let (records, ..) = read.map_err(fault)?;
        if records == 0 {
            return Ok(());
        }
        take((&defined, &repeated, &values))?;
    }
}

/// Reads a column of numbers or vectors of one row group.
pub(super) fn numbers(
    file: &File,
    reader: &Reader,
    group: usize,
    column: usize,
    leaf: Leaf,
    each: &mut dyn FnMut(Batch<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let descriptor = reader.metadata().file_metadata().schema_descr().column(column);
    let (present, slot) = (descriptor.max_def_level(), descriptor.repeated_ancestor_def_level());
    let is_list = descriptor.max_rep_level() > 0;
    let (width, count) = match leaf {
        Leaf::Raw(width) => (width, VECTORS_AT_ONCE),
        _ => (1, if is_list { VECTORS_AT_ONCE } else { NUMBERS_AT_ONCE }),
    };
    let mut emit = |defined: &[i16], repeated: &[i16], numbers: &[f32]| {
        each(Batch { defined, repeated, present, slot, numbers, width })
    };
    let (from, at) = ((file, reader), (group, column));
    let mut out = Vec::new();
    match leaf {
        Leaf::Single => batches::<FloatType>(from, at, count, &mut |(d, r, values)| emit(d, r, values)),
        Leaf::Double => batches::<DoubleType>(from, at, count, &mut |(d, r, values)| {
            out.clear();
            out.extend(values.iter().map(|number| *number as f32));
            emit(d, r, &out)
        }),
        Leaf::Half => batches::<FixedLenByteArrayType>(from, at, count, &mut |(d, r, values)| {
            out.clear();
            let bits = |bytes: &[u8]| bytes.first_chunk().map(|bytes| half(u16::from_le_bytes(*bytes)));
            out.extend(values.iter().map(|value| bits(value.as_bytes()).unwrap_or(f32::NAN)));
            emit(d, r, &out)
        }),
        Leaf::Raw(width) => batches::<FixedLenByteArrayType>(from, at, count, &mut |(d, r, values)| {
            out.clear();
            for value in values {
                let before = out.len();
                Float::F32.decode(value.as_bytes(), false, &mut out);
                out.resize(before + width, f32::NAN);
            }
            emit(d, r, &out)
        }),
    }
}

/// Reads a column of `rows` names or integers; a missing one is empty.
pub(super) fn names(file: &File, reader: &Reader, column: usize, rows: usize) -> io::Result<Vec<String>> {
    let descriptor = reader.metadata().file_metadata().schema_descr().column(column);
    let present = descriptor.max_def_level();
    let mut names = Vec::new();
    let mut add = |defined: &[i16], count: usize, name: &dyn Fn(usize) -> String| {
        let mut next = 0;
        for level in 0..if present > 0 { defined.len() } else { count } {
            let there = defined.get(level).is_none_or(|depth| *depth == present) && next < count;
            names.push(if there { name(next) } else { String::new() });
            next += usize::from(there);
        }
        if names.len() > rows { Err(invalid(TOO_LONG)) } else { Ok(()) }
    };
    for group in 0..reader.num_row_groups() {
        let (from, at, many) = ((file, reader), (group, column), NUMBERS_AT_ONCE);
        match descriptor.physical_type() {
            ::parquet::basic::Type::INT32 => batches::<Int32Type>(from, at, many, &mut |(d, _, values)| {
                add(d, values.len(), &|index| values[index].to_string())
            }),
            ::parquet::basic::Type::INT64 => batches::<Int64Type>(from, at, many, &mut |(d, _, values)| {
                add(d, values.len(), &|index| values[index].to_string())
            }),
            _ => batches::<ByteArrayType>(from, at, many, &mut |(d, _, values)| {
                add(d, values.len(), &|index| String::from_utf8_lossy(values[index].as_bytes()).into_owned())
            }),
        }?;
    }
    Ok(names)
}

/// A column of vectors.
pub(in crate::dataset::import) struct Lists {
    file: File,
    reader: Reader,
    column: usize,
    leaf: Leaf,
}

impl Lists {
    pub(super) fn new(file: File, reader: Reader, column: usize, leaf: Leaf) -> Self {
        Self { file, reader, column, leaf }
    }

    /// Visits the vectors in order, a batch at a time; a missing one is empty.
    ///
    /// # Errors
    /// If the file is damaged or cannot be read, or an error of `each`.
    pub fn visit(&self, each: &mut dyn FnMut(usize, &[f32]) -> io::Result<()>) -> io::Result<()> {
        let rows = self.reader.metadata().file_metadata().num_rows();
        guarded(|| {
            let mut row = 0;
            for group in 0..self.reader.num_row_groups() {
                numbers(&self.file, &self.reader, group, self.column, self.leaf, &mut |batch| {
                    batch.rows(&mut |vector| {
                        row += 1;
                        if row > rows {
                            return Err(invalid(TOO_LONG));
                        }
                        each(row as usize - 1, vector)
                    })
                })?;
            }
            if row == rows { Ok(()) } else { Err(invalid(format!("truncated: {row} of {rows} rows"))) }
        })
    }

    /// The length of most vectors.
    pub(super) fn usual_length(&self, rows: usize) -> io::Result<Option<usize>> {
        if let Leaf::Raw(width) = self.leaf {
            return Ok(Some(width));
        }
        let groups = self.reader.metadata().row_groups();
        let all: i64 = groups.iter().map(|group| group.column(self.column).num_values()).fold(0, i64::saturating_add);
        // If the first row has the mean length, that is the dimension, and reading all rows twice is unnecessary.
        let mean = usize::try_from(all).ok().filter(|all| rows > 0 && all.is_multiple_of(rows)).map(|all| all / rows);
        let mut lengths = Vec::new();
        let first = self.visit(&mut |row, vector| {
            lengths.push(vector.len());
            if row == 0 && Some(vector.len()) == mean { Err(enough()) } else { Ok(()) }
        });
        match first {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(mean),
            Err(error) => Err(error),
            Ok(()) => Ok(usual_length(lengths.into_iter())),
        }
    }
}

/// Ends a read early once the answer is known.
fn enough() -> io::Error {
    io::ErrorKind::Interrupted.into()
}
