//! Vector files made by any tool: `.npy`, `.npz`, safetensors and Parquet, whose rows are matched to images by id.
//!
//! [`VectorFile::open`] reads a file's header and ids; its rows are then streamed, so a file may be larger than memory.
//! [`table`] checks them and assigns them to images.

mod attach;
mod beside;
mod content;
mod matching;
mod names;
mod npz;
pub(super) mod numbers;
mod parquet;
mod rows;
mod safetensors;
pub(super) mod table;

pub(crate) use self::parquet::TextColumns;
pub use attach::{attach_vectors, is_vector_file, single_files};

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use super::array_fault::ArrayFault;
use super::warnings::{Warnings, owned};
use super::{Dataset, DatasetError, npy, walk};
use crate::base::{At, open_file};
use content::{Content, Found};
use rows::MostRows;

/// An open vector file.
pub(super) struct VectorFile {
    path: PathBuf,
    content: Content,
    /// Number of vectors.
    pub rows: usize,
    /// The most common dimension.
    pub dim: usize,
    /// One id per row, where there are any.
    pub ids: Option<Vec<String>>,
    /// Other metadata of the file.
    pub metadata: HashMap<String, String>,
}

impl VectorFile {
    /// Opens a file and reads its ids, or those in a file next to it (see [`beside::ids`]).
    ///
    /// # Errors
    /// If the file cannot be read, is malformed or truncated, holds no vectors, or has different numbers of ids and
    /// rows.
    pub fn open(path: &Path, warnings: &mut Warnings) -> Result<Self, DatasetError> {
        Self::open_for(path, MostRows::ANY, &|_| true, warnings)
    }

    /// As [`VectorFile::open`], for a file that belongs to a data set or was added to it: it may have more rows than there
    /// are images, but not beyond all measure, and ids next to one of the data set's own files are read only as far as
    /// its links may lead.
    ///
    /// # Errors
    /// As [`VectorFile::open`], or if it has far more rows than there are images.
    pub fn open_of(dataset: &Dataset, path: &Path, warnings: &mut Warnings) -> Result<Self, DatasetError> {
        let is_own = path.starts_with(&dataset.root);
        let admits = |beside: &Path| !is_own || dataset.reach.admits(beside, &dataset.root);
        Self::open_for(path, MostRows::of(dataset.images.len()), &admits, warnings)
    }

    fn open_for(
        path: &Path,
        most: MostRows,
        admits: &dyn Fn(&Path) -> bool,
        warnings: &mut Warnings,
    ) -> Result<Self, DatasetError> {
        let ids_for = |ids, rows| ArrayFault::Ids { ids, rows }.at(path);
        let found = match walk::extension(path).as_str() {
            "npy" => {
                let (file, numbers) = npy::open_npy(path)?;
                most.check(numbers.rows).map_err(|fault| fault.at(path))?;
                let (rows, dim) = (numbers.rows, numbers.columns);
                Found { content: Content::Matrix(file, numbers), rows, dim, ids: None, metadata: HashMap::new() }
            }
            ending @ ("npz" | "parquet" | "safetensors") => {
                let file = open_file(path)?;
                let read = match ending {
                    "npz" => npz::open(file, most),
                    "parquet" => parquet::open(file, most),
                    _ => safetensors::open(file, most),
                };
                read.map_err(|error| error.at(path))?
            }
            _ => return Err(ArrayFault::Malformed("not .npy, .npz, .safetensors or .parquet").at(path)),
        };
        let Found { content, rows, dim, mut ids, metadata } = found;
        match &ids {
            Some(ids) if ids.len() != rows => return Err(ids_for(ids.len(), rows)),
            Some(_) => {}
            None => ids = beside::ids(path, rows, admits, warnings)?,
        }
        Ok(Self { path: owned(path), content, rows, dim, ids, metadata })
    }

    /// Visits the vectors in order; a missing one is empty.
    ///
    /// # Errors
    /// If the file cannot be read to its end, or an error of `each`.
    pub fn visit(&self, each: &mut dyn FnMut(usize, &[f32]) -> io::Result<()>) -> Result<(), DatasetError> {
        let visited = match &self.content {
            Content::Matrix(file, numbers) => numbers.visit(file, each),
            Content::Each(file, vectors) => {
                let mut one = Vec::new();
                vectors.iter().enumerate().try_for_each(|(row, vector)| {
                    vector.read_rows(file, 0, 1, &mut one)?;
                    each(row, &one)
                })
            }
            Content::Lists(lists) => lists.visit(each),
        };
        Ok(visited.at(&self.path)?)
    }
}
