//! Graph convolution weighted by the cosine.

use candle_core::{Module, Tensor};
use candle_nn::Linear;

use super::edges::{Edges, QueryGraph, degree_scale};
use super::propagate::sum_weighted;
use super::stack::Convolution;
use super::trace::Carried;
use super::weight::Vars;
use super::{ModelError, NetworkConfig};
use crate::graph::Csr;

/// `C(h)_i = Σ_{j ∈ N(i)} c_ij · cos(v_i, v_j) · (W h_j + b)` (Formal et al., ECIR 2020), c from the degrees
/// ([`super::Degree`]).
#[derive(Debug)]
pub(super) struct DcmmCos;

impl Convolution for DcmmCos {
    fn edges(graph: &Csr, config: &NetworkConfig) -> Edges {
        let mut csr = graph.clone();
        let scale = degree_scale(&csr, config.degree).unwrap_or_default();
        csr.weights.iter_mut().zip(scale).for_each(|(weight, scale)| *weight *= scale);
        Edges::new(csr)
    }

    fn load(_: &Vars) -> Option<Self> {
        Some(Self)
    }

    fn forward(&self, graph: &QueryGraph, linear: &Linear, h: &Tensor) -> Result<Tensor, ModelError> {
        sum_weighted(&graph.edges, &linear.forward(h)?)
    }

    fn carried(&self, graph: &QueryGraph, linear: &Linear, h: &Tensor, reading: &[f64]) -> Result<Carried, ModelError> {
        Carried::weighted(&graph.edges.csr, &graph.edges.weights()?, &linear.forward(h)?, reading)
    }
}
