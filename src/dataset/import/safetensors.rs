//! Safetensors: one matrix, or one vector per id.

use std::collections::HashMap;
use std::fmt::Display;
use std::fs::File;

use ::safetensors::Dtype;
use ::safetensors::tensor::{Metadata, TensorInfo};

use super::content::{Content, Found};
use super::names::{IDS, VECTORS, choose};
use super::numbers::{Float, Numbers, read_at};
use super::rows::MostRows;
use crate::dataset::array_fault::ArrayFault;
use crate::dataset::npy::whole;
use crate::dataset::table::plain;
use crate::dataset::vectors::usual_length;

/// The name of a part of the file in errors.
const TENSOR: &str = "tensor";
/// The key of the ids in the metadata.
const KEY: &str = "ids";
/// The longest header that the format allows.
const LONGEST_HEADER: u64 = 100_000_000;

/// Finds the vectors: a matrix of floats by a conventional name, else the only one; or, where every tensor is a vector,
/// one per id. Ids are a JSON list in the metadata, or a list of integers under a conventional name.
///
/// # Errors
/// If the file is damaged, has no such tensors, or too many rows.
pub(super) fn open(file: File, most: MostRows) -> Result<Found, ArrayFault> {
    let (start, header) = read_header(&file)?;
    let length = file.metadata()?.len();
    let mut metadata = header.metadata().clone().unwrap_or_default();
    let mut tensors: Vec<(String, TensorInfo)> = Vec::new();
    for name in header.offset_keys() {
        let info = header.info(&name).ok_or(ArrayFault::Malformed("its header contradicts itself"))?.clone();
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
    let numbers = numbers(info, start).and_then(|numbers| numbers.check(length).map(|()| numbers));
    let numbers = numbers.map_err(ArrayFault::within(TENSOR, name))?;
    let (rows, dim) = (numbers.rows, numbers.columns);
    most.check(rows)?;
    let ids = match metadata.remove(KEY) {
        Some(text) => {
            let names = serde_json::from_str(&text);
            Some(names.map_err(|source| ArrayFault::Names { key: KEY, source })?)
        }
        None => listed(&file, &tensors, (start, length))?,
    };
    Ok(Found { content: Content::Matrix(file, numbers), rows, dim, ids, metadata })
}

/// The offset of the tensors, and their metadata.
fn read_header(file: &File) -> Result<(u64, Metadata), ArrayFault> {
    let not_one = |reason: &dyn Display| ArrayFault::NotA { format: "a safetensors file", reason: reason.to_string() };
    let read = |start, count| read_at(file, start, count).map_err(|error| not_one(&error));
    let all = file.metadata()?.len();
    let first: [u8; 8] = read(0, 8)?.try_into().map_err(|_| not_one(&"truncated"))?;
    let length = u64::from_le_bytes(first);
    if length > LONGEST_HEADER.min(all.saturating_sub(8)) {
        return Err(not_one(&"its header is longer than the file or than the format allows"));
    }
    let header = serde_json::from_slice(&read(8, length as usize)?).map_err(|error| not_one(&error))?;
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

/// The location of a tensor of one or two dimensions; one dimension counts as a single row.
fn numbers(info: &TensorInfo, start: u64) -> Result<Numbers, ArrayFault> {
    let wanted = "16-, 32- or 64-bit floats";
    let float = float(info.dtype).ok_or_else(|| other_kind("numbers", info.dtype, wanted))?;
    let (rows, columns) = match *info.shape.as_slice() {
        [columns] => (1, columns),
        [rows, columns] => (rows, columns),
        _ => return Err(ArrayFault::Dimensions(info.shape.len())),
    };
    let (first, last) = info.data_offsets;
    let start = u64::try_from(first).ok().and_then(|first| start.checked_add(first)).filter(|start| *start < 1 << 62);
    let start = start.ok_or(ArrayFault::Outside)?;
    let numbers = Numbers { float, big_endian: false, fortran: false, rows, columns, start };
    match numbers.bytes() == last.checked_sub(first).and_then(|bytes| u64::try_from(bytes).ok()) {
        true => Ok(numbers),
        false => Err(ArrayFault::Malformed("its shape does not match its size in bytes")),
    }
}

fn other_kind(what: &'static str, found: Dtype, wanted: &'static str) -> ArrayFault {
    ArrayFault::Kind { what, found: format!("{found:?}"), wanted }
}

/// One vector per id.
fn one_each(
    file: File,
    tensors: Vec<(String, TensorInfo)>,
    (start, length): (u64, u64),
    metadata: HashMap<String, String>,
) -> Result<Found, ArrayFault> {
    let mut vectors = Vec::with_capacity(tensors.len());
    let mut ids = Vec::with_capacity(tensors.len());
    // An empty one is reported as an image without a vector.
    let whole = |vector: Numbers| if vector.columns == 0 { Ok(vector) } else { vector.check(length).map(|()| vector) };
    for (name, info) in tensors {
        let vector = numbers(&info, start).and_then(whole).map_err(ArrayFault::within(TENSOR, &name))?;
        vectors.push(vector);
        ids.push(name);
    }
    let dim = usual_length(vectors.iter().map(|vector| vector.columns)).ok_or(ArrayFault::Empty)?;
    Ok(Found { content: Content::Each(file, vectors), rows: ids.len(), dim, ids: Some(ids), metadata })
}

/// Ids as a tensor of integers (the format has no strings).
fn listed(
    file: &File,
    tensors: &[(String, TensorInfo)],
    (start, length): (u64, u64),
) -> Result<Option<Vec<String>>, ArrayFault> {
    let is_list = |info: &TensorInfo| info.shape.len() == 1;
    let Some((name, info)) = tensors.iter().find(|(name, info)| IDS.contains(&plain(name).as_str()) && is_list(info))
    else {
        return Ok(None);
    };
    let within = ArrayFault::within(TENSOR, name);
    let (size, signed) = match info.dtype {
        Dtype::I64 => (8, true),
        Dtype::U64 => (8, false),
        Dtype::I32 => (4, true),
        Dtype::U32 => (4, false),
        Dtype::I16 => (2, true),
        Dtype::U16 => (2, false),
        other => return Err(within(other_kind("ids", other, "integers"))),
    };
    let (first, last) = info.data_offsets;
    let inside = u64::try_from(last).ok().and_then(|last| start.checked_add(last)).is_some_and(|last| last <= length);
    if !inside || first > last {
        return Err(within(ArrayFault::Outside));
    }
    let bytes = read_at(file, start + first as u64, last - first)?;
    Ok(Some(bytes.chunks_exact(size).map(|number| whole(number, signed, false).to_string()).collect()))
}
