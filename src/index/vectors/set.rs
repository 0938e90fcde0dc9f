//! The vectors of one encoder, open for reading.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::describe::{self, VectorInfo};
use super::exact::{self, Ranked, compared, cosine, ranked};
use super::near::{self, NearIndex};
use crate::base::FileError;
use crate::dataset::Rows;
use crate::graph::unit_rows;
use crate::index::IndexError;
use crate::vision::{DeviceChoice, Encoder, NetworkInput, Pixels, Preprocess, VisionError, decode};

/// Up to this many pictures the nearest are found exactly, by comparing all.
pub const EXACT: usize = 20_000;

/// A picture that looks like another.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// Its path below the pictures' folder.
    pub path: String,
    /// The cosine of the two vectors.
    pub similarity: f32,
}

/// The vectors of one encoder as they were when opened. Several processes may read a set while one writes to it.
pub struct VectorSet {
    folder: PathBuf,
    info: VectorInfo,
    rows: Rows,
    near: Option<NearIndex>,
}

impl VectorSet {
    /// Opens the set in a folder.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(in crate::index) fn open(folder: &Path) -> Result<Self, IndexError> {
        let info = describe::read(folder)?;
        let rows = Rows::open(folder, info.rows, info.dim)?;
        // Without its index of neighbours a set is slower, not broken. One that knows rows which are not there is of others.
        let near = info.near.as_ref().filter(|near| near.rows <= rows.len());
        let near = near.and_then(|near| NearIndex::open(&near::file(folder, near.file), info.dim).ok());
        Ok(Self { folder: folder.to_owned(), info, rows, near })
    }

    /// What is known about it.
    pub fn info(&self) -> &VectorInfo {
        &self.info
    }

    /// Number of pictures with a vector.
    pub fn count(&self) -> usize {
        self.rows.count()
    }

    /// Whether a picture has a vector.
    pub fn has(&self, path: &str) -> bool {
        self.rows.row_of(path).is_some()
    }

    /// The vector of a picture, as the encoder gave it; `None` if it has none.
    ///
    /// # Errors
    /// If the file of rows cannot be read.
    pub fn get(&self, path: &str) -> Result<Option<Vec<f32>>, IndexError> {
        Ok(self.rows.row_of(path).map(|row| self.rows.read(row, 1)).transpose()?)
    }

    /// The cosines of pictures with one vector; `None` where a picture has none.
    ///
    /// # Errors
    /// If the file of rows cannot be read.
    pub fn similarities<'a>(
        &self,
        vector: &[f32],
        paths: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<Option<f32>>, IndexError> {
        let query = unit_rows(vector, self.rows.dim);
        paths.map(|path| self.rows.row_of(path).map_or(Ok(None), |row| cosine(&self.rows, row, &query))).collect()
    }

    /// The vector that the encoder of this set gives to any picture.
    ///
    /// # Errors
    /// If the picture or the encoder cannot be used, or the encoder's weights have changed since.
    pub fn vector_of(&self, file: &Path) -> Result<Vec<f32>, IndexError> {
        self.vector_by(|preprocess| preprocess.apply(&decode(file)?))
    }

    /// The same for a picture that is in no file.
    ///
    /// # Errors
    /// As [`VectorSet::vector_of`].
    pub fn vector_of_pixels(&self, pixels: &Pixels) -> Result<Vec<f32>, IndexError> {
        self.vector_by(|preprocess| pixels.input(preprocess))
    }

    fn vector_by(
        &self,
        input: impl FnOnce(&Preprocess) -> Result<NetworkInput, VisionError>,
    ) -> Result<Vec<f32>, IndexError> {
        let spec = &self.info.encoder;
        if spec.key()?.to_string() != self.info.key {
            let message = "the weights of this collection's encoder have changed since";
            return Err(FileError::malformed(message, &self.folder).into());
        }
        let input = input(&spec.preprocess)?;
        Ok(Encoder::load(spec, DeviceChoice::Cpu)?.embed(&[input])?)
    }

    /// The `k` pictures whose vectors are nearest to each of these by the cosine, nearest first, equal ones by path.
    ///
    /// Exact up to [`EXACT`] pictures and where a large part of the set is asked for; else of [`VectorInfo::recall`].
    ///
    /// # Errors
    /// If rows or the index cannot be read.
    pub fn nearest(&self, vectors: &[Vec<f32>], k: usize) -> Result<Vec<Vec<Near>>, IndexError> {
        let queries: Vec<Vec<f32>> = vectors.iter().map(|vector| unit_rows(vector, self.rows.dim)).collect();
        let counts = |row: usize| self.rows.counts(row);
        let found = match self.near() {
            Some((index, known)) if self.is_part(k) => {
                // What was added since the index was made is compared one by one.
                let mut found = exact::nearest(&self.rows, (known, self.rows.len()), &queries, k, counts)?;
                let by_index = |query: &Vec<f32>| -> Result<Ranked, IndexError> {
                    compared(&self.rows, &index.nearest(query, k, |row| row < known && counts(row))?, query)
                };
                let near: Result<Vec<Ranked>, _> = queries.par_iter().map(by_index).collect();
                found.iter_mut().zip(near?).for_each(|(found, near)| found.extend(near));
                found
            }
            _ => exact::nearest(&self.rows, (0, self.rows.len()), &queries, k, counts)?,
        };
        Ok(found.into_iter().map(|found| self.named(found, k)).collect())
    }

    /// The same by comparing all, however many there are.
    ///
    /// # Errors
    /// If rows cannot be read.
    pub fn nearest_exactly(&self, vectors: &[Vec<f32>], k: usize) -> Result<Vec<Vec<Near>>, IndexError> {
        let queries: Vec<Vec<f32>> = vectors.iter().map(|vector| unit_rows(vector, self.rows.dim)).collect();
        let found = exact::nearest(&self.rows, (0, self.rows.len()), &queries, k, |row| self.rows.counts(row))?;
        Ok(found.into_iter().map(|found| self.named(found, k)).collect())
    }

    /// The `k` nearest of those found, by path.
    fn named(&self, found: Ranked, k: usize) -> Vec<Near> {
        let near = |(row, similarity): (usize, f32)| Near { path: self.rows.path(row).to_owned(), similarity };
        ranked(&self.rows, found, k).into_iter().map(near).collect()
    }

    /// The `k` pictures but for some that are nearest to any of these vectors, nearest first, equal ones by path, each with the
    /// position of the vector that it is nearest to. Exact where [`VectorSet::nearest`] is.
    ///
    /// # Errors
    /// As [`VectorSet::nearest`].
    pub fn nearest_to_any(
        &self,
        vectors: &[Vec<f32>],
        k: usize,
        but: &HashSet<&str>,
    ) -> Result<Vec<(usize, Near)>, IndexError> {
        let queries: Vec<Vec<f32>> = vectors.iter().map(|vector| unit_rows(vector, self.rows.dim)).collect();
        let but: HashSet<usize> = but.iter().filter_map(|path| self.rows.row_of(path)).collect();
        let counts = |row: usize| self.rows.counts(row) && !but.contains(&row);
        let mut found = match self.near() {
            _ if queries.is_empty() => Vec::new(),
            Some((index, known)) if self.is_part(k) => {
                let mut found = exact::nearest_to_any(&self.rows, (known, self.rows.len()), &queries, k, counts)?;
                found.extend(self.near_any(index, &queries, k, |row| row < known && counts(row))?);
                found
            }
            _ => exact::nearest_to_any(&self.rows, (0, self.rows.len()), &queries, k, counts)?,
        };
        let path = |row: usize| self.rows.path(row);
        found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| path(a.0).cmp(path(b.0))));
        found.truncate(k);
        let near = |(row, similarity, query)| (query, Near { path: path(row).to_owned(), similarity });
        Ok(found.into_iter().map(near).collect())
    }

    /// The same by the index of neighbours, in no order: row, cosine and query.
    fn near_any(
        &self,
        index: &NearIndex,
        queries: &[Vec<f32>],
        k: usize,
        counts: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<(usize, f32, usize)>, IndexError> {
        let lists: Result<Vec<_>, _> = queries.par_iter().map(|query| index.nearest(query, k, &counts)).collect();
        let mut best: HashMap<usize, (f32, usize)> = HashMap::new();
        for (query, list) in lists?.into_iter().enumerate() {
            for (row, cosine) in list {
                let nearest = best.entry(row).or_insert((cosine, query));
                *nearest = if cosine > nearest.0 { (cosine, query) } else { *nearest };
            }
        }
        let mut best: Vec<(usize, f32, usize)> =
            best.into_iter().map(|(row, (cosine, query))| (row, cosine, query)).collect();
        // Those that are as near as the last may change places when they are compared exactly.
        best.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.truncate(k + k / 8 + 8);
        let compared = |(row, _, query): (usize, f32, usize)| {
            let cosine = cosine(&self.rows, row, &queries[query])?;
            Ok(cosine.map(|cosine| (row, cosine, query)))
        };
        best.into_par_iter().filter_map(|near| compared(near).transpose()).collect()
    }

    /// Whether so many neighbours are few enough to be found by the index.
    fn is_part(&self, k: usize) -> bool {
        self.count() > EXACT && k * 10 <= self.count()
    }

    /// The index of neighbours, and the row from which on it knows none.
    pub(super) fn near(&self) -> Option<(&NearIndex, usize)> {
        Some((self.near.as_ref()?, self.info.near.as_ref()?.rows))
    }

    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }
}
