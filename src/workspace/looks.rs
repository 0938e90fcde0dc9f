//! One query's images compared by their looks: once, for the graph that is shown and for the rankings of a collection that
//! need no judgement.

use super::ranking::Ranking;
use super::view::{QueryView, ViewRequest};
use crate::dataset::TEXT_FEATURE;
use crate::graph::{Csr, GraphError, GraphRequest, Similarities, visual_rows};
use crate::index::{IndexError, VectorSet};
use crate::train::{RunData, TrainError, Untrained, rank_untrained_over};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Most images of a query whose cosines are all held, so that a graph of other neighbours needs no comparison.
pub(super) const HELD: usize = 4_000;

/// Most images of a query whose graph is drawn. All are ranked, however many.
pub const MOST_DRAWN: usize = 20_000;

/// Why images cannot be compared or ranked.
#[derive(Debug, thiserror::Error)]
pub enum RankError {
    /// The collection cannot be read.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Neighbours cannot be found.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A ranking does not fit or cannot be computed.
    #[error(transparent)]
    Train(#[from] TrainError),
}

impl RankError {
    /// Whether the observer asked to stop, rather than anything failing.
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Index(error) => error.is_cancelled(),
            Self::Graph(error) => error.is_cancelled(),
            Self::Train(error) => error.is_cancelled(),
        }
    }
}

/// Is told how many of how many images are done, and may stop the work.
pub type Watch<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// The graph of the `k` nearest of a query's images, no edge dropped, and their cosines if these are few enough to be held.
///
/// Exact, by comparing each image with each; or, where that is slower, by the index of `set`, which has the vectors in use
/// ([`VectorSet::graph_among`]). Memory is in proportion to the images, beyond what is held.
///
/// # Errors
/// If the index cannot be read, and after a `Break` of `proceed`.
pub(super) fn nearest(
    data: &RunData,
    set: Option<&VectorSet>,
    query: usize,
    k: usize,
    proceed: &mut Watch<'_>,
) -> Result<(Csr, Option<Similarities>), RankError> {
    let candidates = &data.dataset.queries[query].candidates;
    let rows = || visual_rows(&data.dataset, &data.vectors, query);
    if candidates.len() <= HELD && Similarities::bytes(candidates.len()) <= data.memory {
        let held = Similarities::within(data.memory, &rows(), data.vectors.dim);
        return Ok((Csr::nearest(&held, GraphRequest { k, ..GraphRequest::default() }), Some(held)));
    }
    if let Some(set) = set.filter(|set| set.info().name == data.vectors.name) {
        let paths: Vec<&str> = candidates.iter().map(|one| data.dataset.images[one.image].id.as_str()).collect();
        if let Some(graph) = set.graph_among(&paths, k, proceed)? {
            return Ok((graph, None));
        }
    }
    Ok((Csr::nearest_while(&Similarities::within(0, &rows(), data.vectors.dim), k, proceed)?, None))
}

/// What is wanted of one query's images.
pub(super) struct Wanted {
    /// The graph, which is drawn up to [`MOST_DRAWN`] images.
    pub(super) view: ViewRequest,
    /// The collection's vectors.
    pub(super) set: Option<Arc<VectorSet>>,
    /// Whether the rankings without judgements are wanted.
    pub(super) ranks: bool,
}

/// What a comparison of one query's images gives.
pub(super) struct Looks {
    pub(super) request: ViewRequest,
    pub(super) view: Option<QueryView>,
    /// By cross-modal feedback, and by DCMM-PRF with default weights.
    pub(super) untrained: Option<[Ranking; 2]>,
}

/// What a search leaves for the window.
#[derive(Default)]
pub(super) struct Searched {
    /// The vectors of the collection.
    pub(super) set: Option<Arc<VectorSet>>,
    /// The images of the query at hand, compared.
    pub(super) looks: Option<Looks>,
}

impl Looks {
    /// Compares a query's images.
    ///
    /// # Errors
    /// If the collection cannot be read, a ranking cannot be computed, and after a `Break` of `proceed`.
    pub(super) fn of(data: &RunData, wanted: Wanted, proceed: &mut Watch<'_>) -> Result<Self, RankError> {
        let Wanted { view: request, set, ranks } = wanted;
        let query = request.query;
        let is_drawn = data.dataset.queries[query].candidates.len() <= MOST_DRAWN;
        let ranked = Untrained::Prf.graph().filter(|_| ranks);
        let drawn = QueryView::most_neighbours(request.graph);
        let k = ranked.map_or(0, |graph| graph.k).max(if is_drawn { drawn } else { 0 });
        let (nearest, held) = nearest(data, set.as_deref(), query, k, proceed)?;
        let untrained = ranked.map(|graph| untrained(data, query, nearest.cut(graph))).transpose()?;
        let view = is_drawn.then(|| QueryView::over(data, request.clone(), &nearest, held));
        Ok(Self { request, view, untrained })
    }
}

/// Both rankings without judgements of a query.
fn untrained(data: &RunData, query: usize, graph: Csr) -> Result<[Ranking; 2], TrainError> {
    // Without any word that matches, all texts are equal.
    let signal = data.signals.index(TEXT_FEATURE).unwrap_or(usize::MAX);
    let cm = rank_untrained_over(data, Untrained::Cm, signal, query, Csr::default())?;
    let prf = rank_untrained_over(data, Untrained::Prf, signal, query, graph)?;
    Ok([cm, prf].map(|scores| Ranking::new(data, query, scores)))
}
