//! The undirected edges of a query's graph.

use crate::graph::Csr;

/// The pairs of images that at least one edge joins: values symmetric in both ends are computed once for two edges.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// n + 1 row offsets, from 0.
    pub(super) offsets: Vec<usize>,
    /// The larger index of each pair, ascending within the row of the smaller one.
    pub(super) targets: Vec<u32>,
    /// For each edge of the graph, its pair.
    pub(super) of_edge: Vec<u32>,
}

impl Pairs {
    pub(super) fn new(csr: &Csr) -> Self {
        let n = csr.n();
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); n];
        let ends = |i: usize, edge: usize| {
            let j = csr.targets[edge] as usize;
            (i.min(j), i.max(j) as u32)
        };
        for i in 0..n {
            for edge in csr.row(i) {
                let (low, high) = ends(i, edge);
                rows[low].push(high);
            }
        }
        let mut pairs = Self { offsets: vec![0], ..Self::default() };
        for row in &mut rows {
            row.sort_unstable();
            row.dedup();
            pairs.targets.extend_from_slice(row);
            pairs.offsets.push(pairs.targets.len());
        }
        for i in 0..n {
            for edge in csr.row(i) {
                let (low, high) = ends(i, edge);
                let before = rows[low].partition_point(|&other| other < high);
                pairs.of_edge.push((pairs.offsets[low] + before) as u32);
            }
        }
        pairs
    }

    /// Row `i` as positions in `targets`.
    pub(super) fn row(&self, i: usize) -> std::ops::Range<usize> {
        self.offsets[i]..self.offsets[i + 1]
    }
}
