//! Several queries side by side, so that one pass serves them all.

use std::sync::Arc;

use candle_core::{DType, Device, Tensor};

use super::{DcmmConfig, ModelError, ModelKind, RankingInput};
use crate::graph::Csr;

/// A query that was checked against a network's shape and can be put into any number of batches without a copy of its
/// vectors.
#[derive(Clone, Debug)]
pub struct Prepared {
    features: Tensor,
    part: Arc<Part>,
}

impl Prepared {
    /// Checks a query and takes what the network needs of it.
    ///
    /// # Errors
    /// If the query does not fit the network.
    pub fn new(input: &RankingInput, config: &DcmmConfig) -> Result<Self, ModelError> {
        input.check(config)?;
        let graph = config.kind != ModelKind::Mlp;
        let part = Part {
            n: input.n,
            csr: if graph { input.graph.clone() } else { Csr { offsets: vec![0; input.n + 1], ..Csr::default() } },
            dim: input.dim,
            visual: input.visual.clone(),
        };
        let shape = (input.n, input.feature_count);
        let features = Tensor::from_slice(&input.features, shape, &Device::Cpu)?.to_dtype(DType::F64)?;
        Ok(Self { features, part: Arc::new(part) })
    }

    /// Number of images.
    pub fn n(&self) -> usize {
        self.part.n
    }
}

/// The graph and the vectors of one query.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) n: usize,
    pub(super) csr: Csr,
    pub(super) dim: usize,
    pub(super) visual: Arc<Vec<f32>>,
}

/// Several queries as one input; no edge joins two of them.
///
/// # Shapes
/// `features` is N × F with N the images of all queries in their order.
#[derive(Clone, Debug)]
pub struct Batch {
    pub(super) features: Tensor,
    pub(super) graph: Arc<BatchGraph>,
}

impl Batch {
    /// A batch of these queries, in this order. Queries without any image add nothing.
    ///
    /// # Errors
    /// If there is no image at all.
    pub fn new<'a>(queries: impl IntoIterator<Item = &'a Prepared>) -> Result<Self, ModelError> {
        let queries: Vec<&Prepared> = queries.into_iter().filter(|query| query.n() > 0).collect();
        if queries.is_empty() {
            return Err(ModelError::Config("a batch without any image".into()));
        }
        let features = Tensor::cat(&queries.iter().map(|query| &query.features).collect::<Vec<_>>(), 0)?;
        let parts: Vec<Arc<Part>> = queries.iter().map(|query| query.part.clone()).collect();
        Ok(Self { features, graph: Arc::new(BatchGraph { parts }) })
    }

    /// Images of all queries together.
    pub fn n(&self) -> usize {
        self.graph.n()
    }
}

/// The graphs of a batch's queries.
#[derive(Debug)]
pub(super) struct BatchGraph {
    pub(super) parts: Vec<Arc<Part>>,
}

impl BatchGraph {
    pub(super) fn n(&self) -> usize {
        self.parts.iter().map(|part| part.n).sum()
    }

    pub(super) fn edge_count(&self) -> usize {
        self.parts.iter().map(|part| part.csr.targets.len()).sum()
    }

    /// The cosines of all edges, query after query.
    pub(super) fn cosines(&self) -> Result<Tensor, ModelError> {
        let weights: Vec<f64> = self.parts.iter().flat_map(|part| &part.csr.weights).copied().map(f64::from).collect();
        Ok(Tensor::from_vec(weights, self.edge_count(), &Device::Cpu)?)
    }

    /// Cuts a slice with `width` values per node into one piece a query.
    pub(super) fn by_nodes<'a, T>(&self, values: &'a [T], width: usize) -> Vec<&'a [T]> {
        cut(values, self.parts.iter().map(|part| part.n * width))
    }

    /// Cuts a slice with one value per edge into one piece a query.
    pub(super) fn by_edges<'a, T>(&self, values: &'a [T]) -> Vec<&'a [T]> {
        cut(values, self.parts.iter().map(|part| part.csr.targets.len()))
    }

    /// As [`Self::by_nodes`], to write to.
    pub(super) fn by_nodes_mut<'a, T>(&self, values: &'a mut [T], width: usize) -> Vec<&'a mut [T]> {
        cut_mut(values, self.parts.iter().map(|part| part.n * width))
    }

    /// As [`Self::by_edges`], to write to.
    pub(super) fn by_edges_mut<'a, T>(&self, values: &'a mut [T]) -> Vec<&'a mut [T]> {
        cut_mut(values, self.parts.iter().map(|part| part.csr.targets.len()))
    }
}

fn cut<T>(mut rest: &[T], lengths: impl Iterator<Item = usize>) -> Vec<&[T]> {
    let piece = |length| {
        let (piece, after) = rest.split_at(length);
        rest = after;
        piece
    };
    lengths.map(piece).collect()
}

fn cut_mut<T>(mut rest: &mut [T], lengths: impl Iterator<Item = usize>) -> Vec<&mut [T]> {
    let piece = |length| {
        let (piece, after) = std::mem::take(&mut rest).split_at_mut(length);
        rest = after;
        piece
    };
    lengths.map(piece).collect()
}
