//! The multilayer perceptron that reads the signals.

use candle_core::{Module, Result, Tensor};
use candle_nn::Linear;

use super::dropout::Dropout;
use crate::base::Rng;

/// `Linear, then (ReLU, Dropout, Linear)*`: no activation after the last layer.
///
/// # Shapes
/// n × F → n × H, H the last width (F without layers).
#[derive(Clone, Debug)]
pub(super) struct Mlp {
    pub(super) layers: Vec<Linear>,
    pub(super) dropout: Dropout,
}

impl Mlp {
    pub(super) fn forward(&self, x: &Tensor, mut rng: Option<&mut Rng>) -> Result<Tensor> {
        let mut h = x.clone();
        for (at, layer) in self.layers.iter().enumerate() {
            if at > 0 {
                h = self.dropout.forward(&h.relu()?, rng.as_deref_mut())?;
            }
            h = layer.forward(&h)?;
        }
        Ok(h)
    }
}
