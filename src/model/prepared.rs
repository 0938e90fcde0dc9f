//! A query in the form in which the network computes with it.

use std::sync::Arc;

use candle_core::{DType, Device, Tensor};

use super::{DcmmConfig, ModelError, ModelKind, RankingInput};
use crate::graph::Csr;

/// A query that was checked against a network's shape. Cheap to clone.
///
/// Queries go through the network one by one, side by side on all cores: no operation is then large enough to be worth
/// splitting, and a query's scores do not depend on the company it is in.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// n × F.
    pub(super) features: Tensor,
    pub(super) part: Arc<Part>,
}

/// The graph and the vectors of one query.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) n: usize,
    pub(super) csr: Csr,
    pub(super) dim: usize,
    pub(super) visual: Arc<Vec<f32>>,
    pub(super) pairs: Pairs,
}

/// The pairs of images that at least one edge joins: what depends on both ends alike is computed once for two edges.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// n + 1 ends of rows, from 0.
    pub(super) offsets: Vec<usize>,
    /// The larger index of each pair, rising within the row of the smaller one.
    pub(super) targets: Vec<u32>,
    /// For each edge of the graph, its pair.
    pub(super) of_edge: Vec<u32>,
}

impl Pairs {
    fn new(csr: &Csr) -> Self {
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

impl Prepared {
    /// Checks a query and takes what the network needs of it.
    ///
    /// # Errors
    /// If the query does not fit the network.
    pub fn new(input: &RankingInput, config: &DcmmConfig) -> Result<Self, ModelError> {
        input.check(config)?;
        let graph = config.kind != ModelKind::Mlp;
        let csr = if graph { input.graph.clone() } else { Csr { offsets: vec![0; input.n + 1], ..Csr::default() } };
        let pairs = if config.kind == ModelKind::DcmmEdge { Pairs::new(&csr) } else { Pairs::default() };
        let part = Part { n: input.n, csr, dim: input.dim, visual: input.visual.clone(), pairs };
        let shape = (input.n, input.feature_count);
        let features = Tensor::from_slice(&input.features, shape, &Device::Cpu)?.to_dtype(DType::F64)?;
        Ok(Self { features, part: Arc::new(part) })
    }

    /// Number of images.
    pub fn n(&self) -> usize {
        self.part.n
    }
}

impl Part {
    /// The cosines of the edges.
    pub(super) fn cosines(&self) -> Result<Tensor, ModelError> {
        let weights: Vec<f64> = self.csr.weights.iter().copied().map(f64::from).collect();
        let count = weights.len();
        Ok(Tensor::from_vec(weights, count, &Device::Cpu)?)
    }
}
