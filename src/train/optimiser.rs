//! Gradients, and the Adam and AdamW optimisers.

use candle_core::{Device, Tensor, Var};

use super::{Method, TrainConfig, TrainError};
use crate::model::Network;

/// Decay of the running mean of gradients.
const BETA_1: f64 = 0.9;
/// Decay of the running mean of squared gradients.
const BETA_2: f64 = 0.999;
/// Keeps the division by the root of the latter finite.
const EPSILON: f64 = 1e-8;

/// The gradient of all of a network's weights, in the order of [`Network::vars`], as plain numbers.
///
/// Queries are differentiated in parallel; their gradients are then added sequentially in batch order, so that the sum
/// is bit-identical whichever thread finishes first.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients(Vec<Vec<f64>>);

impl Gradients {
    /// A gradient of zeros.
    pub fn zero(model: &Network) -> Self {
        Self(model.vars().iter().map(|(_, var)| vec![0.0; var.elem_count()]).collect())
    }

    /// The gradient of a scalar that depends on the network's weights.
    ///
    /// # Errors
    /// If a tensor operation fails.
    pub fn of(model: &Network, loss: &Tensor) -> Result<Self, TrainError> {
        let store = loss.backward()?;
        let of_weight = |var: &Var| match store.get(var) {
            Some(gradient) => Ok(gradient.flatten_all()?.to_vec1::<f64>()?),
            None => Ok(vec![0.0; var.elem_count()]),
        };
        Ok(Self(model.vars().iter().map(|(_, var)| of_weight(var)).collect::<Result<_, TrainError>>()?))
    }

    /// One list of values per weight, in the order of [`Network::vars`].
    pub fn values(&self) -> &[Vec<f64>] {
        &self.0
    }

    /// Adds another gradient of the same network.
    pub fn add(&mut self, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(&other.0) {
            sum.iter_mut().zip(other).for_each(|(sum, x)| *sum += x);
        }
    }

    /// Its norm as a single vector.
    pub fn norm(&self) -> f64 {
        self.0.iter().flatten().map(|x| x * x).sum::<f64>().sqrt()
    }

    /// Scales it down to the norm `max` if it is longer.
    pub fn clip(&mut self, max: f64) {
        let norm = self.norm();
        if norm > max {
            self.0.iter_mut().flatten().for_each(|x| *x *= max / norm);
        }
    }
}

/// Adam's state between steps: two numbers per weight, in the order of [`Network::vars`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// Number of steps taken.
    pub steps: usize,
    /// The running mean of gradients.
    pub first: Vec<Vec<f64>>,
    /// The running mean of their squares.
    pub second: Vec<Vec<f64>>,
}

impl Moments {
    /// The state before the first step.
    pub fn zero(model: &Network) -> Self {
        let zero = Gradients::zero(model).0;
        Self { steps: 0, first: zero.clone(), second: zero }
    }
}

/// Adam or AdamW over a network's weights (β = 0.9, 0.999, ε = 1e-8), in plain numbers, so that continued runs are
/// bit-identical.
#[derive(Debug)]
pub struct Optimiser {
    vars: Vec<Var>,
    moments: Moments,
    method: Method,
    rate: f64,
    share: f64,
    decay: f64,
    clip: Option<f64>,
}

impl Optimiser {
    /// For the weights of this network.
    ///
    /// # Errors
    /// If the configuration is invalid.
    pub fn new(model: &Network, config: &TrainConfig) -> Result<Self, TrainError> {
        config.check()?;
        Ok(Self {
            vars: model.vars().iter().map(|(_, var)| var.clone()).collect(),
            moments: Moments::zero(model),
            method: config.optimiser,
            rate: config.learning_rate,
            share: 1.0,
            decay: config.weight_decay,
            clip: config.clip,
        })
    }

    /// Its state.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Restores the state of another optimiser of the same network.
    ///
    /// # Errors
    /// If it belongs to another network.
    pub fn restore(&mut self, moments: Moments) -> Result<(), TrainError> {
        let fits = |numbers: &[Vec<f64>]| {
            numbers.len() == self.vars.len()
                && numbers.iter().zip(&self.vars).all(|(numbers, var)| numbers.len() == var.elem_count())
        };
        if !(fits(&moments.first) && fits(&moments.second)) {
            return Err(TrainError::Config("the saved state belongs to another network".into()));
        }
        self.moments = moments;
        Ok(())
    }

    /// Sets the share of the learning rate for the next steps.
    pub fn set_share(&mut self, share: f64) {
        self.share = share;
    }

    /// Takes one step along this gradient.
    ///
    /// # Errors
    /// If the gradient belongs to another network.
    pub fn step(&mut self, gradients: &Gradients) -> Result<(), TrainError> {
        let clipped = self.clip.map(|max| {
            let mut clipped = gradients.clone();
            clipped.clip(max);
            clipped
        });
        let gradients = clipped.as_ref().unwrap_or(gradients);
        self.moments.steps += 1;
        let steps = i32::try_from(self.moments.steps).unwrap_or(i32::MAX);
        let scales = (1.0 / (1.0 - BETA_1.powi(steps)), 1.0 / (1.0 - BETA_2.powi(steps)));
        for (at, var) in self.vars.iter().enumerate() {
            let mut weights = var.flatten_all()?.to_vec1::<f64>()?;
            let Some(gradient) = gradients.0.get(at).filter(|gradient| gradient.len() == weights.len()) else {
                return Err(TrainError::Config("the gradient belongs to another network".into()));
            };
            let moments = self.moments.first[at].iter_mut().zip(&mut self.moments.second[at]);
            let (rate, decay) = (self.rate * self.share, self.decay);
            for ((weight, &g), (first, second)) in weights.iter_mut().zip(gradient).zip(moments) {
                let (g, retained) = match self.method {
                    Method::Adam => (g + decay * *weight, 1.0),
                    Method::AdamW => (g, 1.0 - rate * decay),
                };
                *first = *first * BETA_1 + g * (1.0 - BETA_1);
                *second = *second * BETA_2 + g * g * (1.0 - BETA_2);
                *weight = *weight * retained - *first * scales.0 / ((*second * scales.1).sqrt() + EPSILON) * rate;
            }
            var.set(&Tensor::from_vec(weights, var.shape(), &Device::Cpu)?)?;
        }
        Ok(())
    }
}
