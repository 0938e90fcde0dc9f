//! One cross-modal graph convolution.

use std::sync::Arc;

use candle_core::{Module, Tensor};
use candle_nn::Linear;

use super::dropout::Dropout;
use super::edge::EdgeSimilarity;
use super::prepared::Part;
use super::propagate::Propagate;
use super::{Activation, ModelError};
use crate::dataset::Rng;

/// `h'_i = dropout(σ( Σ_{j ∈ N(i)} g_ij · (W h_j + b) ))`, without any normalisation by degree.
///
/// # Shapes
/// n × H → n × H'.
#[derive(Clone, Debug)]
pub(super) struct GraphConv {
    pub(super) linear: Linear,
    /// The learned similarity's diagonal (d); `None` weights edges by their cosine.
    pub(super) a: Option<Tensor>,
    pub(super) activation: Activation,
    pub(super) dropout: Dropout,
}

impl GraphConv {
    pub(super) fn forward(&self, part: &Arc<Part>, h: &Tensor, rng: Option<&mut Rng>) -> Result<Tensor, ModelError> {
        let alpha = match &self.a {
            Some(a) => a.apply_op1(EdgeSimilarity { part: part.clone() })?,
            None => part.cosines()?,
        };
        let messages = self.linear.forward(h)?;
        let sums = alpha.apply_op2(&messages, Propagate { part: part.clone(), learned: self.a.is_some() })?;
        let active = match self.activation {
            Activation::None => sums,
            Activation::Relu => sums.relu()?,
        };
        Ok(self.dropout.forward(&active, rng)?)
    }
}
