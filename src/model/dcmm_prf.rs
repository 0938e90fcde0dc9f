//! Pseudo-relevance feedback as a layer: cross-modal feedback with all parameters learned.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

use super::design::{Design, Term};
use super::edges::{Edges, QueryGraph};
use super::propagate::{Propagate, values};
use super::trace::{Carried, Part, Traced};
use super::weight::{Init, Vars, Weight};
use super::{Messages, ModelError, NetworkConfig};
use crate::base::Rng;
use crate::graph::Csr;

/// Initial sharpness β of the feedback; the other weights beside the MLP's start at 0.
const FIRST_SHARPNESS: f64 = 1.5;
/// Added to the variance, so that equal values give zeros.
const EPSILON: f64 = 1e-6;

/// The design of [`Feedback`], with one hop per entry of [`NetworkConfig::conv`], whose widths do not matter.
pub(super) struct DcmmPrf;

impl Design for DcmmPrf {
    fn starts_at_zero(&self) -> bool {
        true
    }

    fn weights(&self, config: &NetworkConfig, width: usize) -> Vec<Weight> {
        let zeros = |name: String, shape: &[usize]| Weight::new(name, shape, Init::Constant(0.0));
        let inputs = match config.messages {
            Messages::All => width.saturating_sub(components_apart(config)) + 1,
            Messages::Score => 1,
        };
        let mut weights: Vec<_> =
            (0..config.conv.len()).map(|hop| zeros(format!("hop.{hop}.weight"), &[1, inputs])).collect();
        if config.feedback {
            weights.push(Weight::new("feedback.beta", &[1], Init::Constant(FIRST_SHARPNESS)));
            weights.push(zeros("feedback.gamma".into(), &[1]));
        }
        weights
    }

    fn edges(&self, graph: &Csr, _: &NetworkConfig) -> Edges {
        Edges::new(shares(graph))
    }

    fn term(&self, config: &NetworkConfig, vars: &Vars) -> Option<Box<dyn Term>> {
        let hops = (0..config.conv.len()).map(|hop| vars.get(&format!("hop.{hop}.weight")));
        Some(Box::new(Feedback {
            hops: hops.collect::<Option<_>>()?,
            sharpness_and_weight: vars.get("feedback.beta").zip(vars.get("feedback.gamma")),
            rounds: config.rounds,
            messages: config.messages,
            components_apart: components_apart(config),
        }))
    }
}

/// How many of h's last values are principal components, which act only through the text score: unless an MLP mixes
/// them in, all there are.
fn components_apart(config: &NetworkConfig) -> usize {
    if config.mlp.is_empty() { config.component_count } else { 0 }
}

/// Each node's edge weights, clipped at 0 and normalised to sum 1.
fn shares(csr: &Csr) -> Csr {
    let mut out = csr.clone();
    for i in 0..csr.n() {
        let row = &mut out.weights[csr.row(i)];
        row.iter_mut().for_each(|weight| *weight = weight.max(0.0));
        let sum: f32 = row.iter().sum::<f32>() + 1e-6;
        row.iter_mut().for_each(|weight| *weight /= sum);
    }
    out
}

/// `s = s₁ + Σ_l Âˡ W_l [h ‖ s₁] + γ · standardise(V Vᵀ softmax(β s₁))`, or with [`Messages::Score`] only `Âˡ w_l s₁` in
/// the sum.
///
/// The first sum is the contribution of the neighbours at one hop (l = 1), two hops, …: Â is the graph with the cosines
/// of a node's neighbours, clipped at 0 and divided by their sum. The last term is cross-modal feedback (Formal et al.,
/// ECIR 2020, eq. 1) with two changes that let it be learned: the images top-ranked by text are selected softly, by a
/// softmax of their scores with a learned sharpness β, and the result is standardised over the query and weighted by γ.
/// Further rounds take the softmax of the whole score of the round before.
///
/// # Shapes
/// h: n × H; s₁: n; V: n × d, unit rows; W_l: 1 × (H + 1), or 1 × 1; β and γ: 1; the result: n.
#[derive(Debug)]
struct Feedback {
    hops: Vec<Tensor>,
    /// β and γ; without them only the neighbours contribute.
    sharpness_and_weight: Option<(Tensor, Tensor)>,
    rounds: usize,
    messages: Messages,
    /// How many values at the end of the MLP's output do not belong to h.
    components_apart: usize,
}

impl Term for Feedback {
    fn score(
        &self,
        graph: &QueryGraph,
        h: &Tensor,
        text: &Tensor,
        _: Option<&mut Rng>,
    ) -> std::result::Result<Tensor, ModelError> {
        let mut last = text.clone();
        self.each_step(graph, h, text, |_, step| {
            last = step.score;
            Ok(())
        })?;
        Ok(last)
    }

    fn trace(&self, graph: &QueryGraph, h: &Tensor, text: &Tensor) -> std::result::Result<Vec<Traced>, ModelError> {
        let mut steps = Vec::new();
        self.each_step(graph, h, text, |part, step| {
            let mut traced = Traced::of(part, &step.score)?;
            match step.heard {
                Heard::Neighbours(said) => {
                    let reading = vec![1.0; graph.edges.csr.n()];
                    traced.carried = Carried::weighted(&graph.edges.csr, &graph.edges.weights()?, &said, &reading)?;
                }
                Heard::All(listening) => traced.heard = listening.weights()?.to_vec1()?,
            }
            steps.push(traced);
            Ok(())
        })?;
        Ok(steps)
    }

    fn before_feedback(
        &self,
        graph: &QueryGraph,
        h: &Tensor,
        text: &Tensor,
    ) -> std::result::Result<(Tensor, Option<Tensor>), ModelError> {
        let (mut score, mut heard) = (text.clone(), None);
        self.each_step(graph, h, text, |_, step| {
            match step.heard {
                Heard::Neighbours(_) => score = step.score,
                Heard::All(listening) => heard = Some(listening),
            }
            Ok(())
        })?;
        Ok((score, heard.map(|listening| listening.weights()).transpose()?))
    }
}

/// A step of the score.
struct Step {
    /// The score with this step.
    score: Tensor,
    heard: Heard,
}

/// Whom each image has heard in a step.
enum Heard {
    /// Its neighbours, who say this: n × 1.
    Neighbours(Tensor),
    /// All images.
    All(Listening),
}

/// How much feedback listens to each image; put together only where it is asked for, which training does not.
struct Listening {
    /// p: n.
    soft: Tensor,
    gamma: Tensor,
    deviation: Tensor,
}

impl Listening {
    /// `γ p / deviation`: n.
    fn weights(&self) -> Result<Tensor> {
        self.soft.broadcast_mul(&self.gamma)?.broadcast_div(&self.deviation)
    }
}

impl Feedback {
    /// Computes the score step by step: hops, then rounds of feedback.
    fn each_step(
        &self,
        graph: &QueryGraph,
        h: &Tensor,
        text: &Tensor,
        mut visit: impl FnMut(Part, Step) -> std::result::Result<(), ModelError>,
    ) -> std::result::Result<(), ModelError> {
        let score = text.unsqueeze(1)?;
        let said = match self.messages {
            Messages::Score => score,
            Messages::All => {
                let h = h.narrow(1, 0, h.dim(1)? - self.components_apart)?.contiguous()?;
                Tensor::cat(&[&h, &score], 1)?
            }
        };
        let alpha = graph.edges.weights()?;
        let mut total = text.clone();
        for (hop, weight) in self.hops.iter().enumerate() {
            let along = |said: &Tensor| alpha.apply_op2(said, Propagate { edges: graph.edges.clone(), learned: false });
            let mut said = said.matmul(&weight.t()?)?.contiguous()?;
            for _ in 0..hop {
                said = along(&said)?;
            }
            total = (total + along(&said)?.squeeze(1)?)?;
            visit(Part::Hop(hop + 1), Step { score: total.clone(), heard: Heard::Neighbours(said) })?;
        }
        let Some((beta, gamma)) = &self.sharpness_and_weight else { return Ok(()) };
        let mut score = text.clone();
        for round in 1..=self.rounds {
            let sharp = score.broadcast_mul(beta)?;
            let soft = sharp.broadcast_sub(&sharp.max_keepdim(0)?.detach())?.exp()?;
            let soft = soft.broadcast_div(&soft.sum_keepdim(0)?)?.contiguous()?;
            let Standardised { values, deviation } = standardise(&soft.apply_op1(Likeness(graph.clone()))?)?;
            score = (&total + values.broadcast_mul(gamma)?)?;
            let heard = Heard::All(Listening { soft, gamma: gamma.clone(), deviation });
            visit(Part::Feedback(round), Step { score: score.clone(), heard })?;
        }
        Ok(())
    }
}

/// Values of mean 0 and deviation 1, and the deviation they had.
struct Standardised {
    values: Tensor,
    deviation: Tensor,
}

fn standardise(x: &Tensor) -> Result<Standardised> {
    let centred = x.broadcast_sub(&x.mean_keepdim(0)?)?;
    let deviation = (centred.sqr()?.mean_keepdim(0)? + EPSILON)?.sqrt()?;
    Ok(Standardised { values: centred.broadcast_div(&deviation)?, deviation })
}

/// `V Vᵀ a`: the similarity of each image to the images weighted by a. The matrix is symmetric, so this is also the
/// backward pass.
///
/// # Shapes
/// a: n → n; V: n × d.
struct Likeness(QueryGraph);

impl Likeness {
    fn product(&self, a: &[f64]) -> Result<Vec<f64>> {
        let QueryGraph { visual, dim, .. } = &self.0;
        if a.len() * dim != visual.len() {
            bail!("{} weights for {} numbers of {dim} each", a.len(), visual.len());
        }
        let mut sum = vec![0.0; *dim];
        let rows = || visual.chunks_exact((*dim).max(1));
        for (row, &weight) in rows().zip(a) {
            sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += weight * f64::from(x));
        }
        let dot = |row: &[f32]| row.iter().zip(&sum).map(|(&x, sum)| f64::from(x) * sum).sum();
        let out: Vec<f64> = rows().map(dot).collect();
        // Without visual vectors all similarities are 0.
        Ok(if *dim == 0 { vec![0.0; a.len()] } else { out })
    }
}

impl CustomOp1 for Likeness {
    fn name(&self) -> &'static str {
        "likeness"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        Ok((CpuStorage::F64(self.product(values(storage, layout)?)?), layout.shape().clone()))
    }

    fn bwd(&self, a: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(Tensor::from_vec(self.product(&gradient.to_vec1::<f64>()?)?, a.shape(), a.device())?))
    }
}
