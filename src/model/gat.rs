//! Graph attention.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Module, Result, Shape, Tensor, bail};
use candle_nn::Linear;

use super::edges::{Edges, QueryGraph, with_itself};
use super::propagate::{Propagate, values};
use super::stack::Convolution;
use super::trace::Carried;
use super::weight::{Init, Vars, Weight};
use super::{ModelError, NetworkConfig};
use crate::graph::Csr;

/// Slope of the leaky rectifier below 0, as in the paper.
const SLOPE: f64 = 0.2;

/// Per head: `C(h)_i = Σ_{j ∈ N(i)} α_ij z_j` with z = W h + b and `α_i = softmax_j(LeakyReLU(from·z_i + to·z_j))`
/// (Veličković et al., ICLR 2018, eq. 1–3); the heads' results are concatenated. N(i) holds i itself.
///
/// # Shapes
/// z and the result: n × H'; `from` and `to`, one vector per head: heads × H'/heads.
#[derive(Debug)]
pub(super) struct Gat {
    from: Tensor,
    to: Tensor,
}

impl Convolution for Gat {
    const IS_PIECEWISE_LINEAR: bool = false;

    fn check(config: &NetworkConfig) -> std::result::Result<(), ModelError> {
        let uneven = |width: &&usize| config.heads == 0 || !width.is_multiple_of(config.heads);
        match config.conv.iter().find(uneven) {
            None => Ok(()),
            Some(width) => {
                let message = format!("{} heads do not share a width of {width} evenly", config.heads);
                Err(ModelError::Config(message))
            }
        }
    }

    fn weights(config: &NetworkConfig, width: usize) -> Vec<Weight> {
        let of_head = width.checked_div(config.heads).unwrap_or(0);
        let init = Init::Uniform { fan_in: of_head };
        ["att_src", "att_dst"].map(|name| Weight::new(name, &[config.heads, of_head], init)).into()
    }

    fn edges(graph: &Csr, _: &NetworkConfig) -> Edges {
        Edges::new(with_itself(graph))
    }

    fn load(vars: &Vars) -> Option<Self> {
        Some(Self { from: vars.get("att_src")?, to: vars.get("att_dst")? })
    }

    fn forward(&self, graph: &QueryGraph, linear: &Linear, h: &Tensor) -> std::result::Result<Tensor, ModelError> {
        let sum =
            |Head { z, alpha }: Head| alpha.apply_op2(&z, Propagate { edges: graph.edges.clone(), learned: true });
        let heads: Vec<Tensor> =
            self.heads(&graph.edges, &linear.forward(h)?)?.into_iter().map(sum).collect::<Result<_>>()?;
        Ok(Tensor::cat(&heads, 1)?)
    }

    /// The weight of an edge is the mean over the heads, its message their sum.
    fn carried(
        &self,
        graph: &QueryGraph,
        linear: &Linear,
        h: &Tensor,
        reading: &[f64],
    ) -> std::result::Result<Carried, ModelError> {
        let heads = self.heads(&graph.edges, &linear.forward(h)?)?;
        let (count, width) = (heads.len(), self.from.dim(1)?);
        let mut all = Carried::default();
        for (at, Head { z, alpha }) in heads.iter().enumerate() {
            let rows = reading.chunks_exact(count * width);
            let of_head: Vec<f64> = rows.flat_map(|row| row[at * width..(at + 1) * width].to_vec()).collect();
            all.add(&Carried::weighted(&graph.edges.csr, alpha, z, &of_head)?);
        }
        all.weights.iter_mut().for_each(|weight| *weight /= count as f64);
        Ok(all)
    }
}

/// What one head sends, and along which weights.
///
/// # Shapes
/// z: n × H'/heads; α: one value an edge.
struct Head {
    z: Tensor,
    alpha: Tensor,
}

impl Gat {
    fn heads(&self, edges: &Arc<Edges>, z: &Tensor) -> Result<Vec<Head>> {
        let (heads, width) = self.from.dims2()?;
        let (sources, targets) = edges.ends()?;
        let head = |at: usize| {
            let z = z.narrow(1, at * width, width)?.contiguous()?;
            let score = |vector: &Tensor| z.matmul(&vector.get(at)?.unsqueeze(1)?)?.squeeze(1);
            let raw = (score(&self.from)?.index_select(&sources, 0)? + score(&self.to)?.index_select(&targets, 0)?)?;
            let leaky = ((raw.relu()? * (1.0 - SLOPE))? + (raw * SLOPE)?)?;
            Ok(Head { z, alpha: leaky.apply_op1(RowSoftmax { edges: edges.clone() })? })
        };
        (0..heads).map(head).collect()
    }
}

/// The softmax over each node's edges: one value per edge → one value per edge.
struct RowSoftmax {
    edges: Arc<Edges>,
}

impl RowSoftmax {
    fn forward(&self, x: &[f64]) -> Result<Vec<f64>> {
        let csr = &self.edges.csr;
        if x.len() != csr.targets.len() {
            bail!("{} values for {} edges", x.len(), csr.targets.len());
        }
        let mut out = vec![0.0; x.len()];
        for i in 0..csr.n() {
            let row = csr.row(i);
            let most = x[row.clone()].iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mut sum = 0.0;
            for edge in row.clone() {
                out[edge] = (x[edge] - most).exp();
                sum += out[edge];
            }
            out[row].iter_mut().for_each(|value| *value /= sum);
        }
        Ok(out)
    }
}

impl CustomOp1 for RowSoftmax {
    fn name(&self) -> &'static str {
        "row-softmax"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        Ok((CpuStorage::F64(self.forward(values(storage, layout)?)?), layout.shape().clone()))
    }

    /// `∂/∂x_e = α_e (G_e − Σ_{e' in the row} α_e' G_e')`.
    fn bwd(&self, _: &Tensor, alpha: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (alpha_values, mut out) = (alpha.to_vec1::<f64>()?, gradient.to_vec1::<f64>()?);
        for i in 0..self.edges.csr.n() {
            let row = self.edges.csr.row(i);
            let mean: f64 = alpha_values[row.clone()].iter().zip(&out[row.clone()]).map(|(a, g)| a * g).sum();
            for edge in row {
                out[edge] = alpha_values[edge] * (out[edge] - mean);
            }
        }
        Ok(Some(Tensor::from_vec(out, alpha.shape(), alpha.device())?))
    }
}
