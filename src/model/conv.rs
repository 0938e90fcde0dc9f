//! One graph convolution of a network, of any kind.

use std::sync::Arc;

use candle_core::{Module, Tensor};
use candle_nn::Linear;

use super::dropout::Dropout;
use super::edge::EdgeSimilarity;
use super::edge_conv::edge_conv;
use super::gat::attend;
use super::prepared::Part;
use super::propagate::Propagate;
use super::{Activation, ModelError};
use crate::base::Rng;

/// `h'_i = dropout(σ(C(h)_i)) (+ h_i)`, with C the convolution.
///
/// # Shapes
/// n × H → n × H'.
#[derive(Clone, Debug)]
pub(super) struct GraphConv {
    pub(super) kind: Kind,
    pub(super) linear: Linear,
    pub(super) activation: Activation,
    pub(super) dropout: Dropout,
    /// Adds `h_i` where H = H'.
    pub(super) residual: bool,
}

/// How neighbours are weighted.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// `Σ_{j ∈ N(i)} w_ij · (W h_j + b)`, w the graph's own weights: the cosine (DCMM-cos) or the normalised adjacency
    /// (GCN).
    Fixed,
    /// `Σ_{j ∈ N(i)} c_ij · v_iᵀ diag(a) v_j · (W h_j + b)` with the learned diagonal a (d) and c from the degrees.
    Learned { a: Tensor },
    /// Attention with one vector per head for each end of an edge, `heads × H'/heads`.
    Attention { from: Tensor, to: Tensor },
    /// The maximum over the edges' features.
    Edges,
}

impl GraphConv {
    pub(super) fn forward(
        &self,
        part: &Arc<Part>,
        visual: &Arc<Vec<f32>>,
        h: &Tensor,
        rng: Option<&mut Rng>,
    ) -> Result<Tensor, ModelError> {
        let sums = match &self.kind {
            Kind::Fixed => {
                let messages = self.linear.forward(h)?;
                part.weights()?.apply_op2(&messages, Propagate { part: part.clone(), learned: false })?
            }
            Kind::Learned { a } => {
                let similarity = a.apply_op1(EdgeSimilarity { part: part.clone(), visual: visual.clone() })?;
                let alpha = match part.scale()? {
                    Some(scale) => (similarity * scale)?,
                    None => similarity,
                };
                let messages = self.linear.forward(h)?;
                alpha.apply_op2(&messages, Propagate { part: part.clone(), learned: true })?
            }
            Kind::Attention { from, to } => attend(part, &self.linear.forward(h)?, from, to)?,
            Kind::Edges => edge_conv(part, h, &self.linear)?,
        };
        let active = match self.activation {
            Activation::None => sums,
            Activation::Relu => sums.relu()?,
        };
        let out = self.dropout.forward(&active, rng)?;
        match self.residual && out.dims() == h.dims() {
            true => Ok((out + h)?),
            false => Ok(out),
        }
    }
}
