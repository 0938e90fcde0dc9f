//! One embedding against another: figures of every query, and both graphs of the current one.

use super::source::{EmbeddingSource, Held, Known, Shelf};
use crate::base::Progress;
use crate::dataset::VectorTable;
use crate::graph::{
    Agreement, GraphRequest, Homophily, ImageLabels, Similarities, agreement, homophily, shared_labels, visual_rows,
};
use crate::jobs::{Event, JobError, Slot, Wake, Worker};
use crate::train::RunData;
use crate::workspace::view::alone;
use crate::workspace::{QueryView, ViewRequest};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Neighbours up to which embeddings are compared.
pub const MOST_NEIGHBOURS: usize = 50;

/// Two embeddings of the open data set.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddingPair {
    /// One.
    pub a: EmbeddingSource,
    /// The other.
    pub b: EmbeddingSource,
}

/// Figures of one query, or means over queries, for k = 1 … [`MOST_NEIGHBOURS`], at `[k − 1]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryComparison {
    /// How far the two agree on who the neighbours are.
    pub agreement: Vec<Option<Agreement>>,
    /// Of A and of B, how much the neighbours of relevant images are relevant; where nothing is judged, how many neighbours
    /// of images share words with them.
    pub homophily: [Vec<Option<Homophily>>; 2],
}

impl QueryComparison {
    fn of(data: &RunData, tables: &[Arc<VectorTable>; 2], query: usize, labels: Option<&ImageLabels>) -> Self {
        let relevance = data.judgements.of(query);
        let images: Vec<usize> = data.dataset.queries[query].candidates.iter().map(|known| known.image).collect();
        let similarities = |table: &Arc<VectorTable>| {
            let rows = visual_rows(&data.dataset, table, query);
            Similarities::within(data.memory / tables.len(), &rows, table.dim)
        };
        let [a, b] = tables.each_ref().map(similarities);
        Self {
            agreement: agreement(&a, &b, MOST_NEIGHBOURS),
            homophily: [&a, &b].map(|side| match labels {
                Some(labels) => shared_labels(side, labels, &images, MOST_NEIGHBOURS),
                None => homophily(side, relevance, MOST_NEIGHBOURS),
            }),
        }
    }

    /// The means over queries; those of homophily over the queries where both embeddings have one.
    fn mean(queries: &[Self]) -> Self {
        let agreement = |index: usize| {
            let known: Vec<Agreement> = queries.iter().filter_map(|query| *query.agreement.get(index)?).collect();
            let mean = |value: fn(&Agreement) -> f64| known.iter().map(value).sum::<f64>() / known.len() as f64;
            (!known.is_empty()).then(|| Agreement { overlap: mean(|a| a.overlap), jaccard: mean(|a| a.jaccard) })
        };
        let homophily = |side: usize| {
            move |index: usize| {
                let known: Vec<Homophily> =
                    queries.iter().filter_map(|query| Some(query.both(index + 1)?[side])).collect();
                let mean = |value: fn(&Homophily) -> f64| known.iter().map(value).sum::<f64>() / known.len() as f64;
                (!known.is_empty()).then(|| Homophily { share: mean(|h| h.share), chance: mean(|h| h.chance) })
            }
        };
        Self {
            agreement: (0..MOST_NEIGHBOURS).map(agreement).collect(),
            homophily: [0, 1].map(|side| (0..MOST_NEIGHBOURS).map(homophily(side)).collect()),
        }
    }

    /// The agreement at `k`.
    pub fn agreement_at(&self, k: usize) -> Option<Agreement> {
        *self.agreement.get(k.checked_sub(1)?)?
    }

    /// Homophily at `k` of A and B, where both have one.
    pub fn both(&self, k: usize) -> Option<[Homophily; 2]> {
        let at = |side: usize| *self.homophily[side].get(k.checked_sub(1)?)?;
        Some([at(0)?, at(1)?])
    }
}

/// The comparison of two embeddings.
#[derive(Debug, PartialEq)]
pub struct EmbeddingComparison {
    /// A and B.
    pub tables: [Arc<VectorTable>; 2],
    /// In the order of the data set's queries.
    pub queries: Vec<QueryComparison>,
    /// The means over the queries.
    pub mean: QueryComparison,
    /// Whether homophily is of words, as nothing is judged.
    pub is_by_words: bool,
}

impl EmbeddingComparison {
    fn compute(worker: &Worker<(), Self>, pair: &EmbeddingPair, shelf: &Shelf) -> Result<Self, JobError> {
        let total = shelf.data.dataset.queries.len();
        worker.stage("Reading embeddings", 0, 0)?;
        let observe = &mut |progress| {
            worker.progress(progress);
            worker.flow()
        };
        let tables = [shelf.take(&pair.a, observe)?, shelf.take(&pair.b, observe)?];
        let is_judged = |query| shelf.data.judgements.of(query).iter().flatten().any(|grade| grade.is_judged());
        let labels = match (0..total).any(is_judged) {
            true => None,
            false => Some(ImageLabels::of_texts(&shelf.data.dataset)),
        };
        let mut queries = Vec::with_capacity(total);
        for query in 0..total {
            worker.stage("Comparing queries", query, total)?;
            queries.push(QueryComparison::of(&shelf.data, &tables, query, labels.as_ref()));
        }
        Ok(Self { tables, mean: QueryComparison::mean(&queries), queries, is_by_words: labels.is_some() })
    }
}

/// What decides a comparison; one whose request is no longer the wanted one is stale.
#[derive(Clone, PartialEq)]
struct Request {
    pair: EmbeddingPair,
    in_use: Option<Held>,
}

/// The last comparison and the running one.
#[derive(Default)]
pub struct ComparisonState {
    asked: Option<Request>,
    job: Slot<(), EmbeddingComparison>,
    result: Option<EmbeddingComparison>,
    failure: Option<String>,
    graphs: PairOfGraphs,
}

impl ComparisonState {
    /// What is, or was last, to be compared.
    pub fn pair(&self) -> Option<&EmbeddingPair> {
        self.asked.as_ref().map(|request| &request.pair)
    }

    /// The result.
    pub fn result(&self) -> Option<&EmbeddingComparison> {
        self.result.as_ref()
    }

    /// Why nothing came of it.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// How far it is, and for how long it has been at it.
    pub fn progress(&self) -> Option<(&Progress, Duration)> {
        self.job.worked()
    }

    /// The graphs of A and B of the current query, once they are there.
    pub fn graphs(&self) -> [Option<&QueryView>; 2] {
        self.graphs.views.each_ref().map(Option::as_ref)
    }

    /// The pairs of neighbours that A's graph has alone, and B's, the lower index first.
    pub fn alone(&self) -> &[HashSet<(usize, usize)>; 2] {
        &self.graphs.alone
    }

    /// Whether the graphs at hand, or in the making, are those of this query with these neighbours.
    pub fn draws(&self, query: usize, graph: GraphRequest) -> bool {
        self.graphs.asked == Some((query, graph))
    }

    pub(super) fn is_busy(&self) -> bool {
        let settling = self.graphs.views.iter().flatten().any(QueryView::is_settling);
        self.job.is_running() || self.graphs.job.is_running() || settling
    }

    pub(super) fn start(&mut self, pair: EmbeddingPair, shelf: Shelf, wake: Wake) {
        self.cancel();
        (self.result, self.failure) = (None, None);
        self.graphs.clear();
        self.asked = Some(Request { pair: pair.clone(), in_use: shelf.in_use() });
        self.job.start("compare", wake, move |worker| EmbeddingComparison::compute(worker, &pair, &shelf));
    }

    /// The pair to compare again, if it includes the vectors in use and these have changed.
    pub(super) fn stale(&self, in_use: Option<Held>) -> Option<EmbeddingPair> {
        let request = self.asked.as_ref()?;
        let concerned = [&request.pair.a, &request.pair.b].contains(&&EmbeddingSource::InUse);
        (concerned && request.in_use != in_use).then(|| request.pair.clone())
    }

    /// Abandons the running jobs.
    pub(super) fn cancel(&mut self) {
        if self.job.is_running() {
            self.job.retire();
            self.failure = Some("The comparison was cancelled.".to_owned());
        }
    }

    pub(super) fn retire(&mut self) {
        self.cancel();
        self.graphs.clear();
        *self = Self::default();
    }

    /// Makes both graphs of a query.
    pub(super) fn draw(&mut self, data: &RunData, query: usize, graph: GraphRequest, wake: Wake) {
        if let Some(result) = &self.result {
            self.graphs.draw(data.clone(), result.tables.clone(), (query, graph), wake);
        }
    }

    /// The embeddings at hand.
    pub(super) fn known(&self) -> Vec<Known> {
        let (Some(request), Some(result)) = (&self.asked, &self.result) else { return Vec::new() };
        let [a, b] = &result.tables;
        vec![(request.pair.a.clone(), a.clone()), (request.pair.b.clone(), b.clone())]
    }

    /// Receives results; `true` if anything changed.
    pub(super) fn poll(&mut self, wake: &Wake) -> bool {
        let mut changed = self.graphs.poll(wake);
        while let Some(event) = self.job.poll() {
            changed = true;
            match event {
                Event::Done(result) => self.result = Some(result),
                Event::Failed(error) => self.failure = Some(error.to_string()),
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed
    }
}

type Views = [QueryView; 2];

/// The current query's graphs under A and B.
#[derive(Default)]
struct PairOfGraphs {
    asked: Option<(usize, GraphRequest)>,
    views: [Option<QueryView>; 2],
    /// The pairs that only one of them has.
    alone: [HashSet<(usize, usize)>; 2],
    job: Slot<(), Box<Views>>,
}

impl PairOfGraphs {
    fn draw(&mut self, data: RunData, tables: [Arc<VectorTable>; 2], asked: (usize, GraphRequest), wake: Wake) {
        if self.asked == Some(asked) {
            return;
        }
        let (query, graph) = asked;
        let at_hand = self.views.iter().flatten().filter(|view| view.request().query == query).count() == 2;
        self.asked = Some(asked);
        self.retire_job();
        if at_hand {
            for view in self.views.iter_mut().flatten() {
                view.regraph(graph);
            }
            self.compare();
            return;
        }
        self.views = [None, None];
        self.job.start("two graphs", wake, move |_| {
            let build = |table: &Arc<VectorTable>| {
                let request = ViewRequest { query, vectors: table.name.clone(), graph };
                QueryView::build(&data.with_vectors(Vec::new(), table.clone()), request)
            };
            Ok(Box::new(tables.each_ref().map(build)))
        });
    }

    fn poll(&mut self, wake: &Wake) -> bool {
        let mut changed = false;
        while let Some(event) = self.job.poll() {
            changed = true;
            match event {
                Event::Done(views) => {
                    self.views = (*views).map(|mut view| {
                        view.start_layout(wake.clone());
                        Some(view)
                    });
                    self.compare();
                }
                Event::Failed(_) | Event::Progress(_) | Event::Update(()) => {}
            }
        }
        self.views.iter_mut().flatten().fold(changed, |changed, view| view.poll() | changed)
    }

    fn compare(&mut self) {
        if let [Some(a), Some(b)] = &self.views {
            self.alone = alone([a, b]);
        }
    }

    fn retire_job(&mut self) {
        self.job.retire();
    }

    fn clear(&mut self) {
        self.retire_job();
        (self.asked, self.views) = (None, [None, None]);
    }
}
