//! Visual vectors with their ids as one value: read from any file of vectors, written as safetensors or `.npy`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use safetensors::{Dtype, tensor::TensorView};

use super::import::{VectorFile, is_vector_file};
use super::npy::{self, Matrix};
use super::warnings::Warnings;
use super::{DatasetError, VectorSource, walk};
use crate::base::{At, FileError, write_whole};

/// The tensor that holds the vectors, and the metadata key of their ids.
const TENSOR: &str = "embeddings";
const IDS: &str = "ids";

/// A matrix of vectors and the image of each row, where the files give it.
#[derive(Clone, Debug, PartialEq)]
pub struct Embeddings {
    /// Row `i` is the vector of `ids[i]`.
    pub matrix: Matrix,
    /// One id per row; `None` if neither the file nor an ids file next to it gives them.
    pub ids: Option<Vec<String>>,
    /// Other metadata (that of safetensors, without the ids).
    pub metadata: HashMap<String, String>,
}

/// Reads a whole file of vectors (`.npy`, `.npz`, `.safetensors`, `.parquet`) with its ids, or those in a file next to
/// it: one per line in `NAME.ids.txt` or `NAME.txt`, or a column of `NAME.csv` or `NAME.tsv`. A vector whose length
/// differs from most is filled with NaN.
///
/// # Errors
/// If the file cannot be read, is malformed, or has different numbers of ids and rows.
pub fn read_embeddings(path: &Path) -> Result<Embeddings, DatasetError> {
    let file = VectorFile::open(path, &mut Warnings::default())?;
    let mut data = Vec::new();
    file.visit(&mut |_, vector| {
        match vector.len() == file.dim {
            true => data.extend_from_slice(vector),
            false => data.resize(data.len() + file.dim, f32::NAN),
        }
        Ok(())
    })?;
    let matrix = Matrix { rows: file.rows, columns: file.dim, data };
    Ok(Embeddings { matrix, ids: file.ids, metadata: file.metadata })
}

/// Writes vectors: safetensors with the ids in its metadata, or `.npy` with `NAME.ids.txt` next to it, depending on the
/// extension. The write is atomic.
///
/// # Errors
/// If the numbers of ids and rows differ, or a file cannot be written.
pub fn write_embeddings(
    path: &Path,
    ids: &[&str],
    columns: usize,
    data: &[f32],
    metadata: &[(&str, &str)],
) -> Result<(), DatasetError> {
    if columns == 0 || ids.len().checked_mul(columns) != Some(data.len()) {
        let message = format!("{} numbers are not {} vectors of {columns}", data.len(), ids.len());
        return Err(FileError::malformed(message, path).into());
    }
    if walk::extension(path) == "npy" {
        let names = ids_file(path);
        write_whole(&names, &[ids.join("\n").as_bytes(), b"\n"]).at(&names)?;
        npy::write_npy(path, columns, data)
    } else {
        let bytes: Vec<u8> = data.iter().flat_map(|number| number.to_le_bytes()).collect();
        let view = TensorView::new(Dtype::F32, vec![ids.len(), columns], &bytes)
            .map_err(|error| FileError::malformed(error, path))?;
        let mut pairs: HashMap<String, String> =
            metadata.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        pairs.insert(IDS.to_owned(), serde_json::json!(ids).to_string());
        let file =
            safetensors::serialize([(TENSOR, view)], Some(pairs)).map_err(|error| FileError::malformed(error, path))?;
        Ok(write_whole(path, &[&file]).at(path)?)
    }
}

/// The encoder that a file of vectors names in its metadata; reads only its header.
pub fn encoder_of(path: &Path) -> Option<String> {
    VectorFile::open(path, &mut Warnings::default()).ok()?.metadata.remove("encoder")
}

/// The dimension of the vectors, where the file's header gives it.
fn embeddings_dim(path: &Path) -> Option<usize> {
    match walk::extension(path).as_str() {
        "npy" => Some(npy::npy_shape(path).ok()?.1),
        "safetensors" => Some(VectorFile::open(path, &mut Warnings::default()).ok()?.dim),
        _ => None,
    }
}

/// The sources among a folder's files in our own form: `embeddings*` anywhere at the top, and everything in a folder
/// `embeddings`.
pub(super) fn own_sources(files: &[PathBuf], root: &Path) -> Vec<VectorSource> {
    let is_own = |path: &&PathBuf| {
        let form = is_vector_file(path);
        let at_top = path.parent() == Some(root) && walk::stem(path).to_lowercase().starts_with("embeddings");
        let in_folder = path.parent().and_then(Path::parent) == Some(root)
            && walk::folder_name(path).eq_ignore_ascii_case("embeddings");
        form && (at_top || in_folder)
    };
    let mut sources: Vec<VectorSource> = Vec::new();
    for path in files.iter().filter(is_own) {
        let mut name = walk::stem(path);
        if sources.iter().any(|source| source.name == name) {
            name = walk::name(path);
        }
        let dim = embeddings_dim(path);
        sources.push(VectorSource { name, dim, files: vec![path.clone()] });
    }
    sources
}

/// `embeddings.npy` → `embeddings.ids.txt`.
fn ids_file(path: &Path) -> PathBuf {
    path.with_extension("ids.txt")
}
