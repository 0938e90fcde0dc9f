//! The bundle of data that runs, studies and the window work on.

use std::sync::Arc;

use crate::dataset::{Dataset, Judgements, Split, VectorTable};
use crate::signals::Signals;

/// A data set with everything that training and evaluation need. Clones share it.
///
/// ```
/// use crossrank::dataset::demo_sample;
/// use crossrank::train::{Experiment, Quiet, RunRecord, open, run};
///
/// let data = open(&demo_sample(), &[])?.data;
/// let mut experiment = Experiment::default();
/// experiment.training.epochs = 1;
/// let result = run(&data, &experiment, RunRecord::default(), None, &mut Quiet)?;
/// assert_eq!(result.scores.len(), data.dataset.queries.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RunData {
    /// What is on disk.
    pub dataset: Arc<Dataset>,
    /// Its relevance judgements.
    pub judgements: Judgements,
    /// Its candidates' features.
    pub signals: Arc<Signals>,
    /// The visual vectors in use; empty if there are none.
    pub vectors: Arc<VectorTable>,
    /// The names of the vectors' sources, by which they can be chosen again.
    pub vector_names: Vec<String>,
    /// The split of each query.
    pub splits: Arc<Vec<Split>>,
    /// Most bytes for what grows with the square of a query's images ([`super::memory_bound`]).
    pub memory: usize,
}

impl RunData {
    /// Whether there are visual vectors.
    pub fn has_vectors(&self) -> bool {
        !self.vectors.is_empty()
    }

    /// The same data with other splits, one per query.
    pub fn with_splits(&self, splits: Vec<Split>) -> Self {
        Self { splits: Arc::new(splits), ..self.clone() }
    }

    /// The same data with other visual vectors and the names of their sources.
    pub fn with_vectors(&self, vector_names: Vec<String>, vectors: Arc<VectorTable>) -> Self {
        Self { vectors, vector_names, ..self.clone() }
    }

    /// The same data without visual vectors.
    pub fn without_vectors(&self) -> Self {
        self.with_vectors(Vec::new(), Arc::new(VectorTable::none(self.dataset.images.len())))
    }

    /// Indices of the queries of one split.
    pub fn queries_of(&self, split: Split) -> Vec<usize> {
        (0..self.splits.len()).filter(|&query| self.splits[query] == split).collect()
    }
}
