//! The nearest of some pictures among each other: the graph of many candidates.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::VectorSet;
use super::exact::{self, Ranked, compared};
use super::near::NearIndex;
use crate::graph::{Csr, unit_rows};
use crate::index::IndexError;

/// Pictures between two calls of an observer.
const WATCHED: usize = 512;

/// What a search of the index costs against a comparison of two vectors, for a search among all that it knows: it looks at
/// some 128 places with 16 pictures that are new to it at each, and each lies somewhere else in memory.
const SEARCH: usize = 128 * 16 * 4;

/// No picture's place.
const NONE: u32 = u32::MAX;

/// Whether a graph of `among` pictures, of `all` in the index, is found sooner by the index than by comparing each with each.
/// Among few of many, a search passes by `all / among` others for each that counts.
fn is_worth(among: usize, all: usize) -> bool {
    among.saturating_mul(among) > SEARCH.saturating_mul(all)
}

/// What a graph is made of.
struct Among<'a> {
    set: &'a VectorSet,
    index: &'a NearIndex,
    /// Rows that the index knows lie below this one.
    known: usize,
    /// For each row of the set, its picture's place in the list.
    place: Vec<u32>,
    k: usize,
}

impl VectorSet {
    /// The graph of the `k` nearest of some pictures among each other, by the index of neighbours; `None` where comparing
    /// each with each is as good, or there is no index.
    ///
    /// It is approximate: neighbours are those that the index finds, of [`super::VectorInfo::recall`]. Of pictures that were
    /// added since the index was made, which are a tenth at most, those that look like an older one are among its neighbours
    /// only if it is among theirs. Nodes are the places in the list; a picture without a vector has no neighbours. Memory is
    /// in proportion to the list and the set. `proceed` gets the number of pictures done and in all, and may stop the work.
    ///
    /// # Errors
    /// If rows or the index cannot be read, and [`IndexError::Cancelled`] after a `Break`.
    pub fn graph_among(
        &self,
        paths: &[&str],
        k: usize,
        proceed: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Option<Csr>, IndexError> {
        match self.near() {
            Some((index, known)) if is_worth(paths.len(), self.count()) => {
                self.graph_by((index, known), paths, k, proceed).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn graph_by(
        &self,
        (index, known): (&NearIndex, usize),
        paths: &[&str],
        k: usize,
        proceed: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Csr, IndexError> {
        let rows: Vec<Option<usize>> = paths.iter().map(|path| self.rows().row_of(path)).collect();
        let mut place = vec![NONE; self.rows().len()];
        for (at, row) in rows.iter().enumerate().filter_map(|(at, row)| Some((at, (*row)?))) {
            place[row] = at as u32;
        }
        let among = Among { set: self, index, known, place, k };
        let mut edges: Vec<Vec<(u32, f32)>> = Vec::with_capacity(paths.len());
        for rows in rows.chunks(WATCHED) {
            if proceed(edges.len(), paths.len()).is_break() {
                return Err(IndexError::Cancelled);
            }
            let found: Result<Vec<_>, IndexError> = rows.par_iter().map(|row| among.edges_of(*row)).collect();
            edges.extend(found?);
        }
        among.add_new(&rows, &mut edges);
        Ok(Csr::of_rows(&edges))
    }
}

impl Among<'_> {
    /// The places and cosines of the nearest of the list to the picture of a row, nearest first, equal ones by place.
    fn edges_of(&self, row: Option<usize>) -> Result<Vec<(u32, f32)>, IndexError> {
        let rows = self.set.rows();
        let Some(row) = row else { return Ok(Vec::new()) };
        let query = unit_rows(&rows.read(row, 1)?, rows.dim);
        if query.iter().all(|x| *x == 0.0) {
            return Ok(Vec::new());
        }
        // The picture itself is found as well.
        let is_listed = |row: usize| self.place[row] != NONE;
        let near = self.index.nearest(&query, self.k + 1, |row| row < self.known && is_listed(row))?;
        let mut found: Ranked = compared(rows, &near, &query)?;
        if row >= self.known {
            let new = exact::nearest(rows, (self.known, rows.len()), &[query], self.k + 1, is_listed)?;
            found.extend(new.into_iter().flatten());
        }
        let edges = found.into_iter().filter(|(other, _)| *other != row).map(|(row, cosine)| (self.place[row], cosine));
        let mut edges: Vec<(u32, f32)> = edges.collect();
        self.keep_nearest(&mut edges);
        Ok(edges)
    }

    fn keep_nearest(&self, edges: &mut Vec<(u32, f32)>) {
        edges.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        edges.truncate(self.k);
    }

    /// Pictures that the index does not know become neighbours of those that are theirs.
    fn add_new(&self, rows: &[Option<usize>], edges: &mut [Vec<(u32, f32)>]) {
        let is_new = |row: &Option<usize>| row.is_some_and(|row| row >= self.known);
        for new in (0..rows.len()).filter(|&at| is_new(&rows[at])) {
            for (other, cosine) in edges[new].clone() {
                if !is_new(&rows[other as usize]) {
                    let others = &mut edges[other as usize];
                    others.push((new as u32, cosine));
                    self.keep_nearest(others);
                }
            }
        }
    }
}
