//! The learned similarity of the two ends of an edge.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use pulp::{Simd, WithSimd};

use super::edges::QueryGraph;
use super::propagate::values;
use super::tile::ROWS;
use crate::graph::simd::{add_scaled_rows, dispatch, dot_rows, hadamard};

/// `g_ij = v_iᵀ diag(a) v_j` for every edge i → j of a query, as a function of `a`; the vectors are constants.
///
/// It is the same for i → j and j → i, so the work is done by pair: per node i, `v_i ∘ a` is formed once and
/// multiplied with each of its partners j > i. Backward, with G the gradient of a pair:
/// `∂/∂a = Σ_i v_i ∘ (Σ_{j > i} G_ij v_j)`, so again one product per pair, and nothing of size edges × d is ever stored.
/// Products are taken in f32, as the vectors are.
///
/// # Shapes
/// `a`: d; the result: one value per edge.
pub(super) struct EdgeSimilarity(pub(super) QueryGraph);

impl CustomOp1 for EdgeSimilarity {
    fn name(&self) -> &'static str {
        "edge-similarity"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let a: Vec<f32> = values(storage, layout)?.iter().map(|&x| x as f32).collect();
        let pairs = &self.0.edges.pairs;
        let mut of_pairs = vec![0.0; pairs.targets.len()];
        dispatch(Forward { graph: &self.0, a: &a, out: &mut of_pairs });
        let of_edges = pairs.of_edge.iter().map(|&pair| f64::from(of_pairs[pair as usize]));
        let count = pairs.of_edge.len();
        Ok((CpuStorage::F64(of_edges.collect()), Shape::from(count)))
    }

    fn bwd(&self, a: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let pairs = &self.0.edges.pairs;
        let mut of_pairs = vec![0.0; pairs.targets.len()];
        for (&pair, x) in pairs.of_edge.iter().zip(gradient.to_vec1::<f64>()?) {
            of_pairs[pair as usize] += x as f32;
        }
        let sum = dispatch(Backward { graph: &self.0, gradient: &of_pairs });
        let sum: Vec<f64> = sum.into_iter().map(f64::from).collect();
        Ok(Some(Tensor::from_vec(sum, a.shape(), a.device())?))
    }
}

struct Forward<'a> {
    graph: &'a QueryGraph,
    a: &'a [f32],
    out: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let QueryGraph { edges, visual, dim } = self.graph;
        let (pairs, n) = (&edges.pairs, edges.csr.n());
        let mut weighted = vec![0.0; ROWS * dim];
        for (group, tile) in edges.tiles.iter().enumerate() {
            let nodes = group * ROWS..((group + 1) * ROWS).min(n);
            for (i, weighted) in nodes.clone().zip(weighted.chunks_mut(*dim)) {
                hadamard(simd, &visual[i * dim..(i + 1) * dim], self.a, weighted, false);
            }
            if let Some(tile) = tile {
                tile.products(simd, &weighted, visual, *dim, self.out);
                continue;
            }
            for (i, weighted) in nodes.zip(weighted.chunks(*dim)) {
                let row = pairs.row(i);
                dot_rows(simd, weighted, visual, &pairs.targets[row.clone()], &mut self.out[row]);
            }
        }
    }
}

struct Backward<'a> {
    graph: &'a QueryGraph,
    gradient: &'a [f32],
}

impl WithSimd for Backward<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        let QueryGraph { edges, visual, dim } = self.graph;
        let (pairs, n) = (&edges.pairs, edges.csr.n());
        let mut sum = vec![0.0; *dim];
        let mut pulled = vec![0.0; *dim];
        for (group, tile) in edges.tiles.iter().enumerate() {
            if let Some(tile) = tile {
                tile.pull(simd, self.gradient, group * ROWS, visual, &mut sum);
                continue;
            }
            for i in group * ROWS..((group + 1) * ROWS).min(n) {
                let row = pairs.row(i);
                pulled.fill(0.0);
                add_scaled_rows(simd, &self.gradient[row.clone()], visual, &pairs.targets[row], &mut pulled);
                hadamard(simd, &visual[i * dim..(i + 1) * dim], &pulled, &mut sum, true);
            }
        }
        sum
    }
}
