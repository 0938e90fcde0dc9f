//! How a saved run compares pictures: the vectors that its network sees, and the similarity that it has learned.

use super::{RunData, SavedRun, TrainError};
use crate::graph::{Csr, GraphRequest, Similarities};
use crate::model::Network;

/// How a run compares the candidates of one query.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSimilarity {
    /// The unit vectors that the network sees, whitened if the run whitens: n × `dim`.
    pub rows: Vec<f32>,
    /// Their dimension d.
    pub dim: usize,
    /// The learned weight of each of the d numbers in `v_iᵀ diag(a) v_j`, the mean over layers and members; `None` where the
    /// model learns none.
    pub weights: Option<Vec<f64>>,
}

impl RunSimilarity {
    /// Number of pictures.
    pub fn n(&self) -> usize {
        self.rows.len().checked_div(self.dim).unwrap_or(0)
    }

    /// The cosine of two pictures.
    pub fn cosine(&self, i: usize, j: usize) -> f32 {
        self.products(i, j).sum::<f32>()
    }

    /// The learned similarity of two pictures; the cosine where none is learned.
    pub fn learned(&self, i: usize, j: usize) -> f32 {
        match &self.weights {
            Some(weights) => {
                self.products(i, j).zip(weights).map(|(product, a)| f64::from(product) * a).sum::<f64>() as f32
            }
            None => self.cosine(i, j),
        }
    }

    fn products(&self, i: usize, j: usize) -> impl Iterator<Item = f32> {
        let row = |at: usize| &self.rows[at * self.dim..(at + 1) * self.dim];
        row(i).iter().zip(row(j)).map(|(x, y)| x * y)
    }

    /// The k nearest of each picture by the cosine.
    pub fn nearest(&self, k: usize, memory: usize) -> Csr {
        let request = GraphRequest { k, ..GraphRequest::default() };
        Csr::nearest(&Similarities::within(memory, &self.rows, self.dim), request)
    }

    /// The k nearest of each picture by the learned similarity; ties are broken by index.
    pub fn nearest_learned(&self, k: usize) -> Csr {
        use rayon::prelude::*;
        let n = self.n();
        // One side carries the weights, so that the other is compared as it is.
        let weighted: Vec<f32> = match &self.weights {
            Some(weights) => self.rows.iter().zip(weights.iter().cycle()).map(|(x, a)| x * *a as f32).collect(),
            None => self.rows.clone(),
        };
        let row = |at: usize| at * self.dim..(at + 1) * self.dim;
        let of = |i: usize| {
            let own = &weighted[row(i)];
            let others = (0..n).filter(|&j| j != i);
            let mut all: Vec<(u32, f32)> = others
                .map(|j| {
                    let other = &self.rows[row(j)];
                    (j as u32, own.iter().zip(other).map(|(x, y)| x * y).sum())
                })
                .collect();
            all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            all.truncate(k);
            all
        };
        let rows: Vec<Vec<(u32, f32)>> = (0..n).into_par_iter().map(of).collect();
        Csr::of_rows(&rows)
    }
}

impl SavedRun {
    /// How the run compares the candidates of one query of the data; `None` if it compares none.
    ///
    /// # Errors
    /// Those of [`SavedRun::apply`].
    pub fn similarity(&self, data: &RunData, query: usize) -> Result<Option<RunSimilarity>, TrainError> {
        if !self.needs_vectors() || data.dataset.queries[query].candidates.is_empty() {
            return Ok(None);
        }
        let (rows, dim) = self.compared(data, query)?;
        let weights = self.network.as_ref().map(Network::learned_similarity).transpose()?.flatten();
        Ok(Some(RunSimilarity { rows, dim, weights: weights.filter(|weights| weights.len() == dim) }))
    }
}
