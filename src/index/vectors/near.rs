//! The index of neighbours: HNSW by usearch.
//!
//! What it finds is compared again by our own kernel, so that the order in which threads built it matters only for which
//! neighbours it misses.

use std::path::{Path, PathBuf};
use std::time::Instant;

use rayon::prelude::*;
use usearch::{Index, IndexOptions, MetricKind, ScalarKind};

use super::describe::{NearInfo, Recall};
use super::exact::{self, Ranked, compared, ranked};
use crate::base::{At, FileError, open_file};
use crate::dataset::Rows;
use crate::graph::unit_rows;
use crate::index::IndexError;

/// Links of a vector, and how many candidates for them are looked at.
const LINKS: usize = 16;
const LOOKED_AT: usize = 128;
/// Fewest candidates that a search looks at.
const BREADTH: usize = 128;
/// Rows added between two calls of the observer.
const CHUNK: usize = 1024;
/// How the recall is measured.
const NEAREST: usize = 10;
const SAMPLE: usize = 100;

/// An open index.
pub(super) struct NearIndex {
    index: Index,
    path: PathBuf,
}

fn fault(error: impl std::fmt::Display, path: &Path) -> IndexError {
    FileError::malformed(format!("the index of neighbours cannot be used: {error}"), path).into()
}

/// The file of an index with this number.
pub(super) fn file(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("near-{number}.usearch"))
}

fn empty(dim: usize, path: &Path) -> Result<Index, IndexError> {
    let options = IndexOptions {
        dimensions: dim,
        metric: MetricKind::IP,
        quantization: ScalarKind::F32,
        connectivity: LINKS,
        expansion_add: LOOKED_AT,
        expansion_search: BREADTH,
        multi: false,
    };
    Index::new(&options).map_err(|error| fault(error, path))
}

fn text(path: &Path) -> Result<&str, IndexError> {
    path.to_str().ok_or_else(|| FileError::malformed("the name of this folder is not Unicode text", path).into())
}

impl NearIndex {
    /// Opens an index where it lies, without reading it into memory.
    ///
    /// # Errors
    /// If it cannot be read, or is not of vectors of this length.
    pub fn open(path: &Path, dim: usize) -> Result<Self, IndexError> {
        // Of a file that it cannot open or map, the library closes descriptor 0, which is not its own.
        if open_file(path)?.metadata().at(path)?.len() == 0 {
            return Err(fault("it is empty", path));
        }
        let index = empty(dim, path)?;
        index.view(text(path)?).map_err(|error| fault(error, path))?;
        if index.dimensions() != dim {
            return Err(fault(format!("it is of vectors of {} numbers, not {dim}", index.dimensions()), path));
        }
        // By default as many searches at a time as there are cores; a window asks for more than one thing.
        let searches = 2 * rayon::current_num_threads() + 16;
        index.reserve_capacity_and_threads(index.size(), searches).map_err(|error| fault(error, path))?;
        Ok(Self { index, path: path.to_owned() })
    }

    /// Rows that are probably the `k` nearest to a query of length 1, of those that `counts` admits, in no order, each with
    /// its cosine as far as this library rounds it.
    ///
    /// # Errors
    /// If the index cannot be searched.
    pub fn nearest(&self, query: &[f32], k: usize, counts: impl Fn(usize) -> bool) -> Result<Ranked, IndexError> {
        let wanted = k.min(self.index.size());
        let found = self.index.filtered_search(query, wanted, |row| counts(row as usize));
        let found = found.map_err(|error| fault(error, &self.path))?;
        Ok(found.keys.into_iter().map(|row| row as usize).zip(found.distances.into_iter().map(|x| 1.0 - x)).collect())
    }
}

/// Makes the index of all rows that count, or of the rows added since `before` was made and those that it has.
///
/// # Errors
/// If it cannot be written, and [`IndexError::Cancelled`] if `proceed` returns false for a number of rows done of all.
pub(super) fn build(
    folder: &Path,
    rows: &Rows,
    before: Option<&NearInfo>,
    number: u64,
    proceed: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<NearInfo, IndexError> {
    let start = Instant::now();
    let path = file(folder, number);
    let failed = |error: &dyn std::fmt::Display| fault(error, &path);
    let index = empty(rows.dim, &path)?;
    let first = match before {
        Some(before) => {
            let old = file(folder, before.file);
            index.load(text(&old)?).map_err(|error| fault(error, &old))?;
            before.rows
        }
        None => 0,
    };
    let threads = rayon::current_num_threads();
    index.reserve_capacity_and_threads(rows.len(), threads + 1).map_err(|error| failed(&error))?;
    for gone in (0..first).filter(|&row| !rows.counts(row)) {
        index.remove(gone as u64).map_err(|error| failed(&error))?;
    }
    for chunk in (first..rows.len()).step_by(CHUNK) {
        if !proceed(chunk, rows.len()) {
            return Err(IndexError::Cancelled);
        }
        let count = CHUNK.min(rows.len() - chunk);
        let unit = unit_rows(&rows.read(chunk, count)?, rows.dim);
        let add = |(at, vector): (usize, &[f32])| match rows.counts(chunk + at) && vector.iter().any(|x| *x != 0.0) {
            true => index.add((chunk + at) as u64, vector).map_err(|error| failed(&error)),
            false => Ok(()),
        };
        unit.par_chunks_exact(rows.dim).enumerate().try_for_each(add)?;
    }
    // A name of its own, and named by the description only once it is whole.
    let saved = index.save(text(&path)?).map_err(|error| failed(&error));
    let sync = || std::fs::File::open(&path).and_then(|file| file.sync_all()).at(&path);
    if let Err(error) = saved.and_then(|()| Ok(sync()?)) {
        // Part of an index is of no use, and the disk may be full.
        let _ = std::fs::remove_file(&path);
        return Err(error);
    }
    drop(index);
    let seconds = start.elapsed().as_secs_f64();
    let recall = measure(rows, &NearIndex::open(&path, rows.dim)?)?;
    Ok(NearInfo { file: number, rows: rows.len(), recall, seconds })
}

/// How many of the exact nearest the index finds, for pictures from all over the set.
fn measure(rows: &Rows, index: &NearIndex) -> Result<Recall, IndexError> {
    let step = (rows.len() / SAMPLE).max(1);
    let sample = (0..rows.len()).step_by(step).filter(|&row| rows.counts(row)).take(SAMPLE);
    let mut queries = Vec::new();
    for row in sample {
        queries.push(unit_rows(&rows.read(row, 1)?, rows.dim));
    }
    let truth = exact::nearest(rows, (0, rows.len()), &queries, NEAREST, |row| rows.counts(row))?;
    let (mut found, mut all) = (0, 0);
    for (query, truth) in queries.iter().zip(truth) {
        let truth = ranked(rows, truth, NEAREST);
        let near = index.nearest(query, NEAREST, |row| rows.counts(row))?;
        let near = ranked(rows, compared(rows, &near, query)?, NEAREST);
        // Pictures that are equally near as the last are as right.
        let last = truth.last().map_or(0.0, |last| last.1);
        found += near.iter().filter(|near| near.1 >= last).count().min(truth.len());
        all += truth.len();
    }
    Ok(Recall { share: found as f64 / all.max(1) as f64, k: NEAREST, pictures: queries.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Rng;
    use crate::dataset::{RowOf, RowWriter};

    const DIM: usize = 24;
    const ROWS: usize = 3000;

    /// Rows around a few centres, as pictures of a few kinds are.
    fn add(writer: &mut RowWriter, rng: &mut Rng, numbers: std::ops::Range<usize>) {
        for number in numbers {
            let mut centre = Rng::new(number as u64 % 40);
            let near = |rng: &mut Rng| rng.uniform() as f32 - 0.5;
            let vector: Vec<f32> = (0..DIM).map(|_| near(&mut centre) + 0.7 * near(rng)).collect();
            let of = RowOf { path: &format!("{number:05}.jpg"), stamp: (1, 1), content: None };
            writer.append(&[of], &vector).expect("written");
        }
    }

    #[test]
    fn the_index_finds_the_nearest_and_learns_what_came_and_went() {
        let home = std::env::temp_dir().join(format!("crossrank-near-{}", std::process::id()));
        std::fs::create_dir_all(&home).expect("a folder");
        let mut writer = RowWriter::open(&home, 0, DIM).expect("empty");
        let mut rng = Rng::new(3);
        add(&mut writer, &mut rng, 0..ROWS);
        let first = build(&home, &writer.rows, None, 1, &mut |_, _| true).expect("made");
        assert!(first.recall.share >= 0.98 && first.recall.pictures == SAMPLE, "{:?}", first.recall);
        add(&mut writer, &mut rng, ROWS..ROWS + 300);
        writer.remove(&["00007.jpg".to_owned(), "00047.jpg".to_owned()]).expect("written");
        let second = build(&home, &writer.rows, Some(&first), 2, &mut |_, _| true).expect("extended");
        assert!(second.recall.share >= 0.98 && second.rows == ROWS + 300, "{second:?}");
        let index = NearIndex::open(&file(&home, 2), DIM).expect("opened");
        assert_eq!(index.index.size(), ROWS + 298);
        let query = unit_rows(&writer.rows.read(ROWS + 10, 1).expect("read"), DIM);
        let near = index.nearest(&query, 10, |row| writer.rows.counts(row)).expect("found");
        assert!(near.iter().any(|&(row, cosine)| row == ROWS + 10 && (cosine - 1.0).abs() < 1e-4) && near.len() == 10);
        let stopped = build(&home, &writer.rows, None, 3, &mut |done, _| done == 0);
        assert!(matches!(stopped, Err(IndexError::Cancelled)) && !file(&home, 3).exists());
        assert!(NearIndex::open(&file(&home, 2), DIM + 1).is_err(), "of other vectors");
        std::fs::write(file(&home, 4), b"not an index").expect("written");
        assert!(NearIndex::open(&file(&home, 4), DIM).is_err());
        std::fs::remove_dir_all(&home).expect("removed");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_index_that_cannot_be_opened_costs_no_other_file_its_descriptor() {
        let home = std::env::temp_dir().join(format!("crossrank-no-near-{}", std::process::id()));
        std::fs::create_dir_all(&home).expect("a folder");
        std::fs::write(file(&home, 2), "").expect("written");
        std::fs::create_dir_all(file(&home, 3)).expect("a folder");
        let input = || std::fs::read_link("/proc/self/fd/0").ok();
        let before = input();
        for number in 1..4 {
            let error = NearIndex::open(&file(&home, number), DIM).err().expect("there is none").to_string();
            assert!(error.contains(&format!("near-{number}")), "{error}");
            assert_eq!(input(), before, "{number}");
        }
        std::fs::remove_dir_all(&home).expect("removed");
    }
}
