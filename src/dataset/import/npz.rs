//! NumPy's `.npz`: a zip archive of `.npy` arrays, stored or deflated.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};

use zip::ZipArchive;

use super::{Content, Found, choose, choose_ids};
use crate::dataset::npy::{Header, Kind};
use crate::dataset::vectors::scratch;

/// Finds the vectors and their ids among the arrays: by their usual names, else the only matrix of floats and the only
/// list of names or whole numbers. The matrix is unpacked into a file without a name.
///
/// # Errors
/// What is wrong, for people.
pub(super) fn open(file: File) -> Result<Found, String> {
    let mut archive = ZipArchive::new(file).map_err(|error| format!("not an .npz archive: {error}"))?;
    let (mut matrices, mut lists) = (Vec::new(), Vec::new());
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| error.to_string())?;
        let name = entry.name().map_err(|error| error.to_string())?.to_string();
        let Some(name) = name.strip_suffix(".npy").map(str::to_owned) else { continue };
        let header = Header::parse(&mut entry).map_err(|error| format!("array '{name}': {error}"))?;
        match (&header.kind, header.shape.len()) {
            (Kind::Float(..), 2) => matrices.push((name, (index, header))),
            (kind, 1) if kind.is_name() => lists.push((name, (index, header))),
            _ => {}
        }
    }
    let (name, (index, header)) = choose("matrix of 16-, 32- or 64-bit floats among its arrays", &matrices)?;
    let within = |error: String| format!("array '{name}': {error}");
    let numbers = header.matrix().map_err(within)?;
    let all = numbers.bytes().and_then(|bytes| bytes.checked_add(numbers.start)).ok_or("its shape is too large")?;
    let unpacked = unpack(&mut archive, *index, all).map_err(within)?;
    numbers.check(unpacked.metadata().map_err(|error| error.to_string())?.len()).map_err(within)?;
    let ids = match choose_ids("array", &lists)? {
        Some((name, (index, header))) => {
            let within = |error: String| format!("array '{name}': {error}");
            if header.shape != [numbers.rows] {
                return Err(format!("{:?} ids in array '{name}' for {} vectors", header.shape, numbers.rows));
            }
            let mut entry = archive.by_index(*index).map_err(|error| within(error.to_string()))?;
            Some(header.names(&mut entry).map_err(within)?)
        }
        None => None,
    };
    let (rows, dim) = (numbers.rows, numbers.columns);
    Ok(Found { content: Content::Matrix(unpacked, numbers), rows, dim, ids, metadata: HashMap::new() })
}

/// Unpacks an entry, of which no more than `most` bytes are asked for.
fn unpack(archive: &mut ZipArchive<File>, index: usize, most: u64) -> Result<File, String> {
    let text = |error: io::Error| error.to_string();
    let mut entry = archive.by_index(index).map_err(|error| error.to_string())?;
    let mut file = scratch().map_err(text)?;
    io::copy(&mut (&mut entry).take(most), &mut file).map_err(text)?;
    // The checksum is compared where an entry ends.
    entry.read(&mut [0]).map_err(text)?;
    Ok(file)
}
