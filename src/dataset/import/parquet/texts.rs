//! Columns of texts and numbers, a row at a time: what a table of pictures says about them.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;

use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{AsBytes, DataType};
use ::parquet::file::reader::FileReader;
use ::parquet::schema::types::ColumnDescriptor;

use super::guard::{Reader, guarded, invalid};
use super::pages;

/// Rows read at a time.
const AT_ONCE: usize = 1024;
const SECONDS_PER_DAY: i64 = 86_400;

/// The values of a row: the column's index and a text; several of a list, none where it is empty.
pub(crate) type Cells = Vec<(usize, String)>;

/// The columns of a Parquet file that hold texts or numbers, or lists of texts.
pub(crate) struct TextColumns {
    file: File,
    reader: Reader,
    /// Heading, and the index in the file.
    columns: Vec<(String, usize)>,
}

impl TextColumns {
    /// Opens a file. Columns of bytes, such as whole pictures, are left out.
    ///
    /// # Errors
    /// If it is no Parquet file, or a damaged one.
    pub fn open(file: File) -> io::Result<Self> {
        guarded(|| {
            let reader =
                Reader::new(file.try_clone()?).map_err(|error| invalid(format!("not a Parquet file: {error}")))?;
            pages::check_groups(&reader)?;
            let descriptors = reader.metadata().file_metadata().schema_descr().columns();
            let columns = descriptors.iter().enumerate().filter(|(_, column)| is_readable(column));
            let columns = columns.map(|(index, column)| (heading(column), index)).collect();
            Ok(Self { file, reader, columns })
        })
    }

    /// The headings; that of a nested column has its path: `image.path`.
    pub fn headings(&self) -> Vec<String> {
        self.columns.iter().map(|(heading, _)| heading.clone()).collect()
    }

    /// Visits the rows in order, with the values of the columns for which `wanted` holds, by their index among
    /// [`TextColumns::headings`].
    ///
    /// # Errors
    /// If the file is damaged or cannot be read.
    pub fn visit(
        &self,
        wanted: &dyn Fn(usize) -> bool,
        each: &mut dyn FnMut(usize, Cells) -> ControlFlow<()>,
    ) -> io::Result<()> {
        guarded(|| {
            let mut before = 0;
            for group in 0..self.reader.num_row_groups() {
                let rows = usize::try_from(self.reader.metadata().row_group(group).num_rows()).unwrap_or_default();
                if self.visit_group(group, wanted, &mut |row, cells| each(before + row, cells))?.is_break() {
                    return Ok(());
                }
                before += rows;
            }
            Ok(())
        })
    }

    fn visit_group(
        &self,
        group: usize,
        wanted: &dyn Fn(usize) -> bool,
        each: &mut dyn FnMut(usize, Cells) -> ControlFlow<()>,
    ) -> io::Result<ControlFlow<()>> {
        let rows = self.reader.get_row_group(group).map_err(invalid)?;
        let mut columns = Vec::new();
        for (at, &(_, index)) in self.columns.iter().enumerate().filter(|(at, _)| wanted(*at)) {
            pages::check(&self.file, self.reader.metadata().row_group(group).column(index))?;
            let descriptor = self.reader.metadata().file_metadata().schema_descr().column(index);
            columns.push((at, descriptor, rows.get_column_reader(index).map_err(invalid)?));
        }
        let mut row = 0;
        loop {
            let mut cells: Vec<Cells> = Vec::new();
            for (at, descriptor, reader) in &mut columns {
                let found = read_some(reader, descriptor)?;
                if found.len() > cells.len() {
                    cells.resize_with(found.len(), Vec::new);
                }
                for (texts, cells) in found.into_iter().zip(&mut cells) {
                    cells.extend(texts.into_iter().map(|text| (*at, text)));
                }
            }
            if cells.is_empty() {
                return Ok(ControlFlow::Continue(()));
            }
            for cells in cells {
                if each(row, cells).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                row += 1;
            }
        }
    }
}

/// Whether a column holds texts, numbers, or lists of texts.
fn is_readable(column: &ColumnDescriptor) -> bool {
    let is_list = column.max_rep_level() > 0;
    match column.physical_type() {
        Type::BYTE_ARRAY => {
            let logical = matches!(column.logical_type_ref(), Some(LogicalType::String | LogicalType::Enum));
            column.max_rep_level() <= 1
                && (logical || matches!(column.converted_type(), ConvertedType::UTF8 | ConvertedType::ENUM))
        }
        Type::INT32 | Type::INT64 | Type::FLOAT | Type::DOUBLE | Type::BOOLEAN => !is_list,
        Type::INT96 | Type::FIXED_LEN_BYTE_ARRAY => false,
    }
}

/// A column's path without the names that only say that it is a list.
fn heading(column: &ColumnDescriptor) -> String {
    let parts = column.path().parts().iter().enumerate();
    let is_name =
        |(at, part): &(usize, &String)| *at == 0 || !["list", "element", "item", "array"].contains(&part.as_str());
    parts.filter(is_name).map(|(_, part)| part.as_str()).collect::<Vec<_>>().join(".")
}

/// The texts of the next rows; none at the end.
fn read_some(reader: &mut ColumnReader, descriptor: &ColumnDescriptor) -> io::Result<Vec<Vec<String>>> {
    let whole = |value: i64| seconds(value, descriptor).to_string();
    match reader {
        ColumnReader::ByteArrayColumnReader(reader) => {
            next(reader, descriptor, &|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        }
        ColumnReader::Int32ColumnReader(reader) => next(reader, descriptor, &|value| whole(i64::from(*value))),
        ColumnReader::Int64ColumnReader(reader) => next(reader, descriptor, &|value| whole(*value)),
        ColumnReader::FloatColumnReader(reader) => next(reader, descriptor, &|value| value.to_string()),
        ColumnReader::DoubleColumnReader(reader) => next(reader, descriptor, &|value| value.to_string()),
        ColumnReader::BoolColumnReader(reader) => next(reader, descriptor, &|value| value.to_string()),
        _ => Ok(Vec::new()),
    }
}

/// A date or a time in seconds since 1970, any other number as it is.
fn seconds(value: i64, descriptor: &ColumnDescriptor) -> i64 {
    match descriptor.logical_type_ref() {
        Some(LogicalType::Date) => value.saturating_mul(SECONDS_PER_DAY),
        Some(LogicalType::Timestamp(time)) => match time.unit {
            TimeUnit::MILLIS => value.div_euclid(1000),
            TimeUnit::MICROS => value.div_euclid(1_000_000),
            TimeUnit::NANOS => value.div_euclid(1_000_000_000),
        },
        _ => value,
    }
}

fn next<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    descriptor: &ColumnDescriptor,
    text: &dyn Fn(&T::T) -> String,
) -> io::Result<Vec<Vec<String>>> {
    let (mut defined, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let read = reader.read_records(AT_ONCE, Some(&mut defined), Some(&mut repeated), &mut values);
    let (records, count, levels) = read.map_err(invalid)?;
    let present = descriptor.max_def_level();
    let mut values = values.iter().take(count);
    let mut rows: Vec<Vec<String>> = Vec::with_capacity(records);
    for level in 0..if present > 0 || !repeated.is_empty() { levels } else { count } {
        if rows.is_empty() || repeated.get(level).is_none_or(|depth| *depth == 0) {
            rows.push(Vec::new());
        }
        if defined.get(level).is_none_or(|depth| *depth == present)
            && let (Some(row), Some(value)) = (rows.last_mut(), values.next())
        {
            row.push(text(value));
        }
    }
    Ok(rows)
}
