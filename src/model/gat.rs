//! Graph attention.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

use super::prepared::Part;
use super::propagate::{Propagate, values};

/// Slope of the leaky rectifier below 0, as in the paper.
const SLOPE: f64 = 0.2;

/// Per head: `out_i = Σ_{j ∈ N(i)} α_ij z_j` with `α_i = softmax_j(LeakyReLU(from·z_i + to·z_j))` (Veličković et al.,
/// ICLR 2018, eq. 1–3); the heads' results are concatenated. N(i) holds i itself.
///
/// # Shapes
/// z: n × H; `from` and `to`: heads × H/heads; the result: n × H.
pub(super) fn attend(part: &Arc<Part>, z: &Tensor, from: &Tensor, to: &Tensor) -> Result<Tensor> {
    let (heads, width) = from.dims2()?;
    let (sources, targets) = part.ends()?;
    let head = |at: usize| {
        let z = z.narrow(1, at * width, width)?.contiguous()?;
        let score = |vector: &Tensor| z.matmul(&vector.get(at)?.unsqueeze(1)?)?.squeeze(1);
        let raw = (score(from)?.index_select(&sources, 0)? + score(to)?.index_select(&targets, 0)?)?;
        let leaky = ((raw.relu()? * (1.0 - SLOPE))? + (raw * SLOPE)?)?;
        let alpha = leaky.apply_op1(RowSoftmax { part: part.clone() })?;
        alpha.apply_op2(&z, Propagate { part: part.clone(), learned: true })
    };
    let heads: Vec<Tensor> = (0..heads).map(head).collect::<Result<_>>()?;
    Tensor::cat(&heads, 1)
}

/// The softmax over each node's edges: one value per edge → one value per edge.
struct RowSoftmax {
    part: Arc<Part>,
}

impl RowSoftmax {
    fn forward(&self, x: &[f64]) -> Result<Vec<f64>> {
        let csr = &self.part.csr;
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
        for i in 0..self.part.csr.n() {
            let row = self.part.csr.row(i);
            let mean: f64 = alpha_values[row.clone()].iter().zip(&out[row.clone()]).map(|(a, g)| a * g).sum();
            for edge in row {
                out[edge] = alpha_values[edge] * (out[edge] - mean);
            }
        }
        Ok(Some(Tensor::from_vec(out, alpha.shape(), alpha.device())?))
    }
}
