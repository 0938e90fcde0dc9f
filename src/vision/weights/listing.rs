//! What a weights file holds, before any of its numbers is read.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek};

use candle_core::DType;

/// Bytes that can be read at any place.
pub(super) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// The bytes of a file or of the program.
pub(super) type Bytes = Box<dyn ReadSeek>;

/// A tensor's number type, or what its file calls one that is not read: no error while nobody wants that tensor.
pub(super) type NumberType = Result<DType, String>;

/// A tensor that has not been read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub shape: Vec<usize>,
    /// Steps along each axis, in elements.
    pub strides: Vec<usize>,
    pub dtype: NumberType,
    /// The archive's entry that holds it; `None` in a file that is no archive.
    pub entry: Option<usize>,
    /// Bytes before it in the entry or file.
    pub start: u64,
}

impl Stored {
    /// A tensor that lies row by row.
    pub fn dense(shape: Vec<usize>, dtype: NumberType, entry: Option<usize>, start: u64) -> Self {
        let strides = row_by_row(&shape);
        Self { shape, strides, dtype, entry, start }
    }
}

/// What a format's reader found: tensors by their names in the file, and notes that came with them.
#[derive(Default)]
pub(super) struct Listing {
    pub tensors: BTreeMap<String, Stored>,
    pub metadata: HashMap<String, String>,
}

/// The strides of a tensor that lies row by row.
pub(super) fn row_by_row(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1_usize; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis].saturating_mul(shape[axis]);
    }
    strides
}
