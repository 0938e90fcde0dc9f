//! Edge convolution.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use candle_nn::Linear;

use super::edges::{Edges, QueryGraph, with_itself};
use super::propagate::values;
use super::stack::Convolution;
use super::trace::Carried;
use super::weight::Vars;
use super::{ModelError, NetworkConfig};
use crate::graph::Csr;

/// `C(h)_i = max_{j ∈ N(i)} ReLU(Φ h_i + Θ (h_j − h_i) + b)` (Wang et al., ACM TOG 2019, eq. 8), `[Φ Θ]` the layer's
/// weight. N(i) holds i itself, for which the difference is 0.
///
/// The ReLU and adding terms that depend on i alone are monotonic, so the maximum over j of `Θ h_j` is taken first and
/// nothing of size edges × H' is ever allocated.
///
/// # Shapes
/// h: n × H; weight: H' × 2H; the result: n × H'.
#[derive(Debug)]
pub(super) struct EdgeConv;

impl Convolution for EdgeConv {
    /// A node and the difference to its neighbour, side by side.
    fn linear_input(width: usize) -> usize {
        width.saturating_mul(2)
    }

    fn edges(graph: &Csr, _: &NetworkConfig) -> Edges {
        Edges::new(with_itself(graph))
    }

    fn load(_: &Vars) -> Option<Self> {
        Some(Self)
    }

    fn forward(&self, graph: &QueryGraph, linear: &Linear, h: &Tensor) -> std::result::Result<Tensor, ModelError> {
        let [alone, said] = parts(linear, h)?;
        Ok((alone + said.apply_op1(RowMax { edges: graph.edges.clone() })?)?.relu()?)
    }

    /// The weight of an edge is the share of the values for which it is the strongest; it carries those alone.
    fn carried(
        &self,
        graph: &QueryGraph,
        linear: &Linear,
        h: &Tensor,
        reading: &[f64],
    ) -> std::result::Result<Carried, ModelError> {
        let [alone, said] = parts(linear, h)?;
        let width = said.dim(1)?;
        let (alone, said): (Vec<f64>, Vec<f64>) = (alone.flatten_all()?.to_vec1()?, said.flatten_all()?.to_vec1()?);
        let (strongest, from) = RowMax { edges: graph.edges.clone() }.forward(&said, width)?;
        let csr = &graph.edges.csr;
        let mut carried = Carried { weights: Vec::new(), messages: Vec::new() };
        for (i, edge) in (0..csr.n()).flat_map(|i| csr.row(i).map(move |edge| (i, edge))) {
            let j = csr.targets[edge] as usize;
            let won =
                (0..width).map(|column| (i * width + column, j * width + column)).filter(|&(at, of)| from[at] == of);
            let (mut wins, mut message) = (0, 0.0);
            for (at, _) in won {
                wins += 1;
                message += if alone[at] + strongest[at] > 0.0 { reading[at] * strongest[at] } else { 0.0 };
            }
            carried.weights.push(f64::from(wins) / width.max(1) as f64);
            carried.messages.push(message);
        }
        Ok(carried)
    }
}

/// What a node keeps, `(Φ − Θ) h_i + b`, and what it says to others, `Θ h_i`.
fn parts(linear: &Linear, h: &Tensor) -> Result<[Tensor; 2]> {
    let width = h.dim(1)?;
    let half = |at: usize| linear.weight().narrow(1, at * width, width)?.contiguous();
    let (own, difference) = (half(0)?, half(1)?);
    let alone = h.matmul(&(own - &difference)?.t()?)?;
    let alone = match linear.bias() {
        Some(bias) => alone.broadcast_add(bias)?,
        None => alone,
    };
    Ok([alone, h.matmul(&difference.t()?)?.contiguous()?])
}

/// `out_ic = max_{j ∈ N(i)} x_jc`, the first one on ties; 0 for a node without neighbours.
struct RowMax {
    edges: Arc<Edges>,
}

impl RowMax {
    /// The values, and the neighbour each comes from.
    fn forward(&self, x: &[f64], width: usize) -> Result<(Vec<f64>, Vec<usize>)> {
        let csr = &self.edges.csr;
        if x.len() != csr.n() * width {
            bail!("{} values for {} × {width}", x.len(), csr.n());
        }
        let (mut out, mut from) = (vec![0.0; x.len()], vec![usize::MAX; x.len()]);
        for i in 0..csr.n() {
            for edge in csr.row(i) {
                let j = csr.targets[edge] as usize;
                for column in 0..width {
                    let (at, value) = (i * width + column, x[j * width + column]);
                    if from[at] == usize::MAX || value > out[at] {
                        (out[at], from[at]) = (value, j * width + column);
                    }
                }
            }
        }
        Ok((out, from))
    }
}

impl CustomOp1 for RowMax {
    fn name(&self) -> &'static str {
        "row-max"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let width = layout.dims().last().copied().unwrap_or(0);
        Ok((CpuStorage::F64(self.forward(values(storage, layout)?, width)?.0), layout.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let values = x.flatten_all()?.to_vec1::<f64>()?;
        let (_, from) = self.forward(&values, x.dim(1)?)?;
        let mut out = vec![0.0; values.len()];
        for (from, gradient) in from.into_iter().zip(gradient.flatten_all()?.to_vec1::<f64>()?) {
            if let Some(value) = out.get_mut(from) {
                *value += gradient;
            }
        }
        Ok(Some(Tensor::from_vec(out, x.shape(), x.device())?))
    }
}
