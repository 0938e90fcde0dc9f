//! The neighbour graph of one query for display: connected parts and paths.

use std::collections::VecDeque;

use petgraph::algo::astar;
use petgraph::graph::{NodeIndex, UnGraph};

use super::{Csr, GraphRequest, Similarities};

/// The neighbour graph of one query's images: its directed edges as rows, and an undirected graph of the joined pairs
/// for petgraph's algorithms.
///
/// # Shapes
/// Nodes are 0..n in the order of the candidates; an edge i → j has the cosine of i and j as its weight.
///
/// ```
/// use crossrank::graph::{GraphRequest, Similarities, SimilarityGraph, unit_rows};
///
/// // Directions in the plane at 0°, 20°, 40° and 60°, each joined to the nearest.
/// let degrees = [0.0_f32, 20.0, 40.0, 60.0];
/// let rows: Vec<f32> = degrees.iter().flat_map(|x| [x.to_radians().cos(), x.to_radians().sin()]).collect();
/// let similarities = Similarities::new(&unit_rows(&rows, 2), 2);
/// let graph = SimilarityGraph::build(&similarities, GraphRequest { k: 2, ..GraphRequest::default() });
///
/// assert_eq!(graph.neighbours(0).map(|(image, _)| image).collect::<Vec<_>>(), [1, 2]);
/// assert_eq!(graph.path(0, 3).map(|path| path.images), Some(vec![0, 1, 2, 3]));
/// ```
#[derive(Clone, Debug)]
pub struct SimilarityGraph {
    request: GraphRequest,
    rows: Csr,
    pairs: UnGraph<(), f32>,
}

/// A path from one image to another along edges of the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct SimilarityPath {
    /// The images on it, including both ends.
    pub images: Vec<usize>,
    /// The sum of 1 − cosine over its edges.
    pub cost: f32,
}

impl SimilarityPath {
    /// Number of edges.
    pub fn steps(&self) -> usize {
        self.images.len().saturating_sub(1)
    }
}

impl SimilarityGraph {
    /// The graph of [`Csr::nearest`].
    pub fn build(similarities: &Similarities, request: GraphRequest) -> Self {
        Self::of(Csr::nearest(similarities, request), request)
    }

    /// The graph of these rows, which are those of the request.
    pub fn of(rows: Csr, request: GraphRequest) -> Self {
        let n = rows.n();
        let mut edges: Vec<(u32, u32, f32)> = Vec::with_capacity(rows.targets.len());
        for i in 0..n {
            for edge in rows.row(i) {
                let (from, to) = (i as u32, rows.targets[edge]);
                edges.push((from.min(to), from.max(to), rows.weights[edge]));
            }
        }
        edges.sort_unstable_by_key(|&(i, j, _)| (i, j));
        edges.dedup_by_key(|&mut (i, j, _)| (i, j));
        let mut pairs = UnGraph::with_capacity(n, edges.len());
        for _ in 0..n {
            pairs.add_node(());
        }
        pairs.extend_with_edges(edges);
        Self { request, rows, pairs }
    }

    /// The parameters it was built with.
    pub fn request(&self) -> GraphRequest {
        self.request
    }

    /// Number of nodes.
    pub fn n(&self) -> usize {
        self.rows.n()
    }

    /// Number of directed edges.
    pub fn edge_count(&self) -> usize {
        self.rows.targets.len()
    }

    /// Node `i`'s neighbours with their cosines, most similar first; none if `i` is out of range.
    pub fn neighbours(&self, i: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let row = if i < self.n() { self.rows.row(i) } else { 0..0 };
        row.map(|edge| (self.rows.targets[edge] as usize, self.rows.weights[edge]))
    }

    /// Every directed edge (from, to, cosine), by source and then most similar first.
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize, f32)> + '_ {
        (0..self.n()).flat_map(|i| self.neighbours(i).map(move |(j, weight)| (i, j, weight)))
    }

    /// Every pair joined in at least one direction, once, as (smaller, larger, cosine), in ascending order.
    pub fn undirected_edges(&self) -> impl ExactSizeIterator<Item = (usize, usize, f32)> + '_ {
        self.pairs.raw_edges().iter().map(|edge| (edge.source().index(), edge.target().index(), edge.weight))
    }

    /// Number of weakly connected components.
    pub fn components(&self) -> usize {
        petgraph::algo::connected_components(&self.pairs)
    }

    /// Number of nodes without any edge, in or out.
    pub fn isolated(&self) -> usize {
        self.pairs.node_indices().filter(|&node| self.pairs.neighbors(node).next().is_none()).count()
    }

    /// The number of edges from node `from` to each node, ignoring direction; `None` beyond `most`. In a network of L
    /// convolutions an image is reached by images at most L edges away.
    pub fn hops(&self, from: usize, most: usize) -> Vec<Option<usize>> {
        let mut hops = vec![None; self.n()];
        let mut next = VecDeque::new();
        if let Some(start) = hops.get_mut(from) {
            *start = Some(0);
            next.push_back((NodeIndex::new(from), 0));
        }
        while let Some((node, steps)) = next.pop_front().filter(|&(_, steps)| steps < most) {
            for neighbour in self.pairs.neighbors(node) {
                if hops[neighbour.index()].is_none() {
                    hops[neighbour.index()] = Some(steps + 1);
                    next.push_back((neighbour, steps + 1));
                }
            }
        }
        hops
    }

    /// The shortest path between two images, ignoring direction: the one with the least sum of 1 − cosine.
    ///
    /// 1 − cosine is half the squared distance of unit vectors, so many small steps cost less than a large one, and the
    /// path leads from look-alike to look-alike. `None` if there is no path.
    pub fn path(&self, from: usize, to: usize) -> Option<SimilarityPath> {
        if from >= self.n() || to >= self.n() {
            return None;
        }
        let (start, goal) = (NodeIndex::new(from), NodeIndex::new(to));
        // Rounding can leave a cosine just above 1.
        let cost = |weight: f32| (1.0 - weight).max(0.0);
        let (cost, nodes) = astar(&self.pairs, start, |node| node == goal, |edge| cost(*edge.weight()), |_| 0.0)?;
        Some(SimilarityPath { images: nodes.into_iter().map(NodeIndex::index).collect(), cost })
    }
}
