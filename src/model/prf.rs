//! Pseudo-relevance feedback as a layer: cross-modal feedback with all parameters learned.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

use super::ModelError;
use super::prepared::Part;
use super::propagate::{Propagate, values};

/// Added to the variance, so that equal values give zeros.
const EPSILON: f64 = 1e-6;

/// `s = s₁ + Σ_l Âˡ W_l [h ‖ s₁] + γ · standardise(V Vᵀ softmax(β s₁))`.
///
/// The first sum is the contribution of the neighbours at one hop (l = 1), two hops, …: Â is the graph with the cosines
/// of a node's neighbours, clipped at 0 and divided by their sum. The last term is cross-modal feedback (Formal et al.,
/// ECIR 2020, eq. 1) with two changes that let it be learned: the images top-ranked by text are selected softly, by a
/// softmax of their scores with a learned sharpness β, and the result is standardised over the query and weighted by γ.
///
/// # Shapes
/// h: n × H; s₁: n; V: n × d, unit rows; W_l: 1 × (H + 1); β and γ: 1; the result: n.
#[derive(Clone, Debug)]
pub(super) struct Feedback {
    pub(super) hops: Vec<Tensor>,
    /// β and γ; without them only the neighbours contribute.
    pub(super) sharpness_and_weight: Option<(Tensor, Tensor)>,
}

impl Feedback {
    pub(super) fn forward(
        &self,
        part: &Arc<Part>,
        visual: &Arc<Vec<f32>>,
        h: &Tensor,
        text: &Tensor,
    ) -> std::result::Result<Tensor, ModelError> {
        let said = Tensor::cat(&[h, &text.unsqueeze(1)?], 1)?;
        let alpha = part.weights()?;
        let mut total = text.clone();
        for (hop, weight) in self.hops.iter().enumerate() {
            let mut message = said.matmul(&weight.t()?)?.contiguous()?;
            for _ in 0..=hop {
                message = alpha.apply_op2(&message, Propagate { part: part.clone(), learned: false })?;
            }
            total = (total + message.squeeze(1)?)?;
        }
        let Some((beta, gamma)) = &self.sharpness_and_weight else { return Ok(total) };
        let sharp = text.broadcast_mul(beta)?;
        let soft = sharp.broadcast_sub(&sharp.max_keepdim(0)?.detach())?.exp()?;
        let soft = soft.broadcast_div(&soft.sum_keepdim(0)?)?;
        let like = soft.contiguous()?.apply_op1(Likeness { visual: visual.clone(), dim: part.dim })?;
        Ok((total + standardise(&like)?.broadcast_mul(gamma)?)?)
    }
}

/// Mean 0 and deviation 1.
fn standardise(x: &Tensor) -> Result<Tensor> {
    let centred = x.broadcast_sub(&x.mean_keepdim(0)?)?;
    let deviation = (centred.sqr()?.mean_keepdim(0)? + EPSILON)?.sqrt()?;
    centred.broadcast_div(&deviation)
}

/// `V Vᵀ a`: the similarity of each image to the images weighted by a. The matrix is symmetric, so this is also the
/// backward pass.
///
/// # Shapes
/// a: n → n; V: n × d.
struct Likeness {
    visual: Arc<Vec<f32>>,
    dim: usize,
}

impl Likeness {
    fn product(&self, a: &[f64]) -> Result<Vec<f64>> {
        if a.len() * self.dim != self.visual.len() {
            bail!("{} weights for {} numbers of {} each", a.len(), self.visual.len(), self.dim);
        }
        let mut sum = vec![0.0; self.dim];
        let rows = || self.visual.chunks_exact(self.dim.max(1));
        for (row, &weight) in rows().zip(a) {
            sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += weight * f64::from(x));
        }
        let dot = |row: &[f32]| row.iter().zip(&sum).map(|(&x, sum)| f64::from(x) * sum).sum();
        let out: Vec<f64> = rows().map(dot).collect();
        // Without visual vectors all similarities are 0.
        Ok(if self.dim == 0 { vec![0.0; a.len()] } else { out })
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
