//! Statistics of a graph.

use super::SimilarityGraph;
use crate::dataset::Relevance;

/// Counts and means of one graph.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphStatistics {
    /// Images.
    pub nodes: usize,
    /// Directed edges.
    pub edges: usize,
    /// Edges per node.
    pub mean_degree: f64,
    /// Number of weakly connected components.
    pub components: usize,
    /// Nodes without any edge, in or out.
    pub isolated: usize,
    /// Mean cosine of the edges; 0 if there are none.
    pub mean_weight: f64,
    /// Of the edges between judged nodes, the share that joins two relevant or two non-relevant ones; `None` if there
    /// are no such edges.
    pub homophily: Option<f64>,
}

/// Statistics of a graph; `relevance` holds one judgement per node (missing ones count as unjudged).
pub fn statistics(graph: &SimilarityGraph, relevance: &[Option<Relevance>]) -> GraphStatistics {
    let (nodes, edges) = (graph.n(), graph.edge_count());
    let judged = |i: usize| relevance.get(i).copied().flatten().filter(|grade| grade.is_judged());
    let mut same = 0usize;
    let mut between_judged = 0usize;
    let mut weight_sum = 0.0;
    for (i, j, weight) in graph.edges() {
        weight_sum += f64::from(weight);
        if let (Some(a), Some(b)) = (judged(i), judged(j)) {
            between_judged += 1;
            same += usize::from(a.is_relevant() == b.is_relevant());
        }
    }
    let per = |sum: f64, count: usize| if count == 0 { 0.0 } else { sum / count as f64 };
    GraphStatistics {
        nodes,
        edges,
        mean_degree: per(edges as f64, nodes),
        components: graph.components(),
        isolated: graph.isolated(),
        mean_weight: per(weight_sum, edges),
        homophily: (between_judged > 0).then(|| same as f64 / between_judged as f64),
    }
}
