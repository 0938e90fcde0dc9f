//! NumPy's `.npy` arrays: matrices of floats, and lists of names or integers.
//!
//! Source: NumPy enhancement proposal 1, "A Simple File Format for NumPy Arrays". Versions 1 to 3 are read; version 1
//! is written. Arrays of Python objects are pickles, programs rather than data, and are never read.

mod header;

use std::fs::File;
use std::path::Path;

pub(super) use header::whole;
pub(crate) use header::{Header, Kind};

use super::DatasetError;
use super::import::numbers::Numbers;
use crate::base::{At, FileError, open_file, write_whole};
use header::MAGIC;

/// A matrix of 32-bit floats.
///
/// # Shapes
/// `data` is row-major, `rows × columns`.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Number of rows.
    pub rows: usize,
    /// Numbers per row.
    pub columns: usize,
    /// The rows, one after the other.
    pub data: Vec<f32>,
}

/// Reads a matrix of floats; a one-dimensional array counts as a single column. 64-bit floats are rounded to 32 bits.
///
/// # Errors
/// If the file cannot be read, is not `.npy`, does not hold floats, or is truncated.
pub fn read_npy(path: &Path) -> Result<Matrix, DatasetError> {
    let (file, numbers) = open_npy(path)?;
    let mut data = Vec::new();
    numbers.read_rows(&file, 0, numbers.rows, &mut data).at(path)?;
    Ok(Matrix { rows: numbers.rows, columns: numbers.columns, data })
}

/// Rows and columns of a file, from its header and its length.
///
/// # Errors
/// If [`read_npy`] would not read the file.
pub fn npy_shape(path: &Path) -> Result<(usize, usize), DatasetError> {
    let (_, numbers) = open_npy(path)?;
    Ok((numbers.rows, numbers.columns))
}

/// Opens a file and checks that its matrix is complete.
pub(super) fn open_npy(path: &Path) -> Result<(File, Numbers), DatasetError> {
    let mut file = open_file(path)?;
    let length = file.metadata().at(path)?.len();
    let numbers = Header::parse(&mut file).and_then(|header| header.matrix());
    let numbers = numbers.and_then(|numbers| numbers.check(length).map(|()| numbers));
    Ok((file, numbers.map_err(|error| error.at(path))?))
}

/// Reads chosen rows without reading the others.
pub(super) fn read_npy_rows(path: &Path, rows: &[usize]) -> Result<Vec<Vec<f32>>, DatasetError> {
    let (file, numbers) = open_npy(path)?;
    let mut found = Vec::with_capacity(rows.len());
    for &row in rows {
        if row >= numbers.rows {
            let message = format!("no row {} among {}", row + 1, numbers.rows);
            return Err(FileError::malformed(message, path).into());
        }
        let mut vector = Vec::new();
        numbers.read_rows(&file, row, 1, &mut vector).at(path)?;
        found.push(vector);
    }
    Ok(found)
}

/// Writes a matrix of 32-bit floats. The write is atomic.
///
/// # Errors
/// If `data` is not a whole number of rows of `columns`, or the file cannot be written.
pub fn write_npy(path: &Path, columns: usize, data: &[f32]) -> Result<(), DatasetError> {
    if columns == 0 || !data.len().is_multiple_of(columns) {
        let message = format!("{} numbers do not fill rows of {columns}", data.len());
        return Err(FileError::malformed(message, path).into());
    }
    let shape = format!("({}, {columns})", data.len() / columns);
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    // The data start at a multiple of 64 bytes; a newline ends the header.
    let padding = (64 - (10 + header.len() + 1) % 64) % 64;
    header.push_str(&" ".repeat(padding));
    header.push('\n');
    let numbers: Vec<u8> = data.iter().flat_map(|number| number.to_le_bytes()).collect();
    let length = (header.len() as u16).to_le_bytes();
    Ok(write_whole(path, &[MAGIC, &[1, 0], &length, header.as_bytes(), &numbers]).at(path)?)
}
