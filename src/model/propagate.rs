//! Messages summed along the edges.

use std::ops::Range;
use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use pulp::{Simd, WithSimd};

use super::ModelError;
use super::edges::Edges;
use crate::graph::Csr;
use crate::graph::simd::dispatch;

/// `out_i = Σ_{j ∈ N(i)} w_ij m_j`, w the edges' own weights, which are not learned.
///
/// # Shapes
/// n × H → n × H.
pub(super) fn sum_weighted(edges: &Arc<Edges>, messages: &Tensor) -> std::result::Result<Tensor, ModelError> {
    Ok(edges.weights()?.apply_op2(messages, Propagate { edges: edges.clone(), learned: false })?)
}

/// `out_i = Σ_{j ∈ N(i)} α_ij m_j`, as a function of the edges' weights α and the messages m.
///
/// Backward, with G the gradient of `out`: `∂/∂α_ij = G_i · m_j` and `∂/∂m_j = Σ_{i: j ∈ N(i)} α_ij G_i`.
///
/// # Shapes
/// α: one value per edge; m and the result: n × H.
pub(super) struct Propagate {
    pub(super) edges: Arc<Edges>,
    /// Whether α is learned; a constant one (the cosine) needs no gradient.
    pub(super) learned: bool,
}

impl CustomOp2 for Propagate {
    fn name(&self) -> &'static str {
        "propagate"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (alpha, messages) = (values(s1, l1)?, values(s2, l2)?);
        let width = l2.dims().last().copied().unwrap_or(0);
        let mut out = vec![0.0; messages.len()];
        each_edge(
            &self.edges.csr,
            width,
            #[inline(always)]
            |edge, i, j| add_scaled(alpha[edge], &messages[j], &mut out[i]),
        );
        Ok((CpuStorage::F64(out), l2.shape().clone()))
    }

    fn bwd(
        &self,
        alpha: &Tensor,
        messages: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (csr, width) = (&self.edges.csr, messages.dim(1)?);
        let flat = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f64>();
        let (a, m, g) = (flat(alpha)?, flat(messages)?, flat(gradient)?);
        let mut of_messages = vec![0.0; m.len()];
        each_edge(
            csr,
            width,
            #[inline(always)]
            |edge, i, j| add_scaled(a[edge], &g[i], &mut of_messages[j]),
        );
        let of_messages = Tensor::from_vec(of_messages, messages.shape(), messages.device())?;
        if !self.learned {
            return Ok((None, Some(of_messages)));
        }
        let mut of_alpha = vec![0.0; a.len()];
        each_edge(
            csr,
            width,
            #[inline(always)]
            |edge, i, j| of_alpha[edge] = dot(&g[i], &m[j]),
        );
        Ok((Some(Tensor::from_vec(of_alpha, alpha.shape(), alpha.device())?), Some(of_messages)))
    }
}

/// The values of a contiguous f64 tensor.
pub(super) fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f64]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f64>()?[start..end]),
        None => bail!("a contiguous tensor is required"),
    }
}

/// Calls `visit` for every edge i → j, with the ranges of rows i and j among rows of `width` numbers.
fn each_edge(csr: &Csr, width: usize, visit: impl FnMut(usize, Range<usize>, Range<usize>)) {
    dispatch(EachEdge { csr, width, visit });
}

struct EachEdge<'a, F> {
    csr: &'a Csr,
    width: usize,
    visit: F,
}

impl<F: FnMut(usize, Range<usize>, Range<usize>)> WithSimd for EachEdge<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        for i in 0..self.csr.n() {
            let from = i * self.width;
            for edge in self.csr.row(i) {
                let to = self.csr.targets[edge] as usize * self.width;
                (self.visit)(edge, from..from + self.width, to..to + self.width);
            }
        }
    }
}

/// `y ← y + c x`.
#[inline(always)]
fn add_scaled(c: f64, x: &[f64], y: &mut [f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += c * x);
}

/// An inner product in eight partial sums, which the compiler can keep in one wide register.
#[inline(always)]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let (xs, x_tail) = x.as_chunks::<8>();
    let (ys, y_tail) = y.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (x, y) in xs.iter().zip(ys) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f64>() + x_tail.iter().zip(y_tail).map(|(x, y)| x * y).sum::<f64>()
}
