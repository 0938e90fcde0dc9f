//! Graph convolution weighted by a learned similarity.

use candle_core::{Module, Tensor};
use candle_nn::Linear;

use super::edge_similarity::EdgeSimilarity;
use super::edges::{Edges, QueryGraph, degree_scale};
use super::pairs::Pairs;
use super::propagate::Propagate;
use super::stack::Convolution;
use super::tile::{ROWS, Tile};
use super::weight::{Init, Vars, Weight};
use super::{ModelError, NetworkConfig};
use crate::graph::Csr;

/// `C(h)_i = Σ_{j ∈ N(i)} c_ij · v_iᵀ diag(a) v_j · (W h_j + b)` with the learned diagonal a (Formal et al., ECIR 2020)
/// and c from the degrees ([`super::Degree`]).
///
/// # Shapes
/// a: d.
#[derive(Debug)]
pub(super) struct DcmmEdge {
    a: Tensor,
}

impl Convolution for DcmmEdge {
    fn weights(config: &NetworkConfig, _: usize) -> Vec<Weight> {
        vec![Weight::new("a", &[config.visual_dim], Init::Unit)]
    }

    fn edges(graph: &Csr, config: &NetworkConfig) -> Edges {
        let pairs = Pairs::new(graph);
        let tiles = (0..graph.n()).step_by(ROWS).map(|first| Tile::new(&pairs, first, graph.n())).collect();
        Edges { csr: graph.clone(), scale: degree_scale(graph, config.degree), pairs, tiles }
    }

    fn load(vars: &Vars) -> Option<Self> {
        Some(Self { a: vars.get("a")? })
    }

    fn forward(&self, graph: &QueryGraph, linear: &Linear, h: &Tensor) -> Result<Tensor, ModelError> {
        let messages = linear.forward(h)?;
        Ok(self.alpha(graph)?.apply_op2(&messages, Propagate { edges: graph.edges.clone(), learned: true })?)
    }

    /// `c_ij · v_iᵀ diag(a) v_j`, one value an edge.
    fn alpha(&self, graph: &QueryGraph) -> Result<Tensor, ModelError> {
        let similarity = self.a.apply_op1(EdgeSimilarity(graph.clone()))?;
        Ok(match graph.edges.scale()? {
            Some(scale) => (similarity * scale)?,
            None => similarity,
        })
    }
}
