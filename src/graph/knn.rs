//! Each image's nearest neighbours as rows: the graph that the convolutions sum over.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::GraphError;
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
        Self::joined(similarities, &similarities.nearest(request.k)).cut(request)
    }

    /// Every node's edges to the `k` nearest others, none dropped, from which [`Csr::cut`] makes the graph of any smaller
    /// k. `proceed` gets the number of nodes done and in all, and may stop the work.
    ///
    /// # Errors
    /// [`GraphError::Cancelled`] after a `Break`.
    pub fn nearest_while(
        similarities: &Similarities,
        k: usize,
        proceed: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Self, GraphError> {
        Ok(Self::joined(similarities, &similarities.nearest_while(k, proceed)?))
    }

    fn joined(similarities: &Similarities, nearest: &Nearest) -> Self {
        let n = similarities.n();
        let mut csr = Self::with_capacity(n, n * nearest.width());
        for i in 0..n {
            csr.push(nearest.of(i).iter().map(|&j| (j, similarities.get(i, j as usize))));
        }
        csr
    }

    /// The graph of these edges: for each node its neighbours with their cosines, most similar first.
    pub fn of_rows(rows: &[Vec<(u32, f32)>]) -> Self {
        let mut csr = Self::with_capacity(rows.len(), rows.iter().map(Vec::len).sum());
        rows.iter().for_each(|row| csr.push(row.iter().copied()));
        csr
    }

    /// What a request keeps of a graph of directed edges to the nearest, of which there are at least k a node, or all.
    pub fn cut(&self, request: GraphRequest) -> Self {
        let GraphRequest { k, neighbourhood, min_weight } = request;
        let n = self.n();
        let own = |i: usize| self.row(i).take(k);
        let edge = |edge: usize| (self.targets[edge], self.weights[edge]);
        let is_similar = |&(_, weight): &(u32, f32)| weight >= min_weight;
        let mut csr = Self::with_capacity(n, self.targets.len());
        match neighbourhood {
            Neighbourhood::Directed => (0..n).for_each(|i| csr.push(own(i).map(edge).filter(is_similar))),
            Neighbourhood::Mutual => {
                let chosen_back = |i: usize, j: u32| own(j as usize).any(|back| self.targets[back] == i as u32);
                (0..n).for_each(|i| {
                    csr.push(own(i).map(edge).filter(|&(j, _)| chosen_back(i, j)).filter(is_similar));
                });
            }
            Neighbourhood::Union => {
                let mut chosen_by = vec![Vec::new(); n];
                for i in 0..n {
                    own(i).map(edge).for_each(|(j, weight)| chosen_by[j as usize].push((i as u32, weight)));
                }
                for (i, more) in chosen_by.into_iter().enumerate() {
                    let is_new = |&(j, _): &(u32, f32)| own(i).all(|own| self.targets[own] != j);
                    let mut row: Vec<(u32, f32)> = own(i).map(edge).chain(more.into_iter().filter(is_new)).collect();
                    row.retain(is_similar);
                    row.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                    csr.push(row.into_iter());
                }
            }
        }
        csr
    }

    fn with_capacity(n: usize, edges: usize) -> Self {
        let mut offsets = Vec::with_capacity(n + 1);
        offsets.push(0);
        Self { offsets, targets: Vec::with_capacity(edges), weights: Vec::with_capacity(edges) }
    }

    /// Adds the next node's edges.
    fn push(&mut self, row: impl Iterator<Item = (u32, f32)>) {
        for (target, weight) in row {
            self.targets.push(target);
            self.weights.push(weight);
        }
        self.offsets.push(self.targets.len() as u32);
    }
}
