//! What a search of a collection found, ranked: without judgements, or by a saved run.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use super::cut_off::untrained_scores;
use super::looks::{self, RankError, Watch};
use crate::dataset::TEXT_FEATURE;
use crate::graph::Csr;
use crate::index::{Collection, Gathered, IndexError, VectorSet};
use crate::signals;
use crate::train::{Quiet, RunData, SavedRun, TrainError, Untrained, rank_untrained_over};

/// What ranks the candidates of a search.
pub enum Ranker {
    /// Text, cross-modal feedback, or untrained DCMM-PRF.
    Untrained(Untrained),
    /// A saved run.
    Run(Arc<SavedRun>),
}

impl Ranker {
    /// By its name, else a run's folder.
    ///
    /// # Errors
    /// If it is neither.
    pub fn find(text: &str) -> Result<Self, TrainError> {
        match Untrained::from_str(text) {
            Ok(known) => Ok(Self::Untrained(known)),
            Err(_) => Ok(Self::Run(Arc::new(SavedRun::open(Path::new(text))?))),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Untrained(known) => known.name(),
            Self::Run(run) => &run.record().name,
        }
    }

    /// Whether it needs visual vectors.
    pub fn needs_vectors(&self) -> bool {
        match self {
            Self::Untrained(known) => known.needs_vectors(),
            Self::Run(run) => run.needs_vectors(),
        }
    }

    /// Which of a collection's sets of vectors it uses: a run that of its own encoder, anything else the one in use. A set of
    /// a sample of the pictures only where there is no whole one.
    ///
    /// # Errors
    /// If the sets cannot be read.
    pub fn vectors(&self, collection: &Collection) -> Result<Option<VectorSet>, IndexError> {
        match self {
            Self::Run(run) if run.needs_vectors() => {
                let names = run.encoders();
                let mut sets = collection.vector_sets()?;
                sets.retain(|set| names.contains(&set.info().name) && set.count() > 0);
                sets.sort_by_key(|set| !set.info().whole);
                Ok(sets.into_iter().next())
            }
            _ => collection.vectors_in_use(),
        }
    }

    /// The scores of the candidates of some queries of a data set, such as a collection's kept ones, one list a query; `None`
    /// of one with too many candidates to be ranked as one of many.
    ///
    /// # Errors
    /// If vectors are missing, or a run does not fit.
    pub fn scores(&self, data: &RunData, queries: &[usize]) -> Result<Vec<Option<Vec<f32>>>, TrainError> {
        match self {
            Self::Untrained(known) => {
                queries.iter().map(|&query| untrained_scores(data, *known, query).transpose()).collect()
            }
            Self::Run(run) => Ok(run.apply(data, queries, &mut Quiet)?.scores.into_iter().map(Some).collect()),
        }
    }

    /// What was gathered, with the signals that it ranks by. Similarities take at most `memory` bytes beside the vectors.
    pub fn data(&self, gathered: Gathered, memory: usize) -> RunData {
        let Gathered { dataset, judgements, vectors, .. } = gathered;
        // Only a run needs more than the text's score.
        let signals = match self {
            Self::Untrained(_) => signals::given(&dataset),
            Self::Run(_) => signals::compute(&dataset),
        };
        RunData::new(dataset, judgements, signals, (Vec::new(), vectors), memory)
    }

    /// Ranks the query at hand: the score of each of its candidates, all finite, and the signals of a run that the
    /// collection lacks.
    ///
    /// `data` is that of [`Ranker::data`], and `set` has its vectors; its index finds the neighbours of many candidates
    /// ([`VectorSet::graph_among`]). A saved run compares each candidate with each, however many.
    ///
    /// # Errors
    /// If vectors are missing, a run does not fit, and after a `Break` of `watch`.
    pub fn rank(
        &self,
        data: &RunData,
        query: usize,
        set: Option<&VectorSet>,
        watch: &mut Watch<'_>,
    ) -> Result<(Vec<f32>, Vec<String>), RankError> {
        match self {
            Self::Untrained(known) => {
                // Without any word that matches, all texts are equal.
                let signal = data.signals.index(TEXT_FEATURE).unwrap_or(usize::MAX);
                let graph = match known.graph().filter(|_| data.has_vectors()) {
                    Some(graph) => looks::nearest(data, set, query, graph.k, watch)?.0.cut(graph),
                    None => Csr::default(),
                };
                Ok((rank_untrained_over(data, *known, signal, query, graph)?, Vec::new()))
            }
            Self::Run(run) => {
                let applied = run.apply(data, &[query], &mut Quiet)?;
                Ok((applied.scores.into_iter().next().unwrap_or_default(), applied.missing))
            }
        }
    }
}
