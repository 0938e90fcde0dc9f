//! NumPy's `.npz`: a zip archive of arrays.

use candle_core::DType;
use zip::ZipArchive;

use super::fault::WeightsFault;
use super::listing::{Listing, ReadSeek, Stored, row_by_row};
use crate::dataset::{Float, NpyHeader, NpyKind};

/// The extension of an array's entry.
pub(super) const ENDING: &str = ".npy";

/// Lists the arrays of an archive.
pub(super) fn list<R: ReadSeek>(archive: &mut ZipArchive<R>) -> Result<Listing, WeightsFault> {
    let mut listing = Listing::default();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        let Some(name) = name.strip_suffix(ENDING) else { continue };
        let header = NpyHeader::parse(&mut entry).map_err(WeightsFault::within(&format!("array \"{name}\"")))?;
        listing.tensors.insert(name.to_string(), stored(header, index));
    }
    Ok(listing)
}

fn stored(header: NpyHeader, index: usize) -> Stored {
    let dtype = match header.kind {
        NpyKind::Float(Float::F16, false) => Ok(DType::F16),
        NpyKind::Float(Float::F32, false) => Ok(DType::F32),
        NpyKind::Float(Float::F64, false) => Ok(DType::F64),
        other => Err(other.name()),
    };
    let mut stored = Stored::dense(header.shape, dtype, Some(index), header.start as u64);
    if header.fortran {
        let mut reversed = stored.shape.clone();
        reversed.reverse();
        stored.strides = row_by_row(&reversed);
        stored.strides.reverse();
    }
    stored
}
