//! Queries prepared for the network.

use std::sync::Arc;

use candle_core::{DType, Device, Tensor};

use super::design_of;
use super::edges::Edges;
use super::{ModelError, NetworkConfig, RankingInput, Visual};
use crate::graph::Csr;

/// A query checked against a network's shape. Cheap to clone.
///
/// Queries go through the network one per core, not in batches: no operation is large enough to be worth splitting, and
/// a query's scores do not depend on the other queries.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// n × F.
    pub(super) features: Tensor,
    pub(super) edges: Arc<Edges>,
    /// The visual vectors; read on each pass if they do not fit into memory.
    pub(super) visual: Visual,
    /// Dimension of the visual vectors.
    pub(super) dim: usize,
}

impl Prepared {
    /// Checks a query and extracts what the network needs.
    ///
    /// # Errors
    /// If the query does not match the network.
    pub fn new(input: &RankingInput, config: &NetworkConfig) -> Result<Self, ModelError> {
        input.check(config)?;
        let edges = match design_of(config.kind) {
            Some(design) => design.edges(&input.graph, config),
            None => Edges::new(Csr::without_edges(input.n)),
        };
        let shape = (input.n, input.feature_count);
        let features = Tensor::from_slice(&input.features, shape, &Device::Cpu)?.to_dtype(DType::F64)?;
        Ok(Self { features, edges: Arc::new(edges), visual: input.visual.clone(), dim: input.dim })
    }

    /// Number of images.
    pub fn n(&self) -> usize {
        self.edges.csr.n()
    }
}
