//! Graph convolution weighted by the cosine.

use super::NetworkConfig;
use super::edges::{Edges, degree_scale};
use super::stack::Convolution;
use super::weight::Vars;
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
}
