//! The k-nearest-neighbour graph of one query.

use petgraph::graph::{DiGraph, NodeIndex};
use serde::{Deserialize, Serialize};

use super::Similarities;
use crate::base::named;

/// Which of the directed k-NN edges a graph keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Neighbourhood {
    /// i → j where j is among the k nearest of i: every node has k neighbours.
    #[default]
    Directed,
    /// i → j where each is among the k nearest of the other: at most k neighbours.
    Mutual,
    /// i → j where either is among the k nearest of the other: at least k neighbours.
    Union,
}

named!(Neighbourhood, "neighbourhood": Directed = "directed", Mutual = "mutual", Union = "union");

/// What a graph is to be; a graph is stale when its request is no longer equal to the wanted one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GraphRequest {
    /// Neighbours of a node, without the node itself.
    pub k: usize,
    /// Which edges are kept.
    pub neighbourhood: Neighbourhood,
    /// Edges below this cosine are left out; −1 keeps all.
    pub min_weight: f32,
}

impl Default for GraphRequest {
    fn default() -> Self {
        Self { k: 10, neighbourhood: Neighbourhood::Directed, min_weight: -1.0 }
    }
}

/// A graph as rows: node `i`'s neighbours are `targets[offsets[i]..offsets[i + 1]]`, most similar first.
///
/// In the convolution node i sums over its own row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Csr {
    /// n + 1 ends of rows, from 0.
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

/// The neighbour graph of one query's images.
///
/// # Shapes
/// Nodes are 0..n in the order of the candidates; an edge i → j has the cosine of i and j as its weight.
#[derive(Clone, Debug)]
pub struct SimilarityGraph {
    request: GraphRequest,
    csr: Csr,
    graph: DiGraph<usize, f32>,
}

impl SimilarityGraph {
    /// The exact k-nearest-neighbour graph. Ties go to the smaller index; a k beyond n − 1 takes all others.
    pub fn build(similarities: &Similarities, request: GraphRequest) -> Self {
        let n = similarities.n();
        let nearest = |i: usize| &similarities.order(i)[..request.k.min(similarities.order(i).len())];
        let rows: Vec<Vec<u32>> = match request.neighbourhood {
            Neighbourhood::Directed => (0..n).map(|i| nearest(i).to_vec()).collect(),
            other => both_ways(n, &nearest, other == Neighbourhood::Mutual),
        };
        let mut csr = Csr { offsets: vec![0], ..Csr::default() };
        for (i, row) in rows.iter().enumerate() {
            for &j in row {
                let weight = similarities.get(i, j as usize);
                if weight >= request.min_weight {
                    csr.targets.push(j);
                    csr.weights.push(weight);
                }
            }
            let start = csr.offsets[i] as usize;
            if request.neighbourhood == Neighbourhood::Union {
                sort_row(&mut csr, start);
            }
            csr.offsets.push(csr.targets.len() as u32);
        }
        let mut graph = DiGraph::with_capacity(n, csr.targets.len());
        for i in 0..n {
            graph.add_node(i);
        }
        for i in 0..n {
            for edge in csr.row(i) {
                graph.add_edge(NodeIndex::new(i), NodeIndex::new(csr.targets[edge] as usize), csr.weights[edge]);
            }
        }
        Self { request, csr, graph }
    }

    /// What was asked for.
    pub fn request(&self) -> GraphRequest {
        self.request
    }

    /// Number of nodes.
    pub fn n(&self) -> usize {
        self.csr.n()
    }

    /// Number of directed edges.
    pub fn edge_count(&self) -> usize {
        self.csr.targets.len()
    }

    /// Node `i`'s neighbours with their cosines, most similar first; none if `i` is out of range.
    pub fn neighbours(&self, i: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let row = if i < self.n() { self.csr.row(i) } else { 0..0 };
        row.map(|edge| (self.csr.targets[edge] as usize, self.csr.weights[edge]))
    }

    /// Every directed edge (from, to, cosine), by source and then most similar first.
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize, f32)> + '_ {
        (0..self.n()).flat_map(|i| self.neighbours(i).map(move |(j, weight)| (i, j, weight)))
    }

    /// Every pair that is joined in at least one direction, once, as (smaller, larger, cosine), in rising order.
    pub fn undirected_edges(&self) -> Vec<(usize, usize, f32)> {
        let mut pairs: Vec<_> = self.edges().map(|(i, j, weight)| (i.min(j), i.max(j), weight)).collect();
        pairs.sort_unstable_by_key(|&(i, j, _)| (i, j));
        pairs.dedup_by_key(|&mut (i, j, _)| (i, j));
        pairs
    }

    /// The graph for petgraph's algorithms; a node's weight is its index.
    pub fn petgraph(&self) -> &DiGraph<usize, f32> {
        &self.graph
    }

    /// The graph as rows, as the convolution reads it.
    pub fn csr(&self) -> Csr {
        self.csr.clone()
    }
}

/// The edges that exist in both directions (`mutual`) or in any, as rows without an order for the union.
fn both_ways<'a>(n: usize, nearest: &dyn Fn(usize) -> &'a [u32], mutual: bool) -> Vec<Vec<u32>> {
    let mut near = vec![false; n * n];
    for i in 0..n {
        for &j in nearest(i) {
            near[i * n + j as usize] = true;
        }
    }
    let mut rows: Vec<Vec<u32>> = (0..n).map(|i| nearest(i).to_vec()).collect();
    for (i, row) in rows.iter_mut().enumerate() {
        if mutual {
            row.retain(|&j| near[j as usize * n + i]);
        } else {
            row.extend((0..n).filter(|&j| near[j * n + i] && !near[i * n + j]).map(|j| j as u32));
        }
    }
    rows
}

/// Sorts the edges from `start` on: most similar first, equal ones by index.
fn sort_row(csr: &mut Csr, start: usize) {
    let mut row: Vec<(f32, u32)> =
        csr.weights[start..].iter().copied().zip(csr.targets[start..].iter().copied()).collect();
    row.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (slot, (weight, target)) in row.into_iter().enumerate() {
        csr.weights[start + slot] = weight;
        csr.targets[start + slot] = target;
    }
}
