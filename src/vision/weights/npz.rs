//! NumPy's `.npz`: a zip archive of arrays, each with a header that is a Python dictionary.

use std::io::Read;

use candle_core::DType;
use zip::ZipArchive;

use super::file::{Listing, ReadSeek, Stored, row_by_row};

/// How the name of an array's entry ends.
pub(super) const ENDING: &str = ".npy";
/// Bytes of the longest header; usual ones have 128.
const MAX_HEADER: usize = 1 << 16;

/// Lists the arrays of an archive.
pub(super) fn list<R: ReadSeek>(archive: &mut ZipArchive<R>) -> Result<Listing, String> {
    let mut listing = Listing::default();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| error.to_string())?;
        let name = entry.name().map_err(|error| error.to_string())?.into_owned();
        let Some(name) = name.strip_suffix(ENDING) else { continue };
        let stored = array(&mut entry, index).map_err(|message| format!("array \"{name}\": {message}"))?;
        listing.tensors.insert(name.to_string(), stored);
    }
    Ok(listing)
}

fn array(entry: &mut dyn Read, index: usize) -> Result<Stored, String> {
    let fault = |error: std::io::Error| error.to_string();
    let mut head = [0; 8];
    entry.read_exact(&mut head).map_err(fault)?;
    let [magic @ .., major, _] = head;
    if &magic != b"\x93NUMPY" {
        return Err("not an array of NumPy".to_string());
    }
    let mut length = [0; 4];
    let digits = if major == 1 { 2 } else { 4 };
    entry.read_exact(&mut length[..digits]).map_err(fault)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_HEADER {
        return Err(format!("its header claims {length} bytes"));
    }
    let mut header = vec![0; length];
    entry.read_exact(&mut header).map_err(fault)?;
    let header = String::from_utf8_lossy(&header);
    let (dtype, by_columns, shape) = parse(&header).ok_or_else(|| format!("its header is {}", header.trim()))?;
    let mut stored = Stored::dense(shape, dtype, Some(index), (8 + digits + length) as u64);
    if by_columns {
        let mut reversed = stored.shape.clone();
        reversed.reverse();
        stored.strides = row_by_row(&reversed);
        stored.strides.reverse();
    }
    Ok(stored)
}

/// Type, whether the first axis is the fastest, and shape of `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
fn parse(header: &str) -> Option<(Result<DType, String>, bool, Vec<usize>)> {
    let value = |key: &str| Some(header.split_once(key)?.1.trim_start().strip_prefix(':')?.trim_start());
    let described = value("'descr'")?;
    let descr = described.strip_prefix('\'').and_then(|rest| rest.split_once('\'')).map(|(descr, _)| descr);
    let by_columns = value("'fortran_order'")?.starts_with("True");
    let (shape, _) = value("'shape'")?.strip_prefix('(')?.split_once(')')?;
    let sides = shape.split(',').map(str::trim).filter(|side| !side.is_empty());
    let shape = sides.map(|side| side.parse().ok()).collect::<Option<Vec<usize>>>()?;
    let dtype = match descr {
        Some("<f2") => Ok(DType::F16),
        Some("<f4") => Ok(DType::F32),
        Some("<f8") => Ok(DType::F64),
        Some(other) => Err(other.to_string()),
        None => Err("of several fields".to_string()),
    };
    Some((dtype, by_columns, shape))
}
