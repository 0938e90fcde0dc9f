//! TIFF's fields of text, copied out of a file of any size.
//!
//! A TIFF file is itself the structure that EXIF uses, but its fields may lie anywhere between the pixels, so those that
//! matter are collected into a small structure of their own. Source: TIFF 6.0 (Adobe, 1992), section 2.

use std::io::{self, Read, Seek, SeekFrom};

use super::blocks::{Blocks, array};
use super::iptc;

/// Most fields of a directory, and the longest value of one in bytes.
const MOST_FIELDS: u16 = 512;
const LONGEST: u32 = 1 << 20;

const EXIF: u16 = 34665;
const GPS: u16 = 34853;
const XMP: u16 = 700;
const IPTC: u16 = 33723;
const PHOTOSHOP: u16 = 34377;

/// One field: its bytes are as in the file.
struct Field {
    tag: u16,
    kind: u16,
    count: u32,
    value: Vec<u8>,
}

/// Whole numbers in the byte order of the file.
#[derive(Clone, Copy)]
struct Order {
    is_little: bool,
}

impl Order {
    fn short(self, bytes: [u8; 2]) -> u16 {
        if self.is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }
    }

    fn long(self, bytes: [u8; 4]) -> u32 {
        if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }

    fn of_short(self, number: u16) -> [u8; 2] {
        if self.is_little { number.to_le_bytes() } else { number.to_be_bytes() }
    }

    fn of_long(self, number: u32) -> [u8; 4] {
        if self.is_little { number.to_le_bytes() } else { number.to_be_bytes() }
    }
}

/// Reads the fields of the first directory and of EXIF's and GPS's below it.
pub(super) fn read(file: &mut (impl Read + Seek), blocks: &mut Blocks) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let order = Order { is_little: array::<4>(file)?[0] == b'I' };
    let first = order.long(array(file)?);
    let mut fields = directory(file, order, first, blocks)?;
    let mut below = Vec::new();
    for field in &mut fields {
        let value = std::mem::take(&mut field.value);
        match (field.tag, value.first_chunk()) {
            (EXIF | GPS, Some(start)) => below.push((field.tag, order.long(*start))),
            (XMP, _) => blocks.xmp = value,
            (IPTC, _) => blocks.iptc = in_order(value, field.kind, order),
            (PHOTOSHOP, _) if blocks.iptc.is_empty() => blocks.iptc = iptc::in_photoshop(&value).to_vec(),
            _ => field.value = value,
        }
    }
    fields.retain(|field| !field.value.is_empty());
    let mut inner = Vec::new();
    for (tag, start) in below {
        // What is damaged below costs only itself.
        inner.extend(directory(file, order, start, blocks).ok().map(|fields| (tag, fields)));
    }
    blocks.exif = structure(order, fields, inner);
    Ok(())
}

/// IPTC's records, which some programs declare as 32-bit numbers, then swapped by others.
fn in_order(value: Vec<u8>, kind: u16, order: Order) -> Vec<u8> {
    if kind == 4 && order.is_little && value.get(3) == Some(&0x1C) && value.first() != Some(&0x1C) {
        return value.chunks(4).flat_map(|four| four.iter().rev().copied()).collect();
    }
    value
}

/// The fields of a directory that hold texts, dates or places.
fn directory(file: &mut (impl Read + Seek), order: Order, start: u32, blocks: &mut Blocks) -> io::Result<Vec<Field>> {
    file.seek(SeekFrom::Start(u64::from(start)))?;
    let count = order.short(array(file)?).min(MOST_FIELDS);
    let mut entries = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        entries.push((
            order.short(array(file)?),
            order.short(array(file)?),
            order.long(array(file)?),
            array::<4>(file)?,
        ));
    }
    let mut fields = Vec::new();
    for (tag, kind, count, place) in entries {
        // Bytes, texts, 16- and 32-bit numbers, ratios, and bytes of no type.
        let unit = match kind {
            1 | 2 | 7 => 1,
            3 => 2,
            4 | 13 => 4,
            5 => 8,
            _ => continue,
        };
        let length = count.saturating_mul(unit);
        let is_pixels = matches!(tag, 254..=269 | 273 | 277..=279 | 320..=325 | 347 | 514);
        if is_pixels || length > LONGEST {
            continue;
        }
        let value = match length {
            0..=4 => place[..length as usize].to_vec(),
            _ => {
                file.seek(SeekFrom::Start(u64::from(order.long(place))))?;
                match blocks.take(file, length as usize) {
                    Ok(Some(value)) => value,
                    Ok(None) => break,
                    // A place beyond the end costs only this field.
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => continue,
                    Err(error) => return Err(error),
                }
            }
        };
        fields.push(Field { tag, kind, count, value });
    }
    Ok(fields)
}

/// A TIFF structure of a first directory with these fields and others below it.
fn structure(order: Order, mut fields: Vec<Field>, inner: Vec<(u16, Vec<Field>)>) -> Vec<u8> {
    let mut bytes = if order.is_little { b"II".to_vec() } else { b"MM".to_vec() };
    bytes.extend(order.of_short(42));
    bytes.extend([0; 4]);
    for (tag, below) in inner {
        let start = add_directory(&mut bytes, order, &below);
        fields.push(Field { tag, kind: 4, count: 1, value: order.of_long(start).to_vec() });
    }
    let start = add_directory(&mut bytes, order, &fields);
    bytes[4..8].copy_from_slice(&order.of_long(start));
    bytes
}

/// Appends the values and then the directory; returns where that starts.
fn add_directory(bytes: &mut Vec<u8>, order: Order, fields: &[Field]) -> u32 {
    let mut entries = Vec::new();
    for field in fields {
        let mut place = [0; 4];
        if field.value.len() <= 4 {
            place[..field.value.len()].copy_from_slice(&field.value);
        } else {
            place = order.of_long(bytes.len() as u32);
            bytes.extend(&field.value);
        }
        entries.extend(order.of_short(field.tag));
        entries.extend(order.of_short(field.kind));
        entries.extend(order.of_long(field.count));
        entries.extend(place);
    }
    let start = bytes.len() as u32;
    bytes.extend(order.of_short(fields.len() as u16));
    bytes.extend(entries);
    bytes.extend([0; 4]);
    start
}
