//! NumPy's `.npy` arrays: matrices of floats, and lists of names or whole numbers.
//!
//! Source: NumPy enhancement proposal 1, "A Simple File Format for NumPy Arrays". Versions 1 to 3 are read; version 1
//! is written. Arrays of Python objects are pickles, programs rather than data, and never read.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use super::DatasetError;
use super::import::numbers::{Float, Numbers};
use super::warnings::owned;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// A header is a short Python dictionary; anything longer is not one.
const LONGEST_HEADER: usize = 64 * 1024;
/// No name is longer, in bytes as NumPy stores it.
const LONGEST_NAME: usize = 64 * 1024;

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

/// What an array holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Float(Float, bool),
    /// Bytes of a number, whether it has a sign, and whether the greatest byte comes first.
    Whole(usize, bool, bool),
    /// Characters of four bytes, and whether the greatest comes first.
    Unicode(usize, bool),
    Bytes(usize),
    /// Python objects.
    Objects,
    Other(String),
}

/// What the head of an array says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    pub kind: Kind,
    pub shape: Vec<usize>,
    fortran: bool,
    /// Where the numbers start.
    start: usize,
}

impl Header {
    /// Reads the head of an array.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn parse(from: &mut dyn Read) -> Result<Self, String> {
        let mut start = Vec::new();
        from.take(LONGEST_HEADER as u64 + 12).read_to_end(&mut start).map_err(|error| error.to_string())?;
        parse_header(&start)
    }

    /// The array as a matrix; one of one dimension counts as a single column.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn matrix(&self) -> Result<Numbers, String> {
        let (rows, columns) = match *self.shape.as_slice() {
            [rows] => (rows, 1),
            [rows, columns] => (rows, columns),
            _ => return Err(format!("{} dimensions, where a matrix has 2", self.shape.len())),
        };
        let (float, big_endian) = match &self.kind {
            Kind::Float(float, big_endian) => (*float, *big_endian),
            Kind::Objects => return Err(PICKLE.into()),
            other => {
                let name = other.name();
                return Err(format!("numbers of kind '{name}', where 16-, 32- or 64-bit floats are asked for"));
            }
        };
        let (fortran, start) = (self.fortran && columns > 1, self.start as u64);
        Ok(Numbers { float, big_endian, fortran, rows, columns, start })
    }

    /// Reads the names that an array of one dimension holds; whole numbers count as names. `from` starts at the array.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn names(&self, from: &mut dyn Read) -> Result<Vec<String>, String> {
        let &[count] = self.shape.as_slice() else { return Err("ids that are not a list".into()) };
        let size = match self.kind {
            Kind::Whole(bytes, ..) | Kind::Bytes(bytes) => bytes,
            Kind::Unicode(characters, _) => characters.saturating_mul(4),
            Kind::Objects => return Err(PICKLE.into()),
            _ => return Err(format!("ids of kind '{}', where names or whole numbers are asked for", self.kind.name())),
        };
        let needed = count.checked_mul(size).filter(|_| (1..=LONGEST_NAME).contains(&size)).ok_or("ids too large")?;
        let mut bytes = Vec::new();
        let all = (self.start as u64).saturating_add(needed as u64);
        from.take(all).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        let there = bytes.get(self.start..).unwrap_or_default();
        if there.len() < needed {
            return Err(format!("cut short: {} of {needed} bytes of ids", there.len()));
        }
        Ok(there.chunks_exact(size).map(|item| self.kind.text(item)).collect())
    }
}

const PICKLE: &str = "an array of Python objects, which NumPy stores as a pickle: a program that is never run here \
                      (save it with .astype(str) or .astype('float32'))";

impl Kind {
    fn parse(name: &str) -> Self {
        let (order, code) = match name.chars().next() {
            Some('<' | '>' | '=' | '|') => name.split_at(1),
            _ => ("|", name),
        };
        let big = order == ">";
        let letter = code.get(..1).unwrap_or_default();
        let size: Option<usize> = code.get(1..).and_then(|size| size.parse().ok());
        match (letter, size) {
            ("f", Some(2)) => Kind::Float(Float::F16, big),
            ("f", Some(4)) => Kind::Float(Float::F32, big),
            ("f", Some(8)) => Kind::Float(Float::F64, big),
            ("i" | "u", Some(bytes @ (1 | 2 | 4 | 8))) => Kind::Whole(bytes, letter == "i", big),
            ("U", Some(characters)) => Kind::Unicode(characters, big),
            ("S" | "a", Some(bytes)) => Kind::Bytes(bytes),
            ("O", _) => Kind::Objects,
            _ => Kind::Other(name.to_owned()),
        }
    }

    fn name(&self) -> String {
        let order = |big: &bool| if *big { '>' } else { '<' };
        match self {
            Kind::Float(float, big) => format!("{}f{}", order(big), float.bytes()),
            Kind::Whole(bytes, signed, big) => format!("{}{}{bytes}", order(big), if *signed { 'i' } else { 'u' }),
            Kind::Unicode(characters, big) => format!("{}U{characters}", order(big)),
            Kind::Bytes(bytes) => format!("|S{bytes}"),
            Kind::Objects => "object".to_owned(),
            Kind::Other(name) => name.clone(),
        }
    }

    /// Whether it can name images.
    pub fn is_name(&self) -> bool {
        matches!(self, Kind::Whole(..) | Kind::Unicode(..) | Kind::Bytes(_) | Kind::Objects)
    }

    /// An item as text.
    fn text(&self, item: &[u8]) -> String {
        match self {
            Kind::Unicode(_, big) => {
                let code = |&bytes: &[u8; 4]| if *big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
                let characters = item.as_chunks::<4>().0.iter().map(code);
                let text = characters.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                text.collect::<String>().trim_end_matches('\0').to_owned()
            }
            Kind::Whole(_, signed, big) => whole(item, *signed, *big).to_string(),
            _ => String::from_utf8_lossy(item).trim_end_matches('\0').to_owned(),
        }
    }
}

/// A whole number of up to 8 bytes.
pub(super) fn whole(bytes: &[u8], signed: bool, big_endian: bool) -> i128 {
    let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    let bits = if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) };
    let unused = 64 - 8 * bytes.len().clamp(1, 8) as u32;
    if signed { i128::from(((bits << unused) as i64) >> unused) } else { i128::from(bits) }
}

/// Reads a matrix of floats; a one-dimensional array counts as a single column. 64-bit floats are rounded to 32 bits.
///
/// # Errors
/// If the file cannot be read, is not `.npy`, holds something else than floats, or is cut short.
pub fn read_npy(path: &Path) -> Result<Matrix, DatasetError> {
    let (file, numbers) = open_npy(path)?;
    let mut data = Vec::new();
    numbers
        .read_rows(&file, 0, numbers.rows, &mut data)
        .map_err(|source| DatasetError::Io { source, path: owned(path) })?;
    Ok(Matrix { rows: numbers.rows, columns: numbers.columns, data })
}

/// Rows and columns of a file, from its header alone.
///
/// # Errors
/// If the file cannot be read or its header is not one that [`read_npy`] reads.
pub fn npy_shape(path: &Path) -> Result<(usize, usize), DatasetError> {
    let mut file = File::open(path).map_err(|source| DatasetError::Io { source, path: owned(path) })?;
    let numbers = Header::parse(&mut file).and_then(|header| header.matrix());
    let numbers = numbers.map_err(|message| malformed(path, message))?;
    if numbers.columns == 0 {
        return Err(malformed(path, "its rows hold no numbers"));
    }
    Ok((numbers.rows, numbers.columns))
}

/// The file of a matrix that is all there.
pub(super) fn open_npy(path: &Path) -> Result<(File, Numbers), DatasetError> {
    let io = |source| DatasetError::Io { source, path: owned(path) };
    let mut file = File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    let numbers = Header::parse(&mut file).and_then(|header| header.matrix());
    let numbers = numbers.and_then(|numbers| numbers.check(length).map(|()| numbers));
    Ok((file, numbers.map_err(|message| malformed(path, message))?))
}

/// Reads chosen rows without reading the others.
pub(super) fn read_npy_rows(path: &Path, rows: &[usize]) -> Result<Vec<Vec<f32>>, DatasetError> {
    let (file, numbers) = open_npy(path)?;
    let mut found = Vec::with_capacity(rows.len());
    for &row in rows {
        if row >= numbers.rows {
            return Err(malformed(path, format!("no row {} among {}", row + 1, numbers.rows)));
        }
        let mut vector = Vec::new();
        let read = numbers.read_rows(&file, row, 1, &mut vector);
        read.map_err(|source| DatasetError::Io { source, path: owned(path) })?;
        found.push(vector);
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
        let mut out = std::io::BufWriter::new(File::create(path)?);
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
    let kind = kind_of(value_of(text, "descr").ok_or("its header names no 'descr'")?);
    let order = value_of(text, "fortran_order").ok_or("its header names no 'fortran_order'")?;
    let fortran = match (order.starts_with("True"), order.starts_with("False")) {
        (true, _) => true,
        (_, true) => false,
        _ => return Err("its 'fortran_order' is neither True nor False".into()),
    };
    let shape = parse_shape(value_of(text, "shape").ok_or("its header names no 'shape'")?)?;
    Ok(Header { kind, shape, fortran, start })
}

/// What follows `'key':` in the header's dictionary.
fn value_of<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let quoted = [format!("'{key}'"), format!("\"{key}\"")];
    let after = quoted.iter().find_map(|key| header.split_once(key.as_str()))?.1;
    Some(after.trim_start().strip_prefix(':')?.trim_start())
}

fn kind_of(text: &str) -> Kind {
    match text.strip_prefix(['\'', '"']) {
        Some(name) => Kind::parse(name.find(['\'', '"']).map_or(name, |end| &name[..end])),
        None => Kind::Other("records".to_owned()),
    }
}

fn parse_shape(text: &str) -> Result<Vec<usize>, String> {
    let inside = text.strip_prefix('(').and_then(|text| text.split_once(')')).ok_or("its 'shape' is not a tuple")?.0;
    let parts = inside.split(',').map(str::trim).filter(|part| !part.is_empty());
    let sizes: Result<Vec<usize>, _> = parts.map(str::parse).collect();
    sizes.map_err(|_| format!("its 'shape' ({inside}) is not made of whole numbers"))
}
