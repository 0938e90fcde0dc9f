//! The exact nearest, by one pass over the rows.

use rayon::prelude::*;

use crate::dataset::Rows;
use crate::graph::cosines_with;
use crate::index::IndexError;

/// Rows read at a time by a thread.
const BLOCK: usize = 512;

/// The rows from `first` on, below `end`, that `counts` admits and are nearest to each query: row and cosine, at least the
/// `k` nearest if there are as many, in no order. Queries have length 1.
///
/// # Errors
/// If rows cannot be read.
pub(super) fn nearest(
    rows: &Rows,
    (first, end): (usize, usize),
    queries: &[Vec<f32>],
    k: usize,
    counts: impl Fn(usize) -> bool + Sync,
) -> Result<Vec<Ranked>, IndexError> {
    let none = || vec![Ranked::new(); queries.len()];
    let starts: Vec<usize> = (first..end).step_by(BLOCK).collect();
    let block = |mut best: Vec<Ranked>, &start: &usize| -> Result<_, IndexError> {
        let count = BLOCK.min(end - start);
        let cosines = cosines_with(&rows.read(start, count)?, rows.dim, queries);
        for (at, cosines) in cosines.chunks_exact(queries.len()).enumerate() {
            if counts(start + at) {
                let found = best.iter_mut().zip(cosines).filter(|(_, cosine)| cosine.is_finite());
                found.for_each(|(best, &cosine)| best.push((start + at, cosine)));
            }
        }
        best.iter_mut().for_each(|best| trim(best, k, 2 * k + BLOCK));
        Ok(best)
    };
    let join = |mut one: Vec<Ranked>, other: Vec<Ranked>| {
        one.iter_mut().zip(other).for_each(|(one, other)| one.extend(other));
        one.iter_mut().for_each(|best| trim(best, k, 2 * k + BLOCK));
        Ok(one)
    };
    starts.par_iter().try_fold(none, block).try_reduce(none, join)
}

/// As [`nearest`], to whichever query a row is nearest: row, cosine and query.
///
/// # Errors
/// If rows cannot be read.
pub(super) fn nearest_to_any(
    rows: &Rows,
    (first, end): (usize, usize),
    queries: &[Vec<f32>],
    k: usize,
    counts: impl Fn(usize) -> bool + Sync,
) -> Result<Vec<(usize, f32, usize)>, IndexError> {
    let starts: Vec<usize> = (first..end).step_by(BLOCK).collect();
    let trim = |best: &mut Vec<(usize, f32, usize)>| {
        if best.len() > 2 * k + BLOCK && k > 0 {
            let (_, &mut (_, last, _), _) = best.select_nth_unstable_by(k - 1, |a, b| b.1.total_cmp(&a.1));
            best.retain(|&(_, cosine, _)| cosine >= last);
        }
    };
    let block = |mut best: Vec<(usize, f32, usize)>, &start: &usize| -> Result<_, IndexError> {
        let count = BLOCK.min(end - start);
        let cosines = cosines_with(&rows.read(start, count)?, rows.dim, queries);
        for (at, cosines) in cosines.chunks_exact(queries.len()).enumerate().filter(|(at, _)| counts(start + at)) {
            let of_query = cosines.iter().copied().enumerate().filter(|(_, cosine)| cosine.is_finite());
            // The first of equal ones.
            let nearest = of_query.reduce(|best, other| if other.1 > best.1 { other } else { best });
            best.extend(nearest.map(|(query, cosine)| (start + at, cosine, query)));
        }
        trim(&mut best);
        Ok(best)
    };
    let join = |mut one: Vec<(usize, f32, usize)>, other: Vec<_>| {
        one.extend(other);
        trim(&mut one);
        Ok(one)
    };
    starts.par_iter().try_fold(Vec::new, block).try_reduce(Vec::new, join)
}

/// Leaves the `k` nearest, and all that are as near as the last of them, once there are more than `most`.
fn trim(best: &mut Ranked, k: usize, most: usize) {
    if best.len() <= most || k == 0 {
        return;
    }
    let (_, &mut (_, last), _) = best.select_nth_unstable_by(k - 1, |a, b| b.1.total_cmp(&a.1));
    best.retain(|&(_, cosine)| cosine >= last);
}

/// A row and its cosine.
pub(super) type Ranked = Vec<(usize, f32)>;

/// The `k` nearest, nearest first, equal ones by path.
pub(super) fn ranked(rows: &Rows, mut found: Ranked, k: usize) -> Ranked {
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| rows.path(a.0).cmp(rows.path(b.0))));
    found.truncate(k);
    found
}

/// The cosine of a row with a query of length 1; `None` for a row of zeros.
///
/// # Errors
/// If the row cannot be read.
pub(super) fn cosine(rows: &Rows, row: usize, query: &[f32]) -> Result<Option<f32>, IndexError> {
    let cosine = cosines_with(&rows.read(row, 1)?, rows.dim, &[query]);
    Ok(cosine.first().copied().filter(|cosine| cosine.is_finite()))
}

/// The cosines, as our own kernel has them, of rows that are near a query of length 1.
///
/// # Errors
/// If rows cannot be read.
pub(super) fn compared(rows: &Rows, near: &Ranked, query: &[f32]) -> Result<Ranked, IndexError> {
    let mut found = Vec::with_capacity(near.len());
    for &(row, _) in near {
        found.extend(cosine(rows, row, query)?.map(|cosine| (row, cosine)));
    }
    Ok(found)
}
