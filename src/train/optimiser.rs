//! Steps down the gradient.

use candle_core::{Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};

use super::{TrainConfig, TrainError};
use crate::model::Dcmm;

/// AdamW over a network's weights (β = 0.9, 0.999, ε = 1e-8; decoupled weight decay).
pub struct Optimiser(AdamW);

impl Optimiser {
    /// For the weights of this network.
    ///
    /// # Errors
    /// If a tensor operation fails.
    pub fn new(model: &Dcmm, config: &TrainConfig) -> Result<Self, TrainError> {
        let vars: Vec<Var> = model.vars().iter().map(|(_, var)| var.clone()).collect();
        let params =
            ParamsAdamW { lr: config.learning_rate, weight_decay: config.weight_decay, ..ParamsAdamW::default() };
        Ok(Self(AdamW::new(vars, params)?))
    }

    /// One step down the gradient of `loss`.
    ///
    /// # Errors
    /// If a tensor operation fails.
    pub fn step(&mut self, loss: &Tensor) -> Result<(), TrainError> {
        Ok(self.0.backward_step(loss)?)
    }
}
