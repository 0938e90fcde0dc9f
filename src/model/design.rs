//! What tells one graph network from another.

use std::fmt::Debug;

use candle_core::Tensor;

use super::edges::{Edges, QueryGraph};
use super::trace::Traced;
use super::weight::{Vars, Weight};
use super::{ModelError, NetworkConfig};
use crate::base::Rng;
use crate::graph::Csr;

/// A graph network, apart from the MLP over the signals and the head of the text score, which all networks share.
pub(super) trait Design: Sync {
    /// Checks what only this network asks of its configuration.
    ///
    /// # Errors
    /// [`ModelError::Config`] with a sentence that names the invalid value.
    fn check(&self, _: &NetworkConfig) -> Result<(), ModelError> {
        Ok(())
    }

    /// Whether the head of the text score starts at 0 instead of at random: if the other terms do too, the score grows
    /// from zero whatever the seed.
    fn starts_at_zero(&self) -> bool {
        false
    }

    /// Its weights in the order of initialisation, for a network whose MLP ends with `width` values.
    fn weights(&self, config: &NetworkConfig, width: usize) -> Vec<Weight>;

    /// The edges it sums over, from a query's graph.
    fn edges(&self, graph: &Csr, config: &NetworkConfig) -> Edges;

    /// The network with these weights; `None` if one is missing.
    fn term(&self, config: &NetworkConfig, vars: &Vars) -> Option<Box<dyn Term>>;
}

/// A graph network with its weights: what the graph adds to the text score.
pub(super) trait Term: Debug + Send + Sync {
    /// The total score. `dropout` is the source of masks in training.
    ///
    /// # Shapes
    /// h, the output of the MLP: n × H; the text score: n; the result: n.
    ///
    /// # Errors
    /// If a tensor operation fails.
    fn score(
        &self,
        graph: &QueryGraph,
        h: &Tensor,
        text: &Tensor,
        dropout: Option<&mut Rng>,
    ) -> Result<Tensor, ModelError>;

    /// The score step by step: what each step sends along the edges, the last one with the total score.
    ///
    /// # Shapes
    /// As [`Self::score`].
    ///
    /// # Errors
    /// If a tensor operation fails.
    fn trace(&self, graph: &QueryGraph, h: &Tensor, text: &Tensor) -> Result<Vec<Traced>, ModelError>;

    /// Whether the score without feedback is linear in h and the biases as long as each activation stays on its side.
    fn is_piecewise_linear(&self) -> bool {
        true
    }

    /// The score without the last round of feedback, and how much that round hears of each image (`γ p / deviation`, n),
    /// if there is one.
    ///
    /// # Shapes
    /// As [`Self::score`].
    ///
    /// # Errors
    /// If a tensor operation fails.
    fn before_feedback(
        &self,
        graph: &QueryGraph,
        h: &Tensor,
        text: &Tensor,
    ) -> Result<(Tensor, Option<Tensor>), ModelError> {
        Ok((self.score(graph, h, text, None)?, None))
    }
}
