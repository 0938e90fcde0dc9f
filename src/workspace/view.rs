//! The current query's graph and where its nodes lie.

use crate::dataset::Relevance;
use crate::graph::{
    Csr, GraphRequest, GraphStatistics, Similarities, SimilarityGraph, initial_positions, layout, statistics,
    visual_rows,
};
use crate::jobs::{Event, Slot, Wake};
use crate::train::RunData;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a query's picture depends on; it is made again if this changes.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewRequest {
    /// Index of the query.
    pub query: usize,
    /// Name of the visual vectors.
    pub vectors: String,
    /// How images become neighbours.
    pub graph: GraphRequest,
}

type Positions = Vec<[f32; 2]>;

/// The current query's graph and where its nodes lie.
pub struct QueryView {
    request: ViewRequest,
    /// All cosines, unless there are too many.
    held: Option<Similarities>,
    graph: Arc<SimilarityGraph>,
    /// The graph whose edges pull the nodes together, the same for every request, so that nodes keep their places.
    pulling: Arc<SimilarityGraph>,
    statistics: GraphStatistics,
    edges: Vec<(usize, usize, f32)>,
    positions: Positions,
    relevance: Vec<Option<Relevance>>,
    layout: Slot<Positions, Positions>,
    version: u64,
}

/// A number that no view has had before.
fn next_version() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// Seeds the layout: the same query always looks the same.
const LAYOUT_SEED: u64 = 20;

/// Neighbours that pull at a node, however many are shown.
const PULLING: usize = 10;

/// Steps of a layout: enough for nodes to come to rest from their first positions.
const LAYOUT_STEPS: usize = 200;

/// Radius of a node's disc in layout units; the layout lets no two discs overlap.
pub const NODE_RADIUS: f32 = 0.8;

impl QueryView {
    /// Computes similarities, neighbours and first positions. Takes about `candidates² × dim` multiplications.
    pub fn build(data: &RunData, request: ViewRequest) -> Self {
        let rows = visual_rows(&data.dataset, &data.vectors, request.query);
        let similarities = Similarities::within(data.memory, &rows, data.vectors.dim);
        let k = Self::most_neighbours(request.graph);
        let nearest = Csr::nearest(&similarities, GraphRequest { k, ..GraphRequest::default() });
        Self::over(data, request, &nearest, Some(similarities))
    }

    /// How many neighbours of each image a view needs.
    pub(super) fn most_neighbours(graph: GraphRequest) -> usize {
        graph.k.max(PULLING)
    }

    /// Over the edges to the nearest, at least [`QueryView::most_neighbours`] a node; with all cosines, if they are to be held
    /// for other graphs.
    pub(super) fn over(data: &RunData, request: ViewRequest, nearest: &Csr, held: Option<Similarities>) -> Self {
        let rows = visual_rows(&data.dataset, &data.vectors, request.query);
        let positions = initial_positions(&rows, data.vectors.dim, LAYOUT_SEED);
        let relevance = data.judgements.of(request.query).to_vec();
        let graph = Arc::new(SimilarityGraph::of(nearest.cut(request.graph), request.graph));
        let pull = GraphRequest { k: PULLING, ..GraphRequest::default() };
        let pulling = match request.graph == pull {
            true => graph.clone(),
            false => Arc::new(SimilarityGraph::of(nearest.cut(pull), pull)),
        };
        Self {
            statistics: statistics(&graph, &relevance),
            edges: weakest_first(&graph),
            request,
            held,
            graph,
            pulling,
            positions,
            relevance,
            layout: Slot::default(),
            version: next_version(),
        }
    }

    /// Another graph over the same similarities, if they are held; whether they are. Nodes stay where they are.
    pub fn regraph(&mut self, graph: GraphRequest) -> bool {
        let Some(held) = &self.held else { return false };
        self.request.graph = graph;
        self.graph = Arc::new(SimilarityGraph::build(held, graph));
        self.statistics = statistics(&self.graph, &self.relevance);
        self.edges = weakest_first(&self.graph);
        self.version = next_version();
        true
    }

    /// Lets the nodes lie where those of another view of the same images lie; `true` if any moved.
    pub(super) fn stay_at(&mut self, other: &Self) -> bool {
        let is_same = other.request.query == self.request.query && other.positions.len() == self.positions.len();
        if !is_same || other.positions == self.positions {
            return false;
        }
        self.positions.clone_from(&other.positions);
        self.version = next_version();
        true
    }

    /// Starts the layout as a job.
    pub fn start_layout(&mut self, wake: Wake) {
        let (graph, start) = (self.pulling.clone(), self.positions.clone());
        self.retire_layout();
        self.layout.start("layout", wake, move |worker| {
            let mut shown = std::time::Instant::now();
            Ok(layout(&graph, &start, &vec![NODE_RADIUS; start.len()], LAYOUT_STEPS, &mut |positions, _| {
                if shown.elapsed().as_millis() >= 30 {
                    shown = std::time::Instant::now();
                    worker.update(positions.to_vec());
                }
                worker.flow()
            }))
        });
    }

    fn retire_layout(&mut self) {
        self.layout.retire();
    }

    /// Receives the layout's progress; `true` if nodes have moved.
    pub fn poll(&mut self) -> bool {
        let mut moved = false;
        while let Some(event) = self.layout.poll() {
            match event {
                Event::Update(positions) | Event::Done(positions) => (self.positions, moved) = (positions, true),
                Event::Failed(_) | Event::Progress(_) => {}
            }
        }
        if moved {
            self.version = next_version();
        }
        moved
    }

    /// Whether nodes are still moving.
    pub fn is_settling(&self) -> bool {
        self.layout.is_running()
    }

    /// What this is a picture of.
    pub fn request(&self) -> &ViewRequest {
        &self.request
    }

    /// Changes whenever edges or positions do, and is never that of another view.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The graph.
    pub fn graph(&self) -> &SimilarityGraph {
        &self.graph
    }

    /// Its figures.
    pub fn statistics(&self) -> &GraphStatistics {
        &self.statistics
    }

    /// Each pair of neighbours once, with its cosine, weakest first.
    pub fn edges(&self) -> &[(usize, usize, f32)] {
        &self.edges
    }

    /// Where the nodes lie; typical neighbours are about 1 apart.
    pub fn positions(&self) -> &[[f32; 2]] {
        &self.positions
    }

    /// The number of nodes.
    pub fn n(&self) -> usize {
        self.positions.len()
    }
}

/// The pairs of neighbours that each of two graphs has and the other lacks, the lower index first.
pub(super) fn alone(views: [&QueryView; 2]) -> [HashSet<(usize, usize)>; 2] {
    let pairs = |view: &QueryView| view.edges.iter().map(|&(a, b, _)| (a.min(b), a.max(b))).collect::<HashSet<_>>();
    let [a, b] = views.map(pairs);
    [a.difference(&b).copied().collect(), b.difference(&a).copied().collect()]
}

/// Each pair of neighbours once, so that the strongest are drawn last.
fn weakest_first(graph: &SimilarityGraph) -> Vec<(usize, usize, f32)> {
    let mut edges: Vec<_> = graph.undirected_edges().collect();
    edges.sort_by(|a, b| a.2.total_cmp(&b.2));
    edges
}

impl Drop for QueryView {
    /// The next query's graph must not wait for this one's layout.
    fn drop(&mut self) {
        self.retire_layout();
    }
}
