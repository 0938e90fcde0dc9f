//! Visual vectors with their ids, in safetensors or `.npy` files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::npy::{self, Matrix};
use super::text::{numbered_lines, read_text};
use super::warnings::{Warnings, owned};
use super::{DatasetError, walk};

/// The tensor that holds the vectors, and the metadata key of their ids.
const TENSOR: &str = "embeddings";
const IDS: &str = "ids";

/// A matrix of vectors and the image of each row, where the files tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Embeddings {
    /// Row `i` is the vector of `ids[i]`.
    pub matrix: Matrix,
    /// One id per row; `None` where neither the file nor an ids file beside it gives them.
    pub ids: Option<Vec<String>>,
    /// Whatever else the file says of itself (safetensors metadata without the ids).
    pub metadata: HashMap<String, String>,
}

/// Reads a `.safetensors` or `.npy` file of vectors, and `NAME.ids.txt` beside it where the file itself holds no ids.
///
/// # Errors
/// If the file cannot be read, is malformed, or there are not as many ids as rows.
pub fn read_embeddings(path: &Path) -> Result<Embeddings, DatasetError> {
    let mut embeddings = if walk::extension(path) == "npy" {
        Embeddings { matrix: npy::read_npy(path)?, ids: None, metadata: HashMap::new() }
    } else {
        read_safetensors(path)?
    };
    let beside = ids_file(path);
    if embeddings.ids.is_none() && beside.is_file() {
        let text = read_text(&beside, &mut Warnings::default())?;
        let lines = numbered_lines(&text).map(|(_, line)| line.trim().to_owned());
        embeddings.ids = Some(lines.filter(|line| !line.is_empty()).collect());
    }
    match &embeddings.ids {
        Some(ids) if ids.len() != embeddings.matrix.rows => {
            let message = format!("{} ids for {} vectors", ids.len(), embeddings.matrix.rows);
            Err(malformed(path, message))
        }
        _ => Ok(embeddings),
    }
}

/// Writes vectors: safetensors with the ids in its metadata, or `.npy` with `NAME.ids.txt` beside it, by the extension.
/// The file appears under its name only when it is whole.
///
/// # Errors
/// If there are not as many ids as rows, or a file cannot be written.
pub fn write_embeddings(
    path: &Path,
    ids: &[&str],
    columns: usize,
    data: &[f32],
    metadata: &[(&str, &str)],
) -> Result<(), DatasetError> {
    if columns == 0 || ids.len().checked_mul(columns) != Some(data.len()) {
        let message = format!("{} numbers are not {} vectors of {columns}", data.len(), ids.len());
        return Err(malformed(path, message));
    }
    let io = |source| DatasetError::Io { source, path: owned(path) };
    let part = path.with_file_name(format!("{}.part", walk::name(path)));
    if walk::extension(path) == "npy" {
        npy::write_npy(&part, columns, data)?;
        std::fs::write(ids_file(path), ids.join("\n") + "\n").map_err(io)?;
    } else {
        let bytes: Vec<u8> = data.iter().flat_map(|number| number.to_le_bytes()).collect();
        let view = TensorView::new(Dtype::F32, vec![ids.len(), columns], &bytes)
            .map_err(|error| malformed(path, error.to_string()))?;
        let mut pairs: HashMap<String, String> =
            metadata.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        pairs.insert(IDS.to_owned(), serde_json::json!(ids).to_string());
        let file = safetensors::serialize([(TENSOR, view)], Some(pairs))
            .map_err(|error| malformed(path, error.to_string()))?;
        std::fs::write(&part, file).map_err(io)?;
    }
    std::fs::rename(&part, path).map_err(io)
}

/// Numbers per vector, from the file's header.
pub(super) fn embeddings_dim(path: &Path) -> Option<usize> {
    if walk::extension(path) == "npy" {
        return Some(npy::npy_shape(path).ok()?.1);
    }
    use std::io::Read;
    let mut file = std::fs::File::open(path).ok()?;
    let mut length = [0; 8];
    file.read_exact(&mut length).ok()?;
    let mut header = Vec::new();
    file.take(u64::from_le_bytes(length).min(100_000_000)).read_to_end(&mut header).ok()?;
    let header: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&header).ok()?;
    let tensors: Vec<_> = header.iter().filter(|(name, _)| *name != "__metadata__").collect();
    let (_, tensor) = tensors.iter().find(|(name, _)| *name == TENSOR).or(match tensors.as_slice() {
        [only] => Some(only),
        _ => None,
    })?;
    usize::try_from(tensor.get("shape")?.get(1)?.as_u64()?).ok()
}

fn malformed(path: &Path, message: impl Into<String>) -> DatasetError {
    DatasetError::Malformed { message: message.into(), path: owned(path), line: None }
}

/// `embeddings.npy` → `embeddings.ids.txt`.
fn ids_file(path: &Path) -> PathBuf {
    path.with_extension("ids.txt")
}

fn read_safetensors(path: &Path) -> Result<Embeddings, DatasetError> {
    let bytes = std::fs::read(path).map_err(|source| DatasetError::Io { source, path: owned(path) })?;
    parse_safetensors(&bytes).map_err(|message| malformed(path, message))
}

fn parse_safetensors(bytes: &[u8]) -> Result<Embeddings, String> {
    let not_one = |error: safetensors::SafeTensorError| format!("not a safetensors file: {error}");
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(not_one)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(not_one)?;
    let names = tensors.names();
    let name = match names.as_slice() {
        names if names.contains(&TENSOR) => TENSOR,
        [only] => only,
        _ => return Err(format!("no tensor named '{TENSOR}' among its {} tensors", names.len())),
    };
    let tensor = tensors.tensor(name).map_err(not_one)?;
    let &[rows, columns] = tensor.shape() else {
        return Err(format!("tensor '{name}' has {} dimensions, where a matrix has 2", tensor.shape().len()));
    };
    if columns == 0 {
        return Err(format!("the rows of tensor '{name}' hold no numbers"));
    }
    let data = floats(&tensor).ok_or_else(|| {
        format!(
            "numbers of kind {:?} in tensor '{name}', where 16-, 32- or 64-bit floats are asked for",
            tensor.dtype()
        )
    })?;
    let mut metadata = header.metadata().clone().unwrap_or_default();
    let ids = match metadata.remove(IDS) {
        Some(text) => {
            Some(serde_json::from_str(&text).map_err(|error| format!("its '{IDS}' are not a list of names: {error}"))?)
        }
        None => None,
    };
    Ok(Embeddings { matrix: Matrix { rows, columns, data }, ids, metadata })
}

fn floats(tensor: &TensorView) -> Option<Vec<f32>> {
    let bytes = tensor.data();
    let halves = || bytes.as_chunks::<2>().0.iter().map(|&pair| u16::from_le_bytes(pair));
    Some(match tensor.dtype() {
        Dtype::F32 => bytes.as_chunks::<4>().0.iter().map(|&number| f32::from_le_bytes(number)).collect(),
        Dtype::F64 => bytes.as_chunks::<8>().0.iter().map(|&number| f64::from_le_bytes(number) as f32).collect(),
        Dtype::F16 => halves().map(half).collect(),
        Dtype::BF16 => halves().map(|bits| f32::from_bits(u32::from(bits) << 16)).collect(),
        _ => return None,
    })
}

/// An IEEE 754 half-precision number.
fn half(bits: u16) -> f32 {
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
