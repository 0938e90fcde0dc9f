//! NumPy's `.npy` files: matrices of 32- or 64-bit floats in C order.
//!
//! Source: NumPy enhancement proposal 1, "A Simple File Format for NumPy Arrays". Versions 1 to 3 are read; version 1
//! is written.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::DatasetError;
use super::warnings::owned;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// A header is a short Python dictionary; anything longer is not one.
const LONGEST_HEADER: usize = 64 * 1024;

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

#[derive(Clone, Copy, Debug, PartialEq)]
struct Kind {
    bytes: usize,
    big_endian: bool,
}

#[derive(Debug, PartialEq)]
struct Header {
    kind: Kind,
    rows: usize,
    columns: usize,
    /// Where the numbers start.
    start: usize,
}

impl Header {
    fn row_bytes(&self) -> usize {
        self.columns * self.kind.bytes
    }
}

/// Reads a matrix; a one-dimensional array counts as a single column. 64-bit floats are rounded to 32 bits.
///
/// # Errors
/// If the file cannot be read, is not `.npy`, holds something else than floats in C order, or is cut short.
pub fn read_npy(path: &Path) -> Result<Matrix, DatasetError> {
    let bytes = std::fs::read(path).map_err(|source| DatasetError::Io { source, path: owned(path) })?;
    let header = parse_header(&bytes).map_err(|message| malformed(path, message))?;
    let numbers = bytes.get(header.start..).unwrap_or_default();
    let needed = header.rows * header.row_bytes();
    if numbers.len() < needed {
        let message = format!("cut short: {} of {needed} bytes of numbers", numbers.len());
        return Err(malformed(path, message));
    }
    let data = floats(&numbers[..needed], header.kind);
    Ok(Matrix { rows: header.rows, columns: header.columns, data })
}

/// Rows and columns of a file, from its header alone.
///
/// # Errors
/// If the file cannot be read or its header is not one that [`read_npy`] reads.
pub fn npy_shape(path: &Path) -> Result<(usize, usize), DatasetError> {
    let header = open(path)?.1;
    Ok((header.rows, header.columns))
}

/// Reads chosen rows without reading the others.
pub(super) fn read_npy_rows(path: &Path, rows: &[usize]) -> Result<Vec<Vec<f32>>, DatasetError> {
    let (mut file, header) = open(path)?;
    let io = |source| DatasetError::Io { source, path: owned(path) };
    let length = file.metadata().map_err(io)?.len();
    let mut found = Vec::with_capacity(rows.len());
    for &row in rows {
        let at = (header.start + row * header.row_bytes()) as u64;
        if row >= header.rows || at + header.row_bytes() as u64 > length {
            return Err(malformed(path, format!("no row {} among {}", row + 1, header.rows)));
        }
        let mut bytes = vec![0; header.row_bytes()];
        file.seek(SeekFrom::Start(at)).map_err(io)?;
        file.read_exact(&mut bytes).map_err(io)?;
        found.push(floats(&bytes, header.kind));
    }
    Ok(found)
}

/// Writes a matrix of 32-bit floats.
///
/// # Errors
/// If `data` is not a whole number of rows of `columns`, or the file cannot be written.
pub fn write_npy(path: &Path, columns: usize, data: &[f32]) -> Result<(), DatasetError> {
    if columns == 0 || !data.len().is_multiple_of(columns) {
        let message = format!("{} numbers do not fill rows of {columns}", data.len());
        return Err(malformed(path, message));
    }
    let shape = format!("({}, {columns})", data.len() / columns);
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    // Numbers start at a multiple of 64 bytes; a line end closes the header.
    let padding = (64 - (10 + header.len() + 1) % 64) % 64;
    header.push_str(&" ".repeat(padding));
    header.push('\n');
    let write = || {
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        out.write_all(MAGIC)?;
        out.write_all(&[1, 0])?;
        out.write_all(&(header.len() as u16).to_le_bytes())?;
        out.write_all(header.as_bytes())?;
        for number in data {
            out.write_all(&number.to_le_bytes())?;
        }
        out.flush()
    };
    write().map_err(|source| DatasetError::Io { source, path: owned(path) })
}

fn malformed(path: &Path, message: impl Into<String>) -> DatasetError {
    DatasetError::Malformed { message: message.into(), path: owned(path), line: None }
}

fn open(path: &Path) -> Result<(std::fs::File, Header), DatasetError> {
    let io = |source| DatasetError::Io { source, path: owned(path) };
    let file = std::fs::File::open(path).map_err(io)?;
    let mut start = Vec::new();
    (&file).take(LONGEST_HEADER as u64 + 12).read_to_end(&mut start).map_err(io)?;
    let header = parse_header(&start).map_err(|message| malformed(path, message))?;
    Ok((file, header))
}

fn parse_header(bytes: &[u8]) -> Result<Header, String> {
    let preamble = bytes.get(..8).filter(|start| start.starts_with(MAGIC)).ok_or("not a .npy file")?;
    let (length, text_start) = match (preamble[6], bytes) {
        (1, [_, _, _, _, _, _, _, _, a, b, ..]) => (usize::from(u16::from_le_bytes([*a, *b])), 10),
        (2 | 3, [_, _, _, _, _, _, _, _, a, b, c, d, ..]) => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 12),
        (1..=3, _) => return Err("cut short within its header".into()),
        (version, _) => return Err(format!("version {version} of .npy, where 1 to 3 are known")),
    };
    if length > LONGEST_HEADER {
        return Err("its header is longer than any header is".into());
    }
    let start = text_start + length;
    let text = bytes.get(text_start..start).ok_or("cut short within its header")?;
    let text = std::str::from_utf8(text).map_err(|_| "its header is not text")?;
    let kind = parse_kind(value_of(text, "descr").ok_or("its header names no 'descr'")?)?;
    match value_of(text, "fortran_order").map(|order| order.starts_with("False")) {
        Some(true) => {}
        Some(false) => return Err("in Fortran order, where C order is asked for (numpy.ascontiguousarray)".into()),
        None => return Err("its header names no 'fortran_order'".into()),
    }
    let (rows, columns) = parse_shape(value_of(text, "shape").ok_or("its header names no 'shape'")?)?;
    if columns == 0 {
        return Err("its rows hold no numbers".into());
    }
    rows.checked_mul(columns).and_then(|n| n.checked_mul(kind.bytes)).ok_or("its shape is too large")?;
    Ok(Header { kind, rows, columns, start })
}

/// What follows `'key':` in the header's dictionary.
fn value_of<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let quoted = [format!("'{key}'"), format!("\"{key}\"")];
    let after = quoted.iter().find_map(|key| header.split_once(key.as_str()))?.1;
    Some(after.trim_start().strip_prefix(':')?.trim_start())
}

fn parse_kind(text: &str) -> Result<Kind, String> {
    let name = text.trim_start_matches(['\'', '"']);
    let name = name.find(['\'', '"']).map_or(name, |end| &name[..end]);
    match name {
        "<f4" | "=f4" | "|f4" => Ok(Kind { bytes: 4, big_endian: false }),
        "<f8" | "=f8" | "|f8" => Ok(Kind { bytes: 8, big_endian: false }),
        ">f4" => Ok(Kind { bytes: 4, big_endian: true }),
        ">f8" => Ok(Kind { bytes: 8, big_endian: true }),
        other => Err(format!("numbers of kind '{other}', where 32- or 64-bit floats are asked for")),
    }
}

fn parse_shape(text: &str) -> Result<(usize, usize), String> {
    let inside = text.strip_prefix('(').and_then(|text| text.split_once(')')).ok_or("its 'shape' is not a tuple")?.0;
    let parts = inside.split(',').map(str::trim).filter(|part| !part.is_empty());
    let sizes: Result<Vec<usize>, _> = parts.map(str::parse).collect();
    match sizes.map_err(|_| format!("its 'shape' ({inside}) is not made of whole numbers"))?.as_slice() {
        [rows] => Ok((*rows, 1)),
        [rows, columns] => Ok((*rows, *columns)),
        other => Err(format!("{} dimensions, where a matrix has 2", other.len())),
    }
}

fn floats(bytes: &[u8], kind: Kind) -> Vec<f32> {
    match kind {
        Kind { bytes: 4, big_endian } => {
            let (numbers, _) = bytes.as_chunks::<4>();
            let read = if big_endian { f32::from_be_bytes } else { f32::from_le_bytes };
            numbers.iter().map(|&number| read(number)).collect()
        }
        Kind { big_endian, .. } => {
            let (numbers, _) = bytes.as_chunks::<8>();
            let read = if big_endian { f64::from_be_bytes } else { f64::from_le_bytes };
            numbers.iter().map(|&number| read(number) as f32).collect()
        }
    }
}
