//! Matrices of floats in files, read some rows at a time.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::dataset::array_fault::ArrayFault;

/// Bytes read at a time of row-major and of column-major matrices.
const ROWS_AT_ONCE: usize = 4 << 20;
const COLUMNS_AT_ONCE: usize = 64 << 20;

/// The encoding of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Float {
    /// IEEE 754 half precision.
    F16,
    /// The upper half of an `F32`.
    Bf16,
    F32,
    F64,
}

impl Float {
    /// Size in bytes.
    pub fn bytes(self) -> usize {
        match self {
            Float::F16 | Float::Bf16 => 2,
            Float::F32 => 4,
            Float::F64 => 8,
        }
    }

    /// Appends the numbers of little-endian or big-endian bytes; 64-bit ones are rounded to 32 bits.
    pub fn decode(self, bytes: &[u8], big_endian: bool, out: &mut Vec<f32>) {
        let halves = |bytes: &[u8; 2]| if big_endian { u16::from_be_bytes(*bytes) } else { u16::from_le_bytes(*bytes) };
        match (self, big_endian) {
            (Float::F16, _) => out.extend(bytes.as_chunks::<2>().0.iter().map(|number| half(halves(number)))),
            (Float::Bf16, _) => {
                let wide = |number: &[u8; 2]| f32::from_bits(u32::from(halves(number)) << 16);
                out.extend(bytes.as_chunks::<2>().0.iter().map(wide));
            }
            (Float::F32, false) => out.extend(bytes.as_chunks::<4>().0.iter().map(|&x| f32::from_le_bytes(x))),
            (Float::F32, true) => out.extend(bytes.as_chunks::<4>().0.iter().map(|&x| f32::from_be_bytes(x))),
            (Float::F64, false) => out.extend(bytes.as_chunks::<8>().0.iter().map(|&x| f64::from_le_bytes(x) as f32)),
            (Float::F64, true) => out.extend(bytes.as_chunks::<8>().0.iter().map(|&x| f64::from_be_bytes(x) as f32)),
        }
    }
}

/// Decodes an IEEE 754 half-precision number.
pub(in crate::dataset) fn half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let exponent = u32::from(bits >> 10 & 0x1f);
    let fraction = u32::from(bits & 0x3ff);
    match exponent {
        // Subnormal: the fraction counts units of 2⁻²⁴.
        0 => f32::from_bits(sign | (fraction as f32 * 2f32.powi(-24)).to_bits()),
        0x1f => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// The location and layout of a matrix in a file.
///
/// # Shapes
/// `rows × columns`, row by row, or column by column where `fortran`.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::dataset) struct Numbers {
    pub float: Float,
    pub big_endian: bool,
    pub fortran: bool,
    pub rows: usize,
    pub columns: usize,
    /// Where the numbers start, in bytes.
    pub start: u64,
}

impl Numbers {
    /// Its size in bytes; `None` on overflow.
    pub fn bytes(&self) -> Option<u64> {
        let bytes = self.rows.checked_mul(self.columns)?.checked_mul(self.float.bytes())?;
        // Half of the range, so that sums of offsets cannot overflow.
        u64::try_from(bytes).ok().filter(|bytes| *bytes < 1 << 62)
    }

    /// Checks that a file of `length` bytes holds all of it, and that rows are not empty.
    ///
    /// # Errors
    /// If it is truncated, too large or empty.
    pub fn check(&self, length: u64) -> Result<(), ArrayFault> {
        if self.columns == 0 {
            return Err(ArrayFault::Empty);
        }
        let needed = self.bytes().ok_or(ArrayFault::TooLarge)?;
        match length.saturating_sub(self.start) {
            there if there < needed => Err(ArrayFault::CutShort { what: "numbers", there, needed }),
            _ => Ok(()),
        }
    }

    /// Reads consecutive rows of a matrix that [`Numbers::check`] has accepted.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read_rows(&self, file: &File, first: usize, count: usize, out: &mut Vec<f32>) -> io::Result<()> {
        let size = self.float.bytes();
        out.clear();
        if !self.fortran {
            let bytes = read_at(file, self.start + (first * self.columns * size) as u64, count * self.columns * size)?;
            self.float.decode(&bytes, self.big_endian, out);
            return Ok(());
        }
        out.resize(count * self.columns, 0.0);
        let mut column = Vec::with_capacity(count);
        for index in 0..self.columns {
            let bytes = read_at(file, self.start + ((index * self.rows + first) * size) as u64, count * size)?;
            column.clear();
            self.float.decode(&bytes, self.big_endian, &mut column);
            let places = out.iter_mut().skip(index).step_by(self.columns);
            places.zip(&column).for_each(|(place, number)| *place = *number);
        }
        Ok(())
    }

    /// Visits the rows in order, with a bounded number of them in memory.
    ///
    /// # Errors
    /// If the file cannot be read, or an error of `each`.
    pub fn visit(&self, file: &File, each: &mut dyn FnMut(usize, &[f32]) -> io::Result<()>) -> io::Result<()> {
        let at_once = if self.fortran { COLUMNS_AT_ONCE } else { ROWS_AT_ONCE };
        let count = (at_once / (self.columns * self.float.bytes()).max(1)).max(1);
        let mut numbers = Vec::new();
        for first in (0..self.rows).step_by(count) {
            self.read_rows(file, first, count.min(self.rows - first), &mut numbers)?;
            for (offset, row) in numbers.chunks_exact(self.columns.max(1)).enumerate() {
                each(first + offset, row)?;
            }
        }
        Ok(())
    }
}

/// Reads `count` bytes from an offset.
pub(crate) fn read_at(mut file: &File, start: u64, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn half_precision_numbers_are_read_exactly() {
        for (bits, number) in
            [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 5.960_464_5e-8), (0x8000, 0.0)]
        {
            assert_eq!(half(bits), number, "{bits:#x}");
        }
        assert!(half(0x7c00).is_infinite() && half(0x7e00).is_nan());
    }
}
