//! Steps down the gradient.

use candle_core::backprop::GradStore;
use candle_core::{Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};

use super::{TrainConfig, TrainError};
use crate::model::Dcmm;

/// The gradient of all of a network's weights, in the order of [`Dcmm::vars`], as plain numbers.
///
/// Queries are differentiated side by side; their gradients are then added one after the other, in the order of the
/// batch, so that no bit of the sum depends on which thread was first.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients(Vec<Vec<f64>>);

impl Gradients {
    /// No gradient yet.
    pub fn zero(model: &Dcmm) -> Self {
        Self(model.vars().iter().map(|(_, var)| vec![0.0; var.elem_count()]).collect())
    }

    /// The gradient of a scalar that the network's weights lead to.
    ///
    /// # Errors
    /// If a tensor operation fails.
    pub fn of(model: &Dcmm, loss: &Tensor) -> Result<Self, TrainError> {
        let store = loss.backward()?;
        let of_weight = |var: &Var| match store.get(var) {
            Some(gradient) => Ok(gradient.flatten_all()?.to_vec1::<f64>()?),
            None => Ok(vec![0.0; var.elem_count()]),
        };
        Ok(Self(model.vars().iter().map(|(_, var)| of_weight(var)).collect::<Result<_, TrainError>>()?))
    }

    /// One list of values per weight, in the order of [`Dcmm::vars`].
    pub fn values(&self) -> &[Vec<f64>] {
        &self.0
    }

    /// Adds another gradient of the same network.
    pub fn add(&mut self, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(&other.0) {
            sum.iter_mut().zip(other).for_each(|(sum, x)| *sum += x);
        }
    }
}

/// AdamW over a network's weights (β = 0.9, 0.999, ε = 1e-8; decoupled weight decay).
#[derive(Debug)]
pub struct Optimiser {
    vars: Vec<Var>,
    adam: AdamW,
}

impl Optimiser {
    /// For the weights of this network.
    ///
    /// # Errors
    /// If a tensor operation fails.
    pub fn new(model: &Dcmm, config: &TrainConfig) -> Result<Self, TrainError> {
        let vars: Vec<Var> = model.vars().iter().map(|(_, var)| var.clone()).collect();
        let params =
            ParamsAdamW { lr: config.learning_rate, weight_decay: config.weight_decay, ..ParamsAdamW::default() };
        Ok(Self { adam: AdamW::new(vars.clone(), params)?, vars })
    }

    /// One step down this gradient.
    ///
    /// # Errors
    /// If the gradient is that of another network.
    pub fn step(&mut self, gradients: &Gradients) -> Result<(), TrainError> {
        let mut store = GradStore::default();
        for (var, gradient) in self.vars.iter().zip(&gradients.0) {
            store.insert(var, Tensor::from_slice(gradient, var.shape(), &Device::Cpu)?);
        }
        Ok(self.adam.step(&store)?)
    }
}
