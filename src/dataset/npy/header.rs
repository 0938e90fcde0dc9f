//! The header of a NumPy array: its dtype, order and shape, as a Python dictionary.
//!
//! The `npyz` crate is not used: it allocates the up to 4 GiB that a header claims, and parses with `pest`, ten more
//! crates and 24 seconds of build time.

use std::io::{self, Read};

use crate::dataset::array_fault::ArrayFault;
use crate::dataset::import::numbers::{Float, Numbers};

pub(super) const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// A header is a short Python dictionary; anything longer is not one.
const LONGEST_HEADER: usize = 64 * 1024;
/// The longest name, in bytes as stored by NumPy.
const LONGEST_NAME: usize = 64 * 1024;
const CUT_SHORT: &str = "truncated within its header";

/// The dtype of an array.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Float(Float, bool),
    /// Size in bytes, whether it is signed, and whether it is big-endian.
    Whole(usize, bool, bool),
    /// Number of four-byte characters, and whether they are big-endian.
    Unicode(usize, bool),
    Bytes(usize),
    /// Python objects.
    Objects,
    Other(String),
}

/// The header of an array.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Header {
    pub kind: Kind,
    pub shape: Vec<usize>,
    /// Whether the array is column-major.
    pub fortran: bool,
    /// Offset of the data in bytes.
    pub start: usize,
}

impl Header {
    /// Reads the header of an array.
    ///
    /// # Errors
    /// If it is malformed or unsupported.
    pub fn parse(from: &mut dyn Read) -> Result<Self, ArrayFault> {
        let mut preamble = [0; 8];
        from.read_exact(&mut preamble).map_err(at_end("not a .npy file"))?;
        if !preamble.starts_with(MAGIC) {
            return Err(ArrayFault::Malformed("not a .npy file"));
        }
        let mut length = [0; 4];
        let digits = match preamble[6] {
            1 => 2,
            2 | 3 => 4,
            version => return Err(ArrayFault::Version(version)),
        };
        from.read_exact(&mut length[..digits]).map_err(at_end(CUT_SHORT))?;
        let length = u32::from_le_bytes(length) as usize;
        if length > LONGEST_HEADER {
            return Err(ArrayFault::Malformed("its header is too long"));
        }
        let mut text = vec![0; length];
        from.read_exact(&mut text).map_err(at_end(CUT_SHORT))?;
        let text = std::str::from_utf8(&text).map_err(|_| ArrayFault::Malformed("its header is not text"))?;
        Self::of_dictionary(text, preamble.len() + digits + length)
    }

    fn of_dictionary(text: &str, start: usize) -> Result<Self, ArrayFault> {
        let value = |key, missing| value_of(text, key).ok_or(ArrayFault::Malformed(missing));
        let kind = kind_of(value("descr", "its header has no 'descr'")?);
        let order = value("fortran_order", "its header has no 'fortran_order'")?;
        let fortran = match (order.starts_with("True"), order.starts_with("False")) {
            (true, _) => true,
            (_, true) => false,
            _ => return Err(ArrayFault::Malformed("its 'fortran_order' is neither True nor False")),
        };
        let shape = parse_shape(value("shape", "its header has no 'shape'")?)?;
        Ok(Self { kind, shape, fortran, start })
    }

    /// The array as a matrix; a one-dimensional one counts as a single column.
    ///
    /// # Errors
    /// If it is malformed or unsupported.
    pub(in crate::dataset) fn matrix(&self) -> Result<Numbers, ArrayFault> {
        let (rows, columns) = match *self.shape.as_slice() {
            [rows] => (rows, 1),
            [rows, columns] => (rows, columns),
            _ => return Err(ArrayFault::Dimensions(self.shape.len())),
        };
        let (float, big_endian) = match &self.kind {
            Kind::Float(float, big_endian) => (*float, *big_endian),
            other => return Err(other.instead_of("numbers", "16-, 32- or 64-bit floats")),
        };
        let (fortran, start) = (self.fortran && columns > 1, self.start as u64);
        Ok(Numbers { float, big_endian, fortran, rows, columns, start })
    }

    /// Reads the names in a one-dimensional array; integers count as names. `from` starts at the array.
    ///
    /// # Errors
    /// If it is malformed or unsupported.
    pub(in crate::dataset) fn names(&self, from: &mut dyn Read) -> Result<Vec<String>, ArrayFault> {
        let &[count] = self.shape.as_slice() else { return Err(ArrayFault::Malformed("ids that are not a list")) };
        let size = match self.kind {
            Kind::Whole(bytes, ..) | Kind::Bytes(bytes) => bytes,
            Kind::Unicode(characters, _) => characters.saturating_mul(4),
            _ => return Err(self.kind.instead_of("ids", "names or integers")),
        };
        let sound = (1..=LONGEST_NAME).contains(&size);
        let needed = count.checked_mul(size).filter(|_| sound).ok_or(ArrayFault::Malformed("ids too large"))? as u64;
        let mut bytes = Vec::new();
        let start = self.start as u64;
        from.take(start.saturating_add(needed)).read_to_end(&mut bytes)?;
        let there = bytes.get(self.start..).unwrap_or_default();
        if (there.len() as u64) < needed {
            return Err(ArrayFault::CutShort { what: "ids", there: there.len() as u64, needed });
        }
        Ok(there.chunks_exact(size).map(|item| self.kind.text(item)).collect())
    }
}

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

    /// NumPy's name of it.
    pub fn name(&self) -> String {
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

    /// The error for an array of this dtype instead of another.
    fn instead_of(&self, what: &'static str, wanted: &'static str) -> ArrayFault {
        match self {
            Kind::Objects => ArrayFault::Pickle,
            other => ArrayFault::Kind { what, found: other.name(), wanted },
        }
    }

    /// Whether it can name images.
    pub(in crate::dataset) fn is_name(&self) -> bool {
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

/// An integer of up to 8 bytes.
pub(in crate::dataset) fn whole(bytes: &[u8], signed: bool, big_endian: bool) -> i128 {
    let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    let bits = if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) };
    let unused = 64 - 8 * bytes.len().clamp(1, 8) as u32;
    if signed { i128::from(((bits << unused) as i64) >> unused) } else { i128::from(bits) }
}

/// For `map_err` on a read: the fault if the file ends early.
fn at_end(message: &'static str) -> impl Fn(io::Error) -> ArrayFault {
    move |error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ArrayFault::Malformed(message),
        _ => error.into(),
    }
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

fn parse_shape(text: &str) -> Result<Vec<usize>, ArrayFault> {
    let inside = text.strip_prefix('(').and_then(|text| text.split_once(')')).map(|(inside, _)| inside);
    let inside = inside.ok_or(ArrayFault::Malformed("its 'shape' is not a tuple"))?;
    let parts = inside.split(',').map(str::trim).filter(|part| !part.is_empty());
    let sizes: Result<Vec<usize>, _> = parts.map(str::parse).collect();
    sizes.map_err(|_| ArrayFault::Shape(inside.to_owned()))
}
