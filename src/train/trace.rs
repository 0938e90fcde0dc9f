//! One query's scores step by step, by a saved run or without training.

use super::untrained::prf_of;
use super::{RunData, SavedRun, TrainError};
use crate::graph::{Csr, raw_rows, unit_rows};
use crate::model::{Network, Prepared, RankingInput, Trace};

/// The scores of one query's candidates step by step, and what the graph's edges were before the network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryTrace {
    /// The network's steps.
    pub trace: Trace,
    /// The cosine of the raw visual vectors at both ends of each edge of [`Trace::graph`].
    pub cosines: Vec<f32>,
}

impl QueryTrace {
    fn of(data: &RunData, network: &Network, input: &RankingInput) -> Result<Self, TrainError> {
        let trace = network.trace(&Prepared::new(input, network.config())?)?;
        let rows = unit_rows(&raw_rows(&data.dataset, &data.vectors, input.query), data.vectors.dim);
        Ok(Self { cosines: cosines(&trace.graph, &rows, data.vectors.dim), trace })
    }
}

/// The inner product of the rows at both ends of each edge.
fn cosines(graph: &Csr, rows: &[f32], dim: usize) -> Vec<f32> {
    let row = |at: usize| rows.get(at * dim..(at + 1) * dim).unwrap_or_default();
    let of_node = |i: usize| graph.row(i).map(move |edge| (i, graph.targets[edge] as usize));
    let edges = (0..graph.n()).flat_map(of_node);
    edges.map(|(i, j)| row(i).iter().zip(row(j)).map(|(x, y)| x * y).sum()).collect()
}

impl SavedRun {
    /// The scores of one query of the data step by step; `None` if the run's model sends nothing along a graph, or the query
    /// has no candidates. The last step has the scores of [`SavedRun::apply`].
    ///
    /// # Errors
    /// Those of [`SavedRun::apply`].
    pub fn trace(&self, data: &RunData, query: usize) -> Result<Option<QueryTrace>, TrainError> {
        let Some(network) = self.network.as_ref().filter(|network| network.config().kind.uses_graph()) else {
            return Ok(None);
        };
        if data.dataset.queries[query].candidates.is_empty() {
            return Ok(None);
        }
        Ok(Some(QueryTrace::of(data, network, &self.input(data, query)?)?))
    }
}

/// The scores of one query's candidates by DCMM-PRF with default weights ([`super::Untrained::Prf`]) step by step, by the
/// signal at this index; `None` without candidates. Takes time in proportion to the square of the candidates.
///
/// # Errors
/// Those of [`super::rank_untrained`].
///
/// # Panics
/// If there is no such query.
pub fn trace_untrained(data: &RunData, signal: usize, query: usize) -> Result<Option<QueryTrace>, TrainError> {
    let traced = |(network, input): (Network, RankingInput)| QueryTrace::of(data, &network, &input);
    prf_of(data, signal, query)?.map(traced).transpose()
}
