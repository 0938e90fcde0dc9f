//! Queries prepared for the network.

use std::sync::Arc;

use candle_core::{DType, Device, Tensor};

use super::pairs::Pairs;
use super::tile::{ROWS, Tile};
use super::{Degree, ModelError, ModelKind, NetworkConfig, RankingInput, Visual};
use crate::graph::Csr;

/// A query checked against a network's shape. Cheap to clone.
///
/// Queries go through the network one per core, not in batches: no operation is large enough to be worth splitting, and
/// a query's scores do not depend on the other queries.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// n × F.
    pub(super) features: Tensor,
    pub(super) part: Arc<Part>,
    /// The visual vectors; read on each pass if they do not fit into memory.
    pub(super) visual: Visual,
}

/// The graph of one query.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) n: usize,
    pub(super) csr: Csr,
    pub(super) dim: usize,
    pub(super) pairs: Pairs,
    /// The tile of each group of consecutive nodes that shares most of its partners.
    pub(super) tiles: Vec<Option<Tile>>,
    /// The factor of each edge's learned weight from the degrees of its ends; `None` for 1 everywhere.
    scale: Option<Vec<f32>>,
}

impl Prepared {
    /// Checks a query and extracts what the network needs.
    ///
    /// # Errors
    /// If the query does not match the network.
    pub fn new(input: &RankingInput, config: &NetworkConfig) -> Result<Self, ModelError> {
        input.check(config)?;
        let mut scale = None;
        let csr = match config.kind {
            kind if !kind.uses_graph() => Csr::without_edges(input.n),
            ModelKind::Gcn => normalised_adjacency(&input.graph),
            ModelKind::DcmmPrf => shares(&input.graph),
            ModelKind::Gat | ModelKind::EdgeConv => with_itself(&input.graph),
            ModelKind::DcmmEdge => {
                scale = degree_scale(&input.graph, config.degree);
                input.graph.clone()
            }
            _ => {
                let mut csr = input.graph.clone();
                let scale = degree_scale(&csr, config.degree).unwrap_or_default();
                csr.weights.iter_mut().zip(scale).for_each(|(weight, scale)| *weight *= scale);
                csr
            }
        };
        let (mut pairs, mut tiles) = (Pairs::default(), Vec::new());
        if config.kind == ModelKind::DcmmEdge {
            pairs = Pairs::new(&csr);
            tiles = (0..input.n).step_by(ROWS).map(|first| Tile::new(&pairs, first, input.n)).collect();
        }
        let part = Part { n: input.n, csr, dim: input.dim, pairs, tiles, scale };
        let shape = (input.n, input.feature_count);
        let features = Tensor::from_slice(&input.features, shape, &Device::Cpu)?.to_dtype(DType::F64)?;
        Ok(Self { features, part: Arc::new(part), visual: input.visual.clone() })
    }

    /// Number of images.
    pub fn n(&self) -> usize {
        self.part.n
    }
}

/// The factor of each edge's weight from the degrees of its ends.
fn degree_scale(csr: &Csr, degree: Degree) -> Option<Vec<f32>> {
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

/// Each node's edge weights, clipped at 0 and normalised to sum 1.
fn shares(csr: &Csr) -> Csr {
    let mut out = csr.clone();
    for i in 0..csr.n() {
        let row = &mut out.weights[csr.row(i)];
        row.iter_mut().for_each(|weight| *weight = weight.max(0.0));
        let sum: f32 = row.iter().sum::<f32>() + 1e-6;
        row.iter_mut().for_each(|weight| *weight /= sum);
    }
    out
}

/// The graph with self-loops as each node's first edge; other edges keep their weights.
fn with_itself(csr: &Csr) -> Csr {
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

/// `D^−½ (A + I) D^−½` with A the undirected graph with weights 1, and D the degrees of A + I (Kipf and Welling, ICLR
/// 2017, eq. 2).
fn normalised_adjacency(csr: &Csr) -> Csr {
    let n = csr.n();
    let mut rows: Vec<Vec<u32>> = (0..n as u32).map(|i| vec![i]).collect();
    for i in 0..n {
        for edge in csr.row(i) {
            let j = csr.targets[edge];
            rows[i].push(j);
            rows[j as usize].push(i as u32);
        }
    }
    let mut out = Csr { offsets: vec![0], ..Csr::default() };
    for row in &mut rows {
        row.sort_unstable();
        row.dedup();
        out.targets.extend_from_slice(row);
        out.offsets.push(out.targets.len() as u32);
    }
    for (i, row) in rows.iter().enumerate() {
        let degrees = row.iter().map(|&j| (rows[i].len() * rows[j as usize].len()) as f64);
        out.weights.extend(degrees.map(|product| (1.0 / product.sqrt()) as f32));
    }
    out
}

impl Part {
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
        let sources: Vec<u32> = (0..self.n).flat_map(|i| self.csr.row(i).map(move |_| i as u32)).collect();
        let targets = Tensor::from_slice(&self.csr.targets, count, &Device::Cpu)?;
        Ok((Tensor::from_vec(sources, count, &Device::Cpu)?, targets))
    }
}

fn edge_values(values: &[f32]) -> Result<Tensor, ModelError> {
    let values: Vec<f64> = values.iter().copied().map(f64::from).collect();
    let count = values.len();
    Ok(Tensor::from_vec(values, count, &Device::Cpu)?)
}
