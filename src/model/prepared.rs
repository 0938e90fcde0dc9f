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

impl Part {
    /// The cosines of the edges.
    pub(super) fn cosines(&self) -> Result<Tensor, ModelError> {
        let weights: Vec<f64> = self.csr.weights.iter().copied().map(f64::from).collect();
        let count = weights.len();
        Ok(Tensor::from_vec(weights, count, &Device::Cpu)?)
    }
}
