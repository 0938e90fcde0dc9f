//! The edges of one query as a network sums over them, and the ways that several networks share to get there.

use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::pairs::Pairs;
use super::tile::Tile;
use super::{Degree, ModelError};
use crate::graph::Csr;

/// The graph of one query: its edges, and its nodes' visual vectors if the network reads them.
#[derive(Clone, Debug)]
pub(super) struct QueryGraph {
    pub(super) edges: Arc<Edges>,
    /// The unit rows, n × `dim`; empty for a network that does not read them.
    pub(super) visual: Arc<Vec<f32>>,
    pub(super) dim: usize,
}

/// The edges of one query.
#[derive(Debug, Default)]
pub(super) struct Edges {
    /// The edges, and their own weights.
    pub(super) csr: Csr,
    /// The factor of each edge's learned weight; `None` for 1 everywhere.
    pub(super) scale: Option<Vec<f32>>,
    /// The pairs of nodes that they join, for a similarity that is learned.
    pub(super) pairs: Pairs,
    /// The tile of each group of consecutive nodes that shares most of its partners.
    pub(super) tiles: Vec<Option<Tile>>,
}

impl Edges {
    /// Edges with their own weights.
    pub(super) fn new(csr: Csr) -> Self {
        Self { csr, ..Self::default() }
    }

    /// The graph's own weights, one per edge.
    pub(super) fn weights(&self) -> Result<Tensor, ModelError> {
        edge_values(&self.csr.weights)
    }

    /// The factor of each edge's learned weight, if any.
    pub(super) fn scale(&self) -> Result<Option<Tensor>, ModelError> {
        self.scale.as_deref().map(edge_values).transpose()
    }

    /// For each edge i → j: all i, and all j.
    pub(super) fn ends(&self) -> candle_core::Result<(Tensor, Tensor)> {
        let count = self.csr.targets.len();
        let sources: Vec<u32> = (0..self.csr.n()).flat_map(|i| self.csr.row(i).map(move |_| i as u32)).collect();
        let targets = Tensor::from_slice(&self.csr.targets, count, &Device::Cpu)?;
        Ok((Tensor::from_vec(sources, count, &Device::Cpu)?, targets))
    }
}

fn edge_values(values: &[f32]) -> Result<Tensor, ModelError> {
    let values: Vec<f64> = values.iter().copied().map(f64::from).collect();
    let count = values.len();
    Ok(Tensor::from_vec(values, count, &Device::Cpu)?)
}

/// The graph with self-loops as each node's first edge; other edges keep their weights.
pub(super) fn with_itself(csr: &Csr) -> Csr {
    let mut out = Csr { offsets: vec![0], ..Csr::default() };
    for i in 0..csr.n() {
        out.targets.push(i as u32);
        out.weights.push(1.0);
        out.targets.extend_from_slice(&csr.targets[csr.row(i)]);
        out.weights.extend_from_slice(&csr.weights[csr.row(i)]);
        out.offsets.push(out.targets.len() as u32);
    }
    out
}

/// The factor of each edge's weight from the degrees of its ends.
pub(super) fn degree_scale(csr: &Csr, degree: Degree) -> Option<Vec<f32>> {
    let mut reached = vec![0usize; csr.n()];
    csr.targets.iter().for_each(|&j| reached[j as usize] += 1);
    let scale = |i: usize, j: u32| match degree {
        Degree::None => 1.0,
        Degree::Mean => 1.0 / csr.row(i).len() as f64,
        Degree::Symmetric => 1.0 / (csr.row(i).len() as f64 * reached[j as usize] as f64).sqrt(),
    };
    let edges = (0..csr.n()).flat_map(|i| csr.row(i).map(move |edge| (i, csr.targets[edge])));
    (degree != Degree::None).then(|| edges.map(|(i, j)| scale(i, j) as f32).collect())
}
