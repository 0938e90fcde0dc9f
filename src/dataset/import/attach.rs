//! Adding a vector file to an open data set.

use std::path::{Path, PathBuf};

use super::table;
use crate::dataset::warnings::{Warnings, owned};
use crate::dataset::{Dataset, DatasetError, VectorSource, walk};

/// Whether a file has the extension of a vector file: `.npy`, `.npz`, `.safetensors` or `.parquet`.
pub fn is_vector_file(path: &Path) -> bool {
    matches!(walk::extension(path).as_str(), "npy" | "npz" | "safetensors" | "parquet")
}

/// The files of those named sources that consist of a single vector file; [`attach_vectors`] recreates the sources from
/// them.
pub fn single_files(dataset: &Dataset, names: &[String]) -> Vec<PathBuf> {
    let of_name = |name: &String| dataset.vectors.iter().find(|source| source.name == *name);
    let file = |source: &VectorSource| match source.files.as_slice() {
        [only] if is_vector_file(only) => Some(std::path::absolute(only).unwrap_or_else(|_| owned(only))),
        _ => None,
    };
    names.iter().filter_map(of_name).filter_map(file).collect()
}

/// Adds a vector file to [`Dataset::vectors`] under its file stem (numbered if that is taken), and returns that name.
/// Faulty rows are reported when they are read ([`crate::dataset::read_vectors`]). A file that is already listed keeps
/// its name.
///
/// # Errors
/// If the file cannot be read, is malformed, holds no vectors, has different numbers of ids and rows, or no id matches
/// an image.
pub fn attach_vectors(dataset: &mut Dataset, path: &Path) -> Result<String, DatasetError> {
    let path = std::path::absolute(path).unwrap_or_else(|_| owned(path));
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| owned(path));
    let wanted = real(&path);
    let is_it = |source: &&VectorSource| matches!(source.files.as_slice(), [only] if real(only) == wanted);
    if let Some(known) = dataset.vectors.iter().find(is_it) {
        return Ok(known.name.clone());
    }
    let mut warnings = Warnings::default();
    let (file, _) = table::open(dataset, &path, &mut warnings)?;
    // Lists of names are separated by commas, and joined by plus signs where they are shown.
    let stem = walk::stem(&path).replace([',', '+'], "-");
    let numbered = (2..).map(|number| format!("{stem}-{number}"));
    let is_free = |name: &String| !dataset.vectors.iter().any(|source| source.name.eq_ignore_ascii_case(name));
    let name = std::iter::once(stem.clone()).chain(numbered).find(is_free).unwrap_or_default();
    dataset.vectors.push(VectorSource { name: name.clone(), dim: Some(file.dim), files: vec![path] });
    Ok(name)
}
