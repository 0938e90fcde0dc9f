//! Graph convolution with the normalised adjacency.

use super::NetworkConfig;
use super::edges::Edges;
use super::stack::Convolution;
use super::weight::Vars;
use crate::graph::Csr;

/// `C(h)_i = Σ_{j ∈ N(i)} w_ij · (W h_j + b)`, w the normalised adjacency (Kipf and Welling, ICLR 2017).
#[derive(Debug)]
pub(super) struct Gcn;

impl Convolution for Gcn {
    fn edges(graph: &Csr, _: &NetworkConfig) -> Edges {
        Edges::new(normalised_adjacency(graph))
    }

    fn load(_: &Vars) -> Option<Self> {
        Some(Self)
    }
}

/// `D^−½ (A + I) D^−½` with A the undirected graph with weights 1, and D the degrees of A + I (Kipf and Welling, ICLR
/// 2017, eq. 2).
fn normalised_adjacency(csr: &Csr) -> Csr {
    let n = csr.n();
    let mut rows: Vec<Vec<u32>> = (0..n as u32).map(|i| vec![i]).collect();
    for i in 0..n {
        for edge in csr.row(i) {
            let j = csr.targets[edge];
            rows[i].push(j);
            rows[j as usize].push(i as u32);
        }
    }
    let mut out = Csr { offsets: vec![0], ..Csr::default() };
    for row in &mut rows {
        row.sort_unstable();
        row.dedup();
        out.targets.extend_from_slice(row);
        out.offsets.push(out.targets.len() as u32);
    }
    for (i, row) in rows.iter().enumerate() {
        let degrees = row.iter().map(|&j| (rows[i].len() * rows[j as usize].len()) as f64);
        out.weights.extend(degrees.map(|product| (1.0 / product.sqrt()) as f32));
    }
    out
}
