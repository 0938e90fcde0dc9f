//! The networks that are a stack of graph convolutions.

use std::fmt::Debug;
use std::marker::PhantomData;

use candle_core::{Module, Tensor};
use candle_nn::Linear;

use super::design::{Design, Term};
use super::dropout::Dropout;
use super::edges::{Edges, QueryGraph};
use super::propagate::sum_weighted;
use super::trace::{Carried, Part, Traced};
use super::weight::{Vars, Weight};
use super::{Activation, ModelError, NetworkConfig};
use crate::base::Rng;
use crate::graph::Csr;

/// One graph convolution, with the weights it has beside those of its linear layer `W h + b`. By default it is a sum
/// weighted by the edges' own weights, `C(h)_i = Σ_{j ∈ N(i)} α_ij (W h_j + b)`.
pub(super) trait Convolution: Debug + Send + Sync + Sized + 'static {
    /// Whether it is linear in h and its biases as long as each activation and each maximum stays on its side.
    const IS_PIECEWISE_LINEAR: bool = true;

    /// Checks what only this convolution asks of the configuration.
    ///
    /// # Errors
    /// [`ModelError::Config`] with a sentence that names the invalid value.
    fn check(_: &NetworkConfig) -> Result<(), ModelError> {
        Ok(())
    }

    /// How many values its linear layer reads, for nodes of `width` values.
    fn linear_input(width: usize) -> usize {
        width
    }

    /// The weights beside the linear layer's, in the order of initialisation, for a convolution to `width` values. Their
    /// names follow `conv.<layer>.`.
    fn weights(_config: &NetworkConfig, _width: usize) -> Vec<Weight> {
        Vec::new()
    }

    /// The edges it sums over, from a query's graph.
    fn edges(graph: &Csr, config: &NetworkConfig) -> Edges;

    /// The convolution with the weights of [`Self::weights`]; `None` if one is missing.
    fn load(vars: &Vars) -> Option<Self>;

    /// C(h), before activation and dropout.
    ///
    /// # Shapes
    /// n × H → n × H'.
    ///
    /// # Errors
    /// If a tensor operation fails.
    fn forward(&self, graph: &QueryGraph, linear: &Linear, h: &Tensor) -> Result<Tensor, ModelError> {
        sum_weighted(&graph.edges, &linear.forward(h)?)
    }

    /// α, one value an edge, where the convolution is a weighted sum.
    ///
    /// # Errors
    /// If a tensor operation fails.
    fn alpha(&self, graph: &QueryGraph) -> Result<Tensor, ModelError> {
        graph.edges.weights()
    }

    /// What passes along each edge where row i of `reading` reads what arrives at node i.
    ///
    /// # Shapes
    /// h: n × H; `reading`: n × H'.
    ///
    /// # Errors
    /// If a tensor operation fails.
    fn carried(&self, graph: &QueryGraph, linear: &Linear, h: &Tensor, reading: &[f64]) -> Result<Carried, ModelError> {
        Carried::weighted(&graph.edges.csr, &self.alpha(graph)?, &linear.forward(h)?, reading)
    }
}

/// The design of `s = s₁ + w₁ᵀ hᴸ + b₁`, with hᴸ what L convolutions of one kind make of h⁰.
pub(super) fn stack_of<C: Convolution>() -> &'static dyn Design {
    &Stack::<C>(PhantomData)
}

struct Stack<C>(PhantomData<fn() -> C>);

impl<C: Convolution> Design for Stack<C> {
    fn check(&self, config: &NetworkConfig) -> Result<(), ModelError> {
        if config.conv.is_empty() {
            return Err(ModelError::Config("a graph network needs at least one convolution".into()));
        }
        C::check(config)
    }

    fn weights(&self, config: &NetworkConfig, mut width: usize) -> Vec<Weight> {
        let mut weights = Vec::new();
        for (layer, &next) in config.conv.iter().enumerate() {
            weights.extend(Weight::linear(&format!("conv.{layer}"), C::linear_input(width), next));
            width = next;
        }
        weights.extend(Weight::linear("head_conv", width, 1));
        for (layer, &width) in config.conv.iter().enumerate() {
            let named = |weight: Weight| Weight { name: format!("conv.{layer}.{}", weight.name), ..weight };
            weights.extend(C::weights(config, width).into_iter().map(named));
        }
        weights
    }

    fn edges(&self, graph: &Csr, config: &NetworkConfig) -> Edges {
        C::edges(graph, config)
    }

    fn term(&self, config: &NetworkConfig, vars: &Vars) -> Option<Box<dyn Term>> {
        let layer = |at: usize| {
            Some(Layer {
                convolution: C::load(&vars.within(&format!("conv.{at}.")))?,
                linear: vars.linear(&format!("conv.{at}"))?,
                activation: config.activation,
                dropout: Dropout::new(config.dropout),
                residual: config.residual,
            })
        };
        let layers = (0..config.conv.len()).map(layer).collect::<Option<_>>()?;
        Some(Box::new(Layers { layers, head: vars.linear("head_conv")? }))
    }
}

#[derive(Debug)]
struct Layers<C> {
    layers: Vec<Layer<C>>,
    head: Linear,
}

impl<C: Convolution> Term for Layers<C> {
    fn score(
        &self,
        graph: &QueryGraph,
        h: &Tensor,
        text: &Tensor,
        mut dropout: Option<&mut Rng>,
    ) -> Result<Tensor, ModelError> {
        let mut h = h.clone();
        for layer in &self.layers {
            h = layer.forward(graph, &h, dropout.as_deref_mut())?;
        }
        Ok((text + self.head.forward(&h)?.squeeze(1)?)?)
    }

    fn trace(&self, graph: &QueryGraph, h: &Tensor, text: &Tensor) -> Result<Vec<Traced>, ModelError> {
        let (mut h, mut score) = (h.clone(), text.clone());
        let mut steps = Vec::with_capacity(self.layers.len());
        for (at, layer) in self.layers.iter().enumerate() {
            let sums = layer.convolution.forward(graph, &layer.linear, &h)?;
            let next = layer.finish(&sums, &h, None)?;
            let width = next.dim(1)?;
            let is_read = self.head.weight().dim(1)? == width;
            let head: Vec<f64> = match is_read {
                true => self.head.weight().flatten_all()?.to_vec1()?,
                // The head cannot read values of another width, and the score waits for the last layer.
                false => vec![0.0; width],
            };
            let carried = layer.carried(graph, (&h, &sums), &head)?;
            if is_read {
                score = (text + self.head.forward(&next)?.squeeze(1)?)?;
            }
            steps.push(Traced { carried, ..Traced::of(Part::Layer(at + 1), &score)? });
            h = next;
        }
        Ok(steps)
    }

    fn is_piecewise_linear(&self) -> bool {
        C::IS_PIECEWISE_LINEAR
    }
}

/// `h'_i = dropout(σ(C(h)_i)) (+ h_i)`, with C the convolution.
///
/// # Shapes
/// n × H → n × H'.
#[derive(Debug)]
struct Layer<C> {
    convolution: C,
    linear: Linear,
    activation: Activation,
    dropout: Dropout,
    /// Adds `h_i` where H = H'.
    residual: bool,
}

impl<C: Convolution> Layer<C> {
    fn forward(&self, graph: &QueryGraph, h: &Tensor, rng: Option<&mut Rng>) -> Result<Tensor, ModelError> {
        self.finish(&self.convolution.forward(graph, &self.linear, h)?, h, rng)
    }

    /// What becomes of `sums`, the C(h).
    fn finish(&self, sums: &Tensor, h: &Tensor, rng: Option<&mut Rng>) -> Result<Tensor, ModelError> {
        let active = match self.activation {
            Activation::None => sums.clone(),
            Activation::Relu => sums.relu()?,
        };
        let out = self.dropout.forward(&active, rng)?;
        match self.residual && out.dims() == h.dims() {
            true => Ok((out + h)?),
            false => Ok(out),
        }
    }

    /// What passes along the edges where `head` reads the values after the activation of C(h), `sums`: its derivative is
    /// that of the values at hand.
    fn carried(&self, graph: &QueryGraph, (h, sums): (&Tensor, &Tensor), head: &[f64]) -> Result<Carried, ModelError> {
        let sums: Vec<f64> = sums.flatten_all()?.to_vec1()?;
        let is_open = |sum: f64| self.activation == Activation::None || sum > 0.0;
        let read = |(sum, weight): (&f64, &f64)| if is_open(*sum) { *weight } else { 0.0 };
        let reading: Vec<f64> = sums.iter().zip(head.iter().cycle()).map(read).collect();
        self.convolution.carried(graph, &self.linear, h, &reading)
    }
}
