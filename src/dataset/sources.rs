//! Reading a data set's visual vectors.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::reader::ReadVectors;
use super::vectors::{ImageIndex, VectorRow, usual_length};
use super::warnings::Warnings;
use super::{Dataset, DatasetError, READERS, VectorSource, VectorTable, Warning, WarningKind, import, npy};
use crate::base::{At, FileError, some_of};

/// Files up to this total size in bytes are read in one go.
const READ_WHOLE: u64 = 1 << 30;
/// Number of files read at a time beyond that.
const FILES_AT_ONCE: usize = 16;

/// Reads the named vector sources. Several are L2-normalised and concatenated in the order of `names`, with zeros for
/// an image that a source lacks; their names are joined by `+`. Vectors that are not finite or differ in length from
/// most of their source are skipped with a warning.
///
/// # Errors
/// If a name is not among [`Dataset::vectors`], or a source has no usable vector at all.
pub fn read_vectors(
    dataset: &Dataset,
    names: &[&str],
    warn: &mut dyn FnMut(Warning),
) -> Result<VectorTable, DatasetError> {
    let unusable = |message: &str| DatasetError::from(FileError::malformed(message, &dataset.root));
    let mut tables = Vec::with_capacity(names.len());
    for &name in names {
        let Some(source) = dataset.vectors.iter().find(|source| source.name == name) else {
            let offered: Vec<&str> = dataset.vectors.iter().map(|source| source.name.as_str()).collect();
            let message = format!("no vectors named '{name}'; available: {}", offered.join(", "));
            return Err(unusable(&message));
        };
        let mut warnings = Warnings::default();
        let table = read_source(dataset, source, &mut warnings);
        warnings.into_vec().into_iter().for_each(&mut *warn);
        tables.push(table?);
    }
    match tables.len() {
        0 => Err(unusable("no vectors were requested")),
        1 => Ok(tables.swap_remove(0)),
        _ => Ok(side_by_side(&tables, dataset.images.len()).at(&dataset.root)?),
    }
}

/// Checks a source's files as [`read_vectors`] does before it reads the vectors, and returns their dimension, where the
/// files give it.
///
/// # Errors
/// If the source cannot be used: its file is damaged or of other images, or all of its files are.
pub fn check_vectors(
    dataset: &Dataset,
    source: &VectorSource,
    warn: &mut dyn FnMut(Warning),
) -> Result<Option<usize>, DatasetError> {
    let mut warnings = Warnings::default();
    if let Some(path) = single(dataset, source) {
        let (file, _) = import::table::open(dataset, path, &mut warnings)?;
        return Ok(Some(file.dim));
    }
    let matrices: Vec<&PathBuf> = source.files.iter().filter(|path| import::is_vector_file(path)).collect();
    let (mut dims, mut last) = (Vec::new(), None);
    for path in &matrices {
        match npy::npy_shape(path) {
            Ok((_, columns)) => dims.push(columns),
            Err(error) => {
                warnings.error(error);
                last = Some(path);
            }
        }
    }
    match last.filter(|_| dims.is_empty()) {
        Some(path) => npy::npy_shape(path).map(|(_, columns)| Some(columns)),
        None => {
            warnings.into_vec().into_iter().for_each(warn);
            Ok(usual_length(dims.into_iter()).or(source.dim))
        }
    }
}

fn read_source(dataset: &Dataset, source: &VectorSource, warnings: &mut Warnings) -> Result<VectorTable, DatasetError> {
    if let Some(path) = single(dataset, source) {
        let table = import::table::read(dataset, &source.name, path, warnings)?;
        report_missing(&table, dataset, source, warnings);
        return Ok(table);
    }
    let index: ImageIndex =
        dataset.images.iter().enumerate().map(|(position, image)| (image.id.as_str(), position)).collect();
    let all = source.files.iter().map(|path| path.metadata().map_or(0, |metadata| metadata.len())).sum::<u64>();
    // Files that may not fit into memory together are read twice, in batches.
    let at_once = if all > READ_WHOLE { FILES_AT_ONCE } else { source.files.len().max(1) };
    let read = |files: &[PathBuf]| -> Vec<(Vec<VectorRow>, Warnings)> {
        let one = |path: &PathBuf| {
            let mut warnings = Warnings::default();
            (read_file(dataset, path, &index, &mut warnings), warnings)
        };
        files.par_iter().map(one).collect()
    };
    let mut lengths = Vec::new();
    let mut first = Vec::new();
    for files in source.files.chunks(at_once) {
        first = read(files);
        lengths.extend(first.iter().flat_map(|(rows, _)| rows).map(|row| row.values.len()));
    }
    let Some(dim) = usual_length(lengths.into_iter()) else {
        first.into_iter().for_each(|(_, of_file)| warnings.extend(of_file));
        let message = format!("no usable vector in source '{}'", source.name);
        return Err(FileError::malformed(message, &dataset.root).into());
    };
    let mut table = VectorTable::new(&source.name, dim, dataset.images.len());
    for files in source.files.chunks(at_once) {
        let rows = if at_once >= source.files.len() { std::mem::take(&mut first) } else { read(files) };
        for (path, (rows, of_file)) in files.iter().zip(rows) {
            warnings.extend(of_file);
            take_rows(&mut table, dataset, path, rows, warnings)?;
        }
    }
    report_missing(&table, dataset, source, warnings);
    Ok(table)
}

/// The single file of a source that any format may have.
fn single<'a>(dataset: &Dataset, source: &'a VectorSource) -> Option<&'a Path> {
    match source.files.as_slice() {
        [path] if import::is_vector_file(path) && own_reader(dataset, path).is_none() => Some(path),
        _ => None,
    }
}

/// How to read a file that only the data set's format has.
fn own_reader(dataset: &Dataset, path: &Path) -> Option<ReadVectors> {
    let reader = READERS.iter().find(|reader| reader.format == dataset.format)?;
    (reader.own_vectors)(path)
}

fn read_file(dataset: &Dataset, path: &Path, index: &ImageIndex, warnings: &mut Warnings) -> Vec<VectorRow> {
    match own_reader(dataset, path) {
        Some(read) => read(dataset, path, index, warnings),
        None => {
            warnings.file(WarningKind::BadFile, path, "neither a table nor a query's matrix of vectors");
            Vec::new()
        }
    }
}

fn take_rows(
    table: &mut VectorTable,
    dataset: &Dataset,
    path: &Path,
    rows: Vec<VectorRow>,
    warnings: &mut Warnings,
) -> Result<(), DatasetError> {
    let mut in_this_file = HashSet::new();
    for row in rows {
        let Some(image) = dataset.images.get(row.image) else { continue };
        let id = &image.id;
        if row.values.len() != table.dim {
            let message =
                format!("the vector of image '{id}' has {} numbers instead of {}", row.values.len(), table.dim);
            warnings.line(WarningKind::BadVector, path, row.line, message);
        } else if row.values.iter().any(|value| !value.is_finite()) {
            let message = format!("the vector of image '{id}' is not finite");
            warnings.line(WarningKind::BadVector, path, row.line, message);
        } else if !in_this_file.insert(row.image) {
            let message = format!("duplicate vector of image '{id}'; the first counts");
            warnings.line(WarningKind::DuplicateId, path, row.line, message);
        } else if table.row_of_image[row.image].is_none() {
            table.set(row.image, &row.values).at(path)?;
        }
    }
    Ok(())
}

fn report_missing(table: &VectorTable, dataset: &Dataset, source: &VectorSource, warnings: &mut Warnings) {
    let without: Vec<&str> = dataset
        .images
        .iter()
        .zip(&table.row_of_image)
        .filter(|(_, row)| row.is_none())
        .map(|(image, _)| image.id.as_str())
        .collect();
    if !without.is_empty() {
        let message = format!("{} images without a vector in '{}': {}", without.len(), source.name, some_of(&without));
        let place = source.files.first().map_or(dataset.root.as_path(), |path| path.as_path());
        warnings.file(WarningKind::BadVector, place, message);
    }
}

fn side_by_side(tables: &[VectorTable], images: usize) -> io::Result<VectorTable> {
    let name = tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>().join("+");
    let mut joined = VectorTable::new(name, tables.iter().map(|table| table.dim).sum(), images);
    let mut vector = Vec::with_capacity(joined.dim);
    for image in 0..images {
        if tables.iter().all(|table| table.row_of_image[image].is_none()) {
            continue;
        }
        vector.clear();
        for table in tables {
            match table.get(image) {
                Some(part) => {
                    let length = part.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
                    let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
                    vector.extend(part.iter().map(|&x| (f64::from(x) * scale) as f32));
                }
                None => vector.resize(vector.len() + table.dim, 0.0),
            }
        }
        joined.set(image, &vector)?;
    }
    Ok(joined)
}
