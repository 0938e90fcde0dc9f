//! A network's weights: what they are called, their shapes, and how they start.

use candle_core::{Tensor, Var};
use candle_nn::Linear;

use crate::base::Rng;

/// One weight, named as PyTorch names it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weight {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) init: Init,
}

/// The values a weight starts from, drawn from our own seeded generator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Init {
    /// U(±1/√`fan_in`), as PyTorch initialises a linear layer: Kaiming uniform with slope √5 for its weight, and a bias
    /// of the same bound.
    Uniform { fan_in: usize },
    /// U(0, 1).
    Unit,
    /// One value throughout.
    Constant(f64),
}

impl Weight {
    pub(super) fn new(name: impl Into<String>, shape: &[usize], init: Init) -> Self {
        Self { name: name.into(), shape: shape.to_vec(), init }
    }

    /// The weight (output × input) and the bias (output) of a linear layer.
    pub(super) fn linear(name: &str, input: usize, output: usize) -> [Self; 2] {
        let init = Init::Uniform { fan_in: input };
        [
            Self::new(format!("{name}.weight"), &[output, input], init),
            Self::new(format!("{name}.bias"), &[output], init),
        ]
    }

    /// How many values it has.
    pub(super) fn count(&self) -> usize {
        self.shape.iter().fold(1, |count: usize, &side| count.saturating_mul(side))
    }

    /// Its initial values, row-major.
    pub(super) fn initial(&self, rng: &mut Rng) -> Vec<f64> {
        let mut values = |of: &dyn Fn(f64) -> f64| (0..self.count()).map(|_| of(rng.uniform())).collect();
        match self.init {
            Init::Uniform { fan_in } => {
                let bound = 1.0 / (fan_in as f64).sqrt();
                values(&|x| (2.0 * x - 1.0) * bound)
            }
            Init::Unit => values(&|x| x),
            Init::Constant(value) => vec![value; self.count()],
        }
    }
}

/// The variables whose names begin with a prefix, by the rest of their names.
#[derive(Clone, Debug)]
pub(super) struct Vars<'a> {
    vars: &'a [(String, Var)],
    prefix: String,
}

impl<'a> Vars<'a> {
    pub(super) fn new(vars: &'a [(String, Var)], prefix: String) -> Self {
        Self { vars, prefix }
    }

    /// Those whose names go on with `prefix`.
    pub(super) fn within(&self, prefix: &str) -> Self {
        Self { vars: self.vars, prefix: format!("{}{prefix}", self.prefix) }
    }

    /// The variable of this name.
    pub(super) fn get(&self, name: &str) -> Option<Tensor> {
        let named = |(other, _): &&(String, Var)| other.strip_prefix(&self.prefix) == Some(name);
        self.vars.iter().find(named).map(|(_, var)| var.as_tensor().clone())
    }

    /// The linear layer of this name.
    pub(super) fn linear(&self, name: &str) -> Option<Linear> {
        Some(Linear::new(self.get(&format!("{name}.weight"))?, self.get(&format!("{name}.bias"))))
    }
}
