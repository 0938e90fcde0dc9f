//! Safetensors: one matrix, or a vector for each id.

use std::collections::HashMap;
use std::fs::File;
use std::io;

use ::safetensors::Dtype;
use ::safetensors::tensor::{Metadata, TensorInfo};

use super::numbers::{Float, Numbers, read_at};
use super::{Content, Found, IDS, VECTORS, choose};
use crate::dataset::npy::whole;
use crate::dataset::table::plain;
use crate::dataset::vectors::usual_length;

/// The key of the ids in the metadata.
const KEY: &str = "ids";
/// The format allows no longer header.
const LONGEST_HEADER: u64 = 100_000_000;

/// Finds the vectors: a matrix of floats by its usual name, else the only one; or, where every tensor is a vector, one
/// for each id. Ids are a JSON list in the metadata, or a list of whole numbers under a usual name.
///
/// # Errors
/// What is wrong, for people.
pub(super) fn open(file: File) -> Result<Found, String> {
    let (start, header) = read_header(&file)?;
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    let mut metadata = header.metadata().clone().unwrap_or_default();
    let mut tensors: Vec<(String, TensorInfo)> = Vec::new();
    for name in header.offset_keys() {
        let info = header.info(&name).ok_or("its header contradicts itself")?.clone();
        tensors.push((name, info));
    }
    let is_named = tensors.iter().any(|(name, _)| VECTORS.contains(&name.to_lowercase().as_str()));
    let is_vector = |info: &TensorInfo| matches!(info.shape.as_slice(), [_] | [1, _]) && float(info.dtype).is_some();
    if !is_named && !tensors.is_empty() && tensors.iter().all(|(_, info)| is_vector(info)) {
        return one_each(file, tensors, (start, length), metadata);
    }
    let mut matrices = tensors.clone();
    matrices.retain(|(name, info)| info.shape.len() == 2 || VECTORS.contains(&name.as_str()));
    let (name, info) = choose("tensor of two dimensions", &matrices)?;
    let within = |error: String| format!("tensor '{name}': {error}");
    let numbers = numbers(info, start).and_then(|numbers| numbers.check(length).map(|()| numbers)).map_err(within)?;
    let (rows, dim) = (numbers.rows, numbers.columns);
    let ids = match metadata.remove(KEY) {
        Some(text) => {
            Some(serde_json::from_str(&text).map_err(|error| format!("its '{KEY}' are not a list of names: {error}"))?)
        }
        None => listed(&file, &tensors, (start, length))?,
    };
    Ok(Found { content: Content::Matrix(file, numbers), rows, dim, ids, metadata })
}

/// Where the tensors start, and what they are.
fn read_header(file: &File) -> Result<(u64, Metadata), String> {
    let not_one = |error: String| format!("not a safetensors file: {error}");
    let read = |start, count| read_at(file, start, count).map_err(|error: io::Error| not_one(error.to_string()));
    let all = file.metadata().map_err(|error| error.to_string())?.len();
    let first: [u8; 8] = read(0, 8)?.try_into().map_err(|_| not_one("cut short".to_owned()))?;
    let length = u64::from_le_bytes(first);
    if length > LONGEST_HEADER.min(all.saturating_sub(8)) {
        return Err(not_one("its header is longer than the file, or than a header may be".to_owned()));
    }
    let header = serde_json::from_slice(&read(8, length as usize)?).map_err(|error| not_one(error.to_string()))?;
    Ok((8 + length, header))
}

fn float(dtype: Dtype) -> Option<Float> {
    Some(match dtype {
        Dtype::F16 => Float::F16,
        Dtype::BF16 => Float::Bf16,
        Dtype::F32 => Float::F32,
        Dtype::F64 => Float::F64,
        _ => return None,
    })
}

/// Where a tensor of one or two dimensions lies; one of one dimension counts as a single row.
fn numbers(info: &TensorInfo, start: u64) -> Result<Numbers, String> {
    let float = float(info.dtype)
        .ok_or_else(|| format!("numbers of kind {:?}, where 16-, 32- or 64-bit floats are asked for", info.dtype))?;
    let (rows, columns) = match *info.shape.as_slice() {
        [columns] => (1, columns),
        [rows, columns] => (rows, columns),
        _ => return Err(format!("{} dimensions, where a matrix has 2", info.shape.len())),
    };
    let (first, last) = info.data_offsets;
    let start = u64::try_from(first).ok().and_then(|first| start.checked_add(first)).filter(|start| *start < 1 << 62);
    let start = start.ok_or("it lies outside the file")?;
    let numbers = Numbers { float, big_endian: false, fortran: false, rows, columns, start };
    match numbers.bytes() == last.checked_sub(first).and_then(|bytes| u64::try_from(bytes).ok()) {
        true => Ok(numbers),
        false => Err("its shape and its bytes do not go together".to_owned()),
    }
}

/// A vector for each id.
fn one_each(
    file: File,
    tensors: Vec<(String, TensorInfo)>,
    (start, length): (u64, u64),
    metadata: HashMap<String, String>,
) -> Result<Found, String> {
    let mut vectors = Vec::with_capacity(tensors.len());
    let mut ids = Vec::with_capacity(tensors.len());
    for (name, info) in tensors {
        // One without numbers is told of as an image without a vector.
        let vector = numbers(&info, start).map_err(|error| format!("tensor '{name}': {error}"))?;
        if vector.columns > 0 {
            vector.check(length).map_err(|error| format!("tensor '{name}': {error}"))?;
        }
        vectors.push(vector);
        ids.push(name);
    }
    let dim = usual_length(vectors.iter().map(|vector| vector.columns)).ok_or("its vectors hold no numbers")?;
    Ok(Found { content: Content::Each(file, vectors), rows: ids.len(), dim, ids: Some(ids), metadata })
}

/// Ids as a tensor of whole numbers (the format holds no names).
fn listed(
    file: &File,
    tensors: &[(String, TensorInfo)],
    (start, length): (u64, u64),
) -> Result<Option<Vec<String>>, String> {
    let is_list = |info: &TensorInfo| info.shape.len() == 1;
    let Some((name, info)) = tensors.iter().find(|(name, info)| IDS.contains(&plain(name).as_str()) && is_list(info))
    else {
        return Ok(None);
    };
    let (size, signed) = match info.dtype {
        Dtype::I64 => (8, true),
        Dtype::U64 => (8, false),
        Dtype::I32 => (4, true),
        Dtype::U32 => (4, false),
        Dtype::I16 => (2, true),
        Dtype::U16 => (2, false),
        _ => return Err(format!("ids of kind {:?} in tensor '{name}'", info.dtype)),
    };
    let (first, last) = info.data_offsets;
    let inside = u64::try_from(last).ok().and_then(|last| start.checked_add(last)).is_some_and(|last| last <= length);
    if !inside || first > last {
        return Err(format!("tensor '{name}' lies outside the file"));
    }
    let bytes = read_at(file, start + first as u64, last - first).map_err(|error| error.to_string())?;
    Ok(Some(bytes.chunks_exact(size).map(|number| whole(number, signed, false).to_string()).collect()))
}
