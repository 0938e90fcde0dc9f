//! NumPy's `.npz`: a zip archive of `.npy` arrays, stored or deflated.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::content::{Content, Found};
use super::names::{choose, choose_ids};
use super::rows::MostRows;
use crate::dataset::array_fault::ArrayFault;
use crate::dataset::npy::{Header, Kind};
use crate::dataset::vectors::scratch;

/// The name of a part of the archive in errors.
const ARRAY: &str = "array";

/// Finds the vectors and their ids among the arrays: by their conventional names, else the only matrix of floats and
/// the only list of names or integers. The matrix is unpacked into an anonymous file.
///
/// # Errors
/// If the archive is damaged, has no such arrays, or too many rows.
pub(super) fn open(file: File, most: MostRows) -> Result<Found, ArrayFault> {
    let not_one = |error: ZipError| ArrayFault::NotA { format: "an .npz archive", reason: error.to_string() };
    let mut archive = ZipArchive::new(file).map_err(not_one)?;
    let (mut matrices, mut lists) = (Vec::new(), Vec::new());
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name()?.to_string();
        let Some(name) = name.strip_suffix(".npy").map(str::to_owned) else { continue };
        let header = Header::parse(&mut entry).map_err(ArrayFault::within(ARRAY, &name))?;
        match (&header.kind, header.shape.len()) {
            (Kind::Float(..), 2) => matrices.push((name, (index, header))),
            (kind, 1) if kind.is_name() => lists.push((name, (index, header))),
            _ => {}
        }
    }
    let (name, (index, header)) = choose("matrix of 16-, 32- or 64-bit floats among its arrays", &matrices)?;
    let within = ArrayFault::within(ARRAY, name);
    let numbers = header.matrix().map_err(&within)?;
    most.check(numbers.rows)?;
    let all = numbers.bytes().and_then(|bytes| bytes.checked_add(numbers.start));
    let unpacked = unpack(&mut archive, *index, all.ok_or(ArrayFault::TooLarge)?).map_err(&within)?;
    numbers.check(unpacked.metadata()?.len()).map_err(&within)?;
    let ids = match choose_ids("array", &lists)? {
        Some((name, (index, header))) => {
            let within = ArrayFault::within(ARRAY, name);
            let count = header.shape.first().copied().unwrap_or_default();
            if count != numbers.rows {
                return Err(within(ArrayFault::Ids { ids: count, rows: numbers.rows }));
            }
            let mut entry = archive.by_index(*index).map_err(|error| within(error.into()))?;
            Some(header.names(&mut entry).map_err(within)?)
        }
        None => None,
    };
    let (rows, dim) = (numbers.rows, numbers.columns);
    Ok(Found { content: Content::Matrix(unpacked, numbers), rows, dim, ids, metadata: HashMap::new() })
}

/// Unpacks at most `most` bytes of an entry.
fn unpack(archive: &mut ZipArchive<File>, index: usize, most: u64) -> Result<File, ArrayFault> {
    let mut entry = archive.by_index(index)?;
    let mut file = scratch()?;
    io::copy(&mut (&mut entry).take(most), &mut file)?;
    // The checksum is verified at the end of an entry.
    let _ = entry.read(&mut [0])?;
    Ok(file)
}
