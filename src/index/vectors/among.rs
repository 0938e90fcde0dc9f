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
        // The index may be damaged, and name rows that are not there.
        let is_listed = |row: usize| self.place.get(row).is_some_and(|place| *place != NONE);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Rng;
    use crate::dataset::{RowOf, RowWriter};
    use crate::index::vectors::describe::{self, VectorInfo};
    use crate::index::vectors::near;
    use crate::vision::{Architecture, EncoderSpec};
    use std::path::{Path, PathBuf};

    const ROWS: usize = 400;

    fn path(number: usize) -> String {
        format!("{number}.jpg")
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("crossrank-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    /// A set with an index of neighbours of all its rows.
    fn set(folder: &Path) -> VectorInfo {
        let mut encoder = EncoderSpec::find(Some(Architecture::Resnet50Thin), None).expect("bundled");
        encoder.feature.stage = 1;
        let mut info = VectorInfo::of(&encoder).expect("its weights");
        let mut writer = RowWriter::open(folder, 0, info.dim).expect("empty");
        let mut rng = Rng::new(1);
        for number in 0..ROWS {
            let vector: Vec<f32> = (0..info.dim).map(|_| rng.normal() as f32).collect();
            writer.append(&[RowOf { path: &path(number), stamp: (1, 1), content: None }], &vector).expect("written");
        }
        info.near = Some(near::build(folder, &writer.rows, None, 1, &mut |_, _| true).expect("made"));
        describe::write(folder, &info).expect("written");
        info
    }

    #[test]
    fn an_index_of_other_rows_is_not_used_and_spoils_nothing() {
        let home = &folder("among");
        let info = set(home);
        let paths: Vec<String> = (0..ROWS).map(path).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let graph = |set: &VectorSet, known: usize| {
            let index = NearIndex::open(&near::file(home, 1), set.rows().dim).expect("it is whole");
            set.graph_by((&index, known), &paths, 5, &mut |_, _| ControlFlow::Continue(())).expect("made")
        };
        let whole = VectorSet::open(home).expect("opened");
        assert!(whole.near().is_some());
        assert_eq!(graph(&whole, ROWS).row(7).len(), 5);
        // The list of the rows was cut short; the index still names all.
        let list = home.join("rows-0.jsonl");
        let text = std::fs::read_to_string(&list).expect("the list");
        let half: Vec<&str> = text.split_inclusive('\n').take(ROWS / 2).collect();
        std::fs::write(&list, half.concat()).expect("written");
        let cut = VectorSet::open(home).expect("opened");
        assert!(cut.near().is_none());
        for known in [ROWS / 2, ROWS, usize::MAX] {
            let graph = graph(&cut, known);
            assert_eq!((graph.n(), graph.row(7).len(), graph.row(ROWS - 1).len()), (ROWS, 5, 0));
        }
        for rows in [usize::MAX, ROWS + 1] {
            let near = info.near.clone().map(|near| describe::NearInfo { rows, ..near });
            describe::write(home, &VectorInfo { near, ..info.clone() }).expect("written");
            let set = VectorSet::open(home).expect("opened");
            assert!(set.near().is_none());
            assert_eq!(set.nearest(&[vec![1.0; info.dim]], 3).expect("compared")[0].len(), 3);
        }
        std::fs::remove_dir_all(home).expect("removed");
    }

    #[test]
    fn descriptions_of_what_cannot_be_are_refused_by_name() {
        let home = &folder("described");
        let info = set(home);
        let near = info.near.clone().map(|near| describe::NearInfo { file: u64::MAX, ..near });
        for wrong in [
            VectorInfo { dim: info.dim + 1, ..info.clone() },
            VectorInfo { dim: 0, ..info.clone() },
            VectorInfo { rows: u64::MAX, ..info.clone() },
            VectorInfo { near, ..info.clone() },
            VectorInfo { version: 2, ..info.clone() },
        ] {
            describe::write(home, &wrong).expect("written");
            let error = VectorSet::open(home).err().expect("refused").to_string();
            assert!(error.contains(describe::FILE), "{error}");
        }
        std::fs::remove_dir_all(home).expect("removed");
    }
}
