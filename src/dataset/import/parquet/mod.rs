//! Parquet: a column of vectors or one column per dimension, and a column of ids.
//!
//! The library's Arrow reader is not used: it takes 136 s more to build and reads pages by the same code, so page
//! headers would have to be checked all the same ([`pages`]).

mod columns;
mod guard;
mod pages;
mod texts;

pub(super) use columns::Lists;
pub(crate) use texts::TextColumns;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use ::parquet::basic::{ConvertedType, LogicalType, Type};
use ::parquet::file::reader::FileReader;
use ::parquet::schema::types::ColumnDescriptor;
use columns::Leaf;
use guard::{Reader, guarded, invalid};

use super::content::{Content, Found};
use super::names::{IDS, choose, choose_ids};
use super::numbers::{Float, Numbers};
use super::rows::MostRows;
use crate::dataset::array_fault::ArrayFault;
use crate::dataset::table::plain;
use crate::dataset::vectors::scratch;

/// Columns by possible role, each with its index.
#[derive(Default)]
struct Columns {
    /// One vector per row.
    vectors: Vec<(String, (usize, Leaf))>,
    /// One number per row.
    numbers: Vec<(usize, Leaf)>,
    texts: Vec<(String, usize)>,
    wholes: Vec<(String, usize)>,
}

/// Finds the vectors and their ids. Vectors are a list of floats (32, 64 or 16 bits) or a byte array of a fixed length
/// (32-bit floats, little-endian); where there is neither, the columns of floats side by side, in the file's order. Ids
/// are the column with a conventional name, else the only one of strings or of integers.
///
/// # Errors
/// If the file is damaged, has no such columns, or too many rows.
pub(super) fn open(file: File, most: MostRows) -> Result<Found, ArrayFault> {
    Ok(guarded(|| read(file, most))?)
}

fn read(file: File, most: MostRows) -> io::Result<Found> {
    let reader = Reader::new(file.try_clone()?).map_err(|error| invalid(format!("not a Parquet file: {error}")))?;
    pages::check_groups(&reader)?;
    let columns = Columns::of(&reader);
    let rows =
        usize::try_from(reader.metadata().file_metadata().num_rows()).map_err(|_| invalid("a negative count"))?;
    most.check(rows).map_err(invalid)?;
    let ids = match columns.ids().map_err(invalid)? {
        Some((_, column)) => Some(columns::names(&file, &reader, *column, rows)?),
        None => None,
    };
    if let Some(ids) = ids.as_ref().filter(|ids| ids.len() != rows) {
        return Err(invalid(format!("{} ids in {rows} rows", ids.len())));
    }
    if columns.vectors.is_empty() {
        let (content, dim) = side_by_side(&file, &reader, &columns.numbers, rows)?;
        return Ok(Found { content, rows, dim, ids, metadata: HashMap::new() });
    }
    let (_, (column, leaf)) = choose("column of vectors", &columns.vectors).map_err(invalid)?;
    let lists = Lists::new(file, reader, *column, *leaf);
    let dim = lists.usual_length(rows)?.ok_or_else(|| invalid("its vectors hold no numbers"))?;
    Ok(Found { content: Content::Lists(lists), rows, dim, ids, metadata: HashMap::new() })
}

impl Columns {
    fn of(reader: &Reader) -> Self {
        let mut columns = Self::default();
        for (index, column) in reader.metadata().file_metadata().schema_descr().columns().iter().enumerate() {
            let name = column.path().parts().first().cloned().unwrap_or_default();
            let alone = column.path().parts().len() == 1 && column.max_rep_level() == 0;
            match (leaf(column), column.physical_type()) {
                (Some(leaf @ Leaf::Raw(_)), _) if alone => columns.vectors.push((name, (index, leaf))),
                (Some(Leaf::Raw(_)), _) => {}
                (Some(leaf), _) if column.max_rep_level() == 1 => columns.vectors.push((name, (index, leaf))),
                (Some(leaf), _) if alone => columns.numbers.push((index, leaf)),
                (None, Type::BYTE_ARRAY) if alone => columns.texts.push((name, index)),
                (None, Type::INT32 | Type::INT64) if alone => columns.wholes.push((name, index)),
                _ => {}
            }
        }
        columns
    }

    /// The column of ids: by its name, else the only one of strings, else the only one of integers.
    fn ids(&self) -> Result<Option<&(String, usize)>, ArrayFault> {
        let named = |among| choose_ids("column", among).ok().flatten();
        let is_usual = |(name, _): &&(String, usize)| IDS.contains(&plain(name).as_str());
        if let Some(found) = named(&self.texts).filter(is_usual).or(named(&self.wholes).filter(is_usual)) {
            return Ok(Some(found));
        }
        match self.texts.is_empty() {
            true => choose_ids("column", &self.wholes),
            false => choose_ids("column", &self.texts),
        }
    }
}

/// The encoding of a column's numbers; `None` if it holds no floats.
fn leaf(column: &ColumnDescriptor) -> Option<Leaf> {
    match column.physical_type() {
        Type::FLOAT => Some(Leaf::Single),
        Type::DOUBLE => Some(Leaf::Double),
        Type::FIXED_LEN_BYTE_ARRAY => match (column.logical_type_ref(), column.type_length()) {
            (Some(LogicalType::Float16), 2) => Some(Leaf::Half),
            // Decimals, intervals and so on are not vectors.
            (None, length @ 4..) if length % 4 == 0 && column.converted_type() == ConvertedType::NONE => {
                Some(Leaf::Raw(length as usize / 4))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Copies the columns one after the other into an anonymous file, from which rows can be read.
fn side_by_side(file: &File, reader: &Reader, columns: &[(usize, Leaf)], rows: usize) -> io::Result<(Content, usize)> {
    if columns.is_empty() {
        return Err(invalid("neither a column of lists of floats nor columns of floats"));
    }
    let mut place = scratch()?;
    let dim = columns.len();
    let numbers = Numbers { float: Float::F32, big_endian: false, fortran: true, rows, columns: dim, start: 0 };
    numbers.bytes().ok_or_else(|| invalid("its shape is too large"))?;
    let mut before = 0;
    for group in 0..reader.num_row_groups() {
        let count = usize::try_from(reader.metadata().row_group(group).num_rows()).unwrap_or(usize::MAX);
        if count > rows - before {
            return Err(invalid("its row groups do not add up to its number of rows"));
        }
        for (index, &(column, leaf)) in columns.iter().enumerate() {
            place.seek(SeekFrom::Start(((index * rows + before) * Float::F32.bytes()) as u64))?;
            let mut found = 0;
            columns::numbers(file, reader, group, column, leaf, &mut |batch| {
                found += batch.levels();
                // Extra values would run into the next column.
                if found > count {
                    return Err(invalid(columns::TOO_LONG));
                }
                let mut bytes = Vec::with_capacity(batch.levels() * Float::F32.bytes());
                batch.each(&mut |number| bytes.extend(number.to_le_bytes()));
                place.write_all(&bytes)
            })?;
            if found != count {
                return Err(invalid(format!("truncated: {found} of {count} rows in a column")));
            }
        }
        before += count;
    }
    if before != rows {
        return Err(invalid(format!("truncated: {before} of {rows} rows")));
    }
    Ok((Content::Matrix(place, numbers), dim))
}
