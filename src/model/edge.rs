//! The learned similarity of the two ends of an edge.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use pulp::{Simd, WithSimd};

use super::prepared::Part;
use super::propagate::values;
use crate::graph::simd::{add_scaled_rows, dispatch, dot_rows, hadamard};

/// `g_ij = v_iᵀ diag(a) v_j` for every edge i → j of a query, as a function of `a`; the vectors are constants.
///
/// Per node, `v_i ∘ a` is formed once and multiplied with each neighbour. Backward, with G the gradient of the edges:
/// `∂/∂a = Σ_i v_i ∘ (Σ_j G_ij v_j)`, so again one product per edge and nothing of size edges × d is ever stored.
/// Products are taken in f32, as the vectors are.
///
/// # Shapes
/// `a`: d; the result: one value per edge.
pub(super) struct EdgeSimilarity {
    pub(super) part: Arc<Part>,
}

impl CustomOp1 for EdgeSimilarity {
    fn name(&self) -> &'static str {
        "edge-similarity"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let a: Vec<f32> = values(storage, layout)?.iter().map(|&x| x as f32).collect();
        let mut out = vec![0.0; self.part.csr.targets.len()];
        dispatch(Forward { part: &self.part, a: &a, out: &mut out });
        let count = out.len();
        Ok((CpuStorage::F64(out.into_iter().map(f64::from).collect()), Shape::from(count)))
    }

    fn bwd(&self, a: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let gradient: Vec<f32> = gradient.to_vec1::<f64>()?.into_iter().map(|x| x as f32).collect();
        let sum = dispatch(Backward { part: &self.part, gradient: &gradient });
        let sum: Vec<f64> = sum.into_iter().map(f64::from).collect();
        Ok(Some(Tensor::from_vec(sum, a.shape(), a.device())?))
    }
}

struct Forward<'a> {
    part: &'a Part,
    a: &'a [f32],
    out: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Part { n, csr, dim, visual } = self.part;
        let mut weighted = vec![0.0; *dim];
        for i in 0..*n {
            let row = csr.row(i);
            hadamard(simd, &visual[i * dim..(i + 1) * dim], self.a, &mut weighted, false);
            dot_rows(simd, &weighted, visual, &csr.targets[row.clone()], &mut self.out[row]);
        }
    }
}

struct Backward<'a> {
    part: &'a Part,
    gradient: &'a [f32],
}

impl WithSimd for Backward<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        let Part { n, csr, dim, visual } = self.part;
        let mut sum = vec![0.0; *dim];
        let mut pulled = vec![0.0; *dim];
        for i in 0..*n {
            let row = csr.row(i);
            pulled.fill(0.0);
            add_scaled_rows(simd, &self.gradient[row.clone()], visual, &csr.targets[row], &mut pulled);
            hadamard(simd, &visual[i * dim..(i + 1) * dim], &pulled, &mut sum, true);
        }
        sum
    }
}
