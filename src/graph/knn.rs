//! Each image's nearest neighbours as rows: the graph that the convolutions sum over.

use serde::{Deserialize, Serialize};

use super::similarity::{Nearest, Similarities};
use crate::base::{named, short_f32};

/// Which of the directed k-NN edges a graph keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Neighbourhood {
    /// i → j where j is among the k nearest of i: every node has k neighbours.
    #[default]
    Directed,
    /// i → j where both are among the k nearest of each other: at most k neighbours.
    Mutual,
    /// i → j where either is among the k nearest of the other: at least k neighbours.
    Union,
}

named!(Neighbourhood, "neighbourhood": Directed = "directed", Mutual = "mutual", Union = "union");

/// The parameters of a graph; a graph is stale when its request differs from the current one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GraphRequest {
    /// Neighbours of a node, without the node itself.
    pub k: usize,
    /// Which edges are kept.
    pub neighbourhood: Neighbourhood,
    /// Edges below this cosine are dropped; −1 keeps all.
    #[serde(serialize_with = "short_f32")]
    pub min_weight: f32,
}

impl Default for GraphRequest {
    fn default() -> Self {
        Self { k: 10, neighbourhood: Neighbourhood::Directed, min_weight: -1.0 }
    }
}

/// A graph in compressed sparse row form: node `i`'s neighbours are `targets[offsets[i]..offsets[i + 1]]`, most similar
/// first.
///
/// In the convolution node i sums over its own row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Csr {
    /// n + 1 row offsets, from 0.
    pub offsets: Vec<u32>,
    /// The neighbour of each edge.
    pub targets: Vec<u32>,
    /// The cosine of each edge.
    pub weights: Vec<f32>,
}

impl Csr {
    /// Number of nodes.
    pub fn n(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Row `i`'s edges as positions in `targets` and `weights`.
    pub fn row(&self, i: usize) -> std::ops::Range<usize> {
        self.offsets[i] as usize..self.offsets[i + 1] as usize
    }
}

impl Csr {
    /// `n` nodes without an edge.
    pub fn without_edges(n: usize) -> Self {
        Self { offsets: vec![0; n + 1], ..Self::default() }
    }

    /// The exact k-nearest-neighbour graph. Ties are broken by index; a k beyond n − 1 takes all others.
    ///
    /// ```
    /// use crossrank::graph::{Csr, GraphRequest, Similarities, unit_rows};
    ///
    /// // Four directions in the plane: two pairs that point about the same way.
    /// let rows = unit_rows(&[1.0, 0.0, 1.0, 0.1, 0.0, 1.0, 0.1, 1.0], 2);
    /// let graph = Csr::nearest(&Similarities::new(&rows, 2), GraphRequest { k: 1, ..GraphRequest::default() });
    /// assert_eq!(graph.targets, [1, 0, 3, 2]);
    /// ```
    pub fn nearest(similarities: &Similarities, request: GraphRequest) -> Self {
        let nearest = similarities.nearest(request.k);
        let n = similarities.n();
        let mut rows = Rows::new(similarities, request.min_weight, n * nearest.width());
        match request.neighbourhood {
            Neighbourhood::Directed => (0..n).for_each(|i| rows.push(nearest.of(i).iter().copied())),
            Neighbourhood::Mutual => {
                let chosen_back = |i: usize, j: u32| nearest.of(j as usize).contains(&(i as u32));
                (0..n).for_each(|i| rows.push(nearest.of(i).iter().copied().filter(|&j| chosen_back(i, j))));
            }
            Neighbourhood::Union => {
                for (i, more) in chosen_by(&nearest, n).iter().enumerate() {
                    let own = nearest.of(i);
                    rows.push(own.iter().chain(more.iter().filter(|&j| !own.contains(j))).copied());
                    rows.sort_last();
                }
            }
        }
        rows.csr
    }
}

/// Builds a graph row by row.
struct Rows<'a> {
    similarities: &'a Similarities,
    min_weight: f32,
    csr: Csr,
}

impl<'a> Rows<'a> {
    fn new(similarities: &'a Similarities, min_weight: f32, edges: usize) -> Self {
        let mut offsets = Vec::with_capacity(similarities.n() + 1);
        offsets.push(0);
        let csr = Csr { offsets, targets: Vec::with_capacity(edges), weights: Vec::with_capacity(edges) };
        Self { similarities, min_weight, csr }
    }

    /// Adds the next node's neighbours, if similar enough.
    fn push(&mut self, neighbours: impl Iterator<Item = u32>) {
        let i = self.csr.n();
        for j in neighbours {
            let weight = self.similarities.get(i, j as usize);
            if weight >= self.min_weight {
                self.csr.targets.push(j);
                self.csr.weights.push(weight);
            }
        }
        self.csr.offsets.push(self.csr.targets.len() as u32);
    }

    /// Sorts the last row: most similar first, equal ones by index.
    fn sort_last(&mut self) {
        let Some(last) = self.csr.n().checked_sub(1) else { return };
        let span = self.csr.row(last);
        let edges = self.csr.weights[span.clone()].iter().copied().zip(self.csr.targets[span.clone()].iter().copied());
        let mut row: Vec<(f32, u32)> = edges.collect();
        row.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (slot, (weight, target)) in span.zip(row) {
            self.csr.weights[slot] = weight;
            self.csr.targets[slot] = target;
        }
    }
}

/// For each image, those that have it among their nearest, in ascending order.
fn chosen_by(nearest: &Nearest, n: usize) -> Vec<Vec<u32>> {
    let mut by = vec![Vec::new(); n];
    for i in 0..n {
        nearest.of(i).iter().for_each(|&j| by[j as usize].push(i as u32));
    }
    by
}
