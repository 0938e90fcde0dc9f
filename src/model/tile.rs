//! Four nodes at a time: where the graph is dense, one read of a neighbour's vector serves them all.

use pulp::Simd;

use super::pairs::Pairs;

/// Nodes per tile.
pub(super) const ROWS: usize = 4;
/// Vector registers of a row processed together.
const COLUMNS: usize = 4;
/// Marks a pair without an edge.
const NONE: u32 = u32::MAX;
/// The least share of a tile's pairs with an edge that makes computing the others too worthwhile.
const LEAST_SHARE: f64 = 0.4;

/// [`ROWS`] consecutive nodes and every partner that one of them has.
#[derive(Debug)]
pub(super) struct Tile {
    targets: Vec<u32>,
    /// For each target, the pair that it forms with each of the nodes, or [`NONE`].
    pairs: Vec<[u32; ROWS]>,
}

impl Tile {
    /// The tile of the nodes from `first` on, or `None` if it would be too sparse.
    pub(super) fn new(pairs: &Pairs, first: usize, n: usize) -> Option<Self> {
        let rows = first..(first + ROWS).min(n);
        let edges: usize = rows.clone().map(|i| pairs.row(i).len()).sum();
        let mut targets: Vec<u32> = rows.clone().flat_map(|i| pairs.targets[pairs.row(i)].iter().copied()).collect();
        targets.sort_unstable();
        targets.dedup();
        if targets.is_empty() || (edges as f64) < LEAST_SHARE * (targets.len() * ROWS) as f64 {
            return None;
        }
        let mut of_targets = vec![[NONE; ROWS]; targets.len()];
        for (lane, i) in rows.enumerate() {
            let mut at = 0;
            for pair in pairs.row(i) {
                while targets[at] < pairs.targets[pair] {
                    at += 1;
                }
                of_targets[at][lane] = pair as u32;
            }
        }
        Some(Self { targets, pairs: of_targets })
    }

    /// `weighted_l · v_j` of every pair (l, j) of the tile, written to `out` at the pair's index.
    ///
    /// # Shapes
    /// `weighted`: [`ROWS`] × d; `visual`: n × d.
    #[inline(always)]
    pub(super) fn products<S: Simd>(&self, simd: S, weighted: &[f32], visual: &[f32], dim: usize, out: &mut [f32]) {
        let rows = [0, 1, 2, 3].map(|lane| &weighted[lane * dim..][..dim]);
        for (targets, pairs) in self.targets.chunks(4).zip(self.pairs.chunks(4)) {
            let pick = |at: usize| &visual[targets[at.min(targets.len() - 1)] as usize * dim..][..dim];
            let products = dot4x4(simd, rows, [pick(0), pick(1), pick(2), pick(3)]);
            for (pairs, products) in pairs.iter().zip(products) {
                for (&pair, product) in pairs.iter().zip(products) {
                    if pair != NONE {
                        out[pair as usize] = product;
                    }
                }
            }
        }
    }

    /// `sum ← sum + Σ_l v_l ∘ (Σ_j G_lj v_j)` over the tile's nodes l and their partners j.
    ///
    /// # Shapes
    /// `gradient`: one value per pair of the query; `visual`: n × d; `sum`: d.
    #[inline(always)]
    pub(super) fn pull<S: Simd>(&self, simd: S, gradient: &[f32], first: usize, visual: &[f32], sum: &mut [f32]) {
        let dim = sum.len();
        let weight = |pair: u32| gradient.get(pair as usize).copied().unwrap_or(0.0);
        let weights: Vec<[f32; ROWS]> = self.pairs.iter().map(|pairs| pairs.map(weight)).collect();
        let row = |i: usize| &visual[i * dim..][..dim];
        // Nodes beyond the last have weight 0, so any row will do.
        let last = visual.len() / dim - 1;
        let own = [0, 1, 2, 3].map(|lane| S::as_simd_f32s(row((first + lane).min(last))));
        let (sums, sums_tail) = S::as_mut_simd_f32s(sum);
        for (block, sums) in sums.chunks_mut(COLUMNS).enumerate() {
            let from = block * COLUMNS;
            let mut pulled = [[simd.splat_f32s(0.0); COLUMNS]; ROWS];
            for (weights, &j) in weights.iter().zip(&self.targets) {
                let theirs = &S::as_simd_f32s(row(j as usize)).0[from..][..sums.len()];
                let weights = weights.map(|weight| simd.splat_f32s(weight));
                if let &[t0, t1, t2, t3] = theirs {
                    for (pulled, weight) in pulled.iter_mut().zip(weights) {
                        for (pulled, theirs) in pulled.iter_mut().zip([t0, t1, t2, t3]) {
                            *pulled = simd.mul_add_f32s(weight, theirs, *pulled);
                        }
                    }
                } else {
                    for (pulled, weight) in pulled.iter_mut().zip(weights) {
                        for (pulled, &theirs) in pulled.iter_mut().zip(theirs) {
                            *pulled = simd.mul_add_f32s(weight, theirs, *pulled);
                        }
                    }
                }
            }
            for (own, pulled) in own.iter().zip(pulled) {
                for ((sum, &own), pulled) in sums.iter_mut().zip(&own.0[from..]).zip(pulled) {
                    *sum = simd.mul_add_f32s(own, pulled, *sum);
                }
            }
        }
        for (at, sum) in sums_tail.iter_mut().enumerate() {
            for (lane, own) in own.iter().enumerate() {
                let theirs = self.targets.iter().map(|&j| S::as_simd_f32s(row(j as usize)).1[at]);
                *sum += own.1[at] * weights.iter().zip(theirs).map(|(weights, x)| weights[lane] * x).sum::<f32>();
            }
        }
    }
}

/// The inner products of four vectors (columns of the result) with four others (its rows), all of one length.
#[inline(always)]
fn dot4x4<S: Simd>(simd: S, xs: [&[f32]; ROWS], ys: [&[f32]; 4]) -> [[f32; ROWS]; 4] {
    let [x0, x1, x2, x3] = xs.map(S::as_simd_f32s);
    let [y0, y1, y2, y3] = ys.map(S::as_simd_f32s);
    let mut sums = [[simd.splat_f32s(0.0); ROWS]; 4];
    let xs_heads = x0.0.iter().zip(x1.0).zip(x2.0).zip(x3.0);
    let ys_heads = y0.0.iter().zip(y1.0).zip(y2.0).zip(y3.0);
    for ((((&x0, &x1), &x2), &x3), (((&y0, &y1), &y2), &y3)) in xs_heads.zip(ys_heads) {
        multiply_add(simd, [x0, x1, x2, x3], [y0, y1, y2, y3], &mut sums);
    }
    let tails = |tails: [&[f32]; 4]| tails.map(|tail| simd.partial_load_f32s(tail));
    multiply_add(simd, tails([x0.1, x1.1, x2.1, x3.1]), tails([y0.1, y1.1, y2.1, y3.1]), &mut sums);
    sums.map(|row| row.map(|sum| simd.reduce_sum_f32s(sum)))
}

#[inline(always)]
fn multiply_add<S: Simd>(simd: S, xs: [S::f32s; ROWS], ys: [S::f32s; 4], sums: &mut [[S::f32s; ROWS]; 4]) {
    for (sums, y) in sums.iter_mut().zip(ys) {
        for (sum, x) in sums.iter_mut().zip(xs) {
            *sum = simd.mul_add_f32s(x, y, *sum);
        }
    }
}
