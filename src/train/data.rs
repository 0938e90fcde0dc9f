//! The bundle of data that runs, studies and the window work on.

use std::sync::{Arc, OnceLock};

use super::vectors_hash::vectors_hash;
use crate::dataset::{Dataset, Judgements, RecallBase, SPLIT_SEED, Split, VectorTable, assign_splits};
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
    /// [`RunData::vectors_hash`], once it was asked for.
    pub(super) vectors_hash: Arc<OnceLock<String>>,
    /// Most bytes for what grows with the square of a query's images ([`super::memory_bound`]).
    pub memory: usize,
}

impl RunData {
    /// Data in memory, with the visual vectors and the names of their sources. Queries are split as by default.
    pub fn new(
        dataset: Dataset,
        judgements: Judgements,
        signals: Signals,
        (vector_names, vectors): (Vec<String>, VectorTable),
        memory: usize,
    ) -> Self {
        let splits = assign_splits(&dataset, SPLIT_SEED);
        Self {
            dataset: Arc::new(dataset),
            judgements,
            signals: Arc::new(signals),
            vectors: Arc::new(vectors),
            vector_names,
            splits: Arc::new(splits),
            vectors_hash: Arc::default(),
            memory,
        }
    }

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
        let is_same = Arc::ptr_eq(&vectors, &self.vectors);
        let vectors_hash = if is_same { self.vectors_hash.clone() } else { Arc::default() };
        Self { vectors, vector_names, vectors_hash, ..self.clone() }
    }

    /// The same data without visual vectors.
    pub fn without_vectors(&self) -> Self {
        self.with_vectors(Vec::new(), Arc::new(VectorTable::none(self.dataset.images.len())))
    }

    /// BLAKE3 of the visual vectors, in hexadecimal.
    pub fn vectors_hash(&self) -> &str {
        self.vectors_hash.get_or_init(|| vectors_hash(&self.vectors))
    }

    /// The same data whose measures count these relevant images.
    pub fn with_recall_base(&self, base: RecallBase) -> Self {
        Self { judgements: self.judgements.clone().with_recall_base(base), ..self.clone() }
    }

    /// The same data with other judgements.
    pub fn with_judgements(&self, judgements: Judgements) -> Self {
        Self { judgements, ..self.clone() }
    }

    /// Number of queries of one split with judgements, over which its means are taken.
    pub fn measured(&self, split: Split) -> usize {
        self.queries_of(split).into_iter().filter(|&query| self.judgements.is_judged(query)).count()
    }

    /// Indices of the queries of one split.
    pub fn queries_of(&self, split: Split) -> Vec<usize> {
        (0..self.splits.len()).filter(|&query| self.splits[query] == split).collect()
    }
}
