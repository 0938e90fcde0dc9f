//! How a trained model depends on the number of neighbours: its rankings over graphs of other k, without training again.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::StudyError;
use crate::base::named;
use crate::eval::{Measure, rank_candidates};
use crate::graph::{GraphRequest, Similarities, SimilarityGraph, hubness, statistics};
use crate::train::{OverGraphs, RunData, RunObserver, SavedRun, TrainError};

/// Most neighbours that are tried, unless the run itself has more.
const MOST: usize = 100;

/// What is measured at each k.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Figure {
    /// Average precision of the model's ranking; of several queries, their mean.
    Map,
    /// Precision of its first 20.
    PrecisionAt20,
    /// nDCG of the whole ranking.
    Ndcg,
    /// Of the edges between judged images, the share that joins two relevant or two non-relevant ones.
    Homophily,
    /// Weakly connected components of the graph.
    Components,
    /// Skewness of how often images are among the k nearest of others ([`hubness`]).
    Hubness,
}

named!(Figure, "figure": Map = "MAP", PrecisionAt20 = "P@20", Ndcg = "nDCG", Homophily = "Homophily",
    Components = "Components", Hubness = "Hubness");

/// The measures among the figures, in their order.
const MEASURES: [Measure; 3] = [Measure::Map, Measure::PrecisionAt(20), Measure::Ndcg];

impl Figure {
    /// Its name in files.
    pub fn key(self) -> String {
        self.name().to_lowercase()
    }

    /// What it means, in a sentence.
    pub fn explanation(self) -> String {
        match self {
            Figure::Map => Measure::Map.explanation(),
            Figure::PrecisionAt20 => Measure::PrecisionAt(20).explanation(),
            Figure::Ndcg => Measure::Ndcg.explanation(),
            Figure::Homophily => "Of the edges between judged images, the share that joins two relevant or two \
                                  non-relevant ones."
                .to_owned(),
            Figure::Components => "Parts of the graph that no edge connects.".to_owned(),
            Figure::Hubness => {
                "Skewness of how often images are among the k nearest of others: the higher, the more a \
                                few images are neighbours of everyone."
                    .to_owned()
            }
        }
    }
}

/// A trained model over graphs of several k.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sensitivity {
    /// Numbers of neighbours, ascending. Where a query has fewer other images, all are neighbours.
    pub ks: Vec<usize>,
    /// The k that the model was trained with.
    pub own: usize,
    /// Whether the model's ranking depends on the graph at all.
    pub uses_graph: bool,
    /// For each query of the data set each figure's value at each k; NaN where it is not defined, as measures are of
    /// queries without judgements. Empty without candidates.
    values: Vec<Vec<[f64; Figure::ALL.len()]>>,
}

impl Sensitivity {
    /// A query's figure at each of [`Sensitivity::ks`].
    pub fn of_query(&self, query: usize, figure: Figure) -> Vec<Option<f64>> {
        self.mean(&[query], figure)
    }

    /// The mean of a figure at each of [`Sensitivity::ks`], over those of these queries where it is defined.
    pub fn mean(&self, queries: &[usize], figure: Figure) -> Vec<Option<f64>> {
        let at = |k: usize| {
            let of = |&query: &usize| Some(self.values.get(query)?.get(k)?[figure as usize]);
            let values: Vec<f64> = queries.iter().filter_map(of).filter(|value| value.is_finite()).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        (0..self.ks.len()).map(at).collect()
    }

    /// The position in [`Sensitivity::ks`] that is nearest to `k`.
    pub fn nearest(&self, k: usize) -> Option<usize> {
        (0..self.ks.len()).min_by_key(|&at| self.ks[at].abs_diff(k))
    }
}

/// A sensible grid of k up to `most`, dense where one neighbour more matters, with those in `also`.
pub fn neighbour_grid(most: usize, also: &[usize]) -> Vec<usize> {
    let steps = [(1, 1..=10), (2, 12..=20), (5, 25..=50), (10, 60..=MOST)];
    let usual = steps.into_iter().flat_map(|(step, range)| range.step_by(step)).filter(|&k| k <= most);
    let mut ks: Vec<usize> = usual.chain(also.iter().copied()).collect();
    ks.sort_unstable();
    ks.dedup();
    ks
}

/// Ranks every query by a trained model over graphs of each of `ks` ([`neighbour_grid`] of the data by default, always with
/// the run's own k), and measures rankings and graphs. Neighbours are searched once a query: each graph has the first k of
/// them. The graphs are the model's own, over whitened vectors if it compares these.
///
/// `data` are those of the run ([`crate::train::data_of_run`]). Nothing is chosen from what is measured.
///
/// # Errors
/// If the run does not fit the data, or [`StudyError::Cancelled`].
pub fn sensitivity(
    data: &RunData,
    run: &SavedRun,
    ks: Option<&[usize]>,
    observer: &mut dyn RunObserver,
) -> Result<Sensitivity, StudyError> {
    let own = run.graph();
    let queries: Vec<usize> =
        (0..data.dataset.queries.len()).filter(|&query| !data.dataset.queries[query].candidates.is_empty()).collect();
    let candidates = |query: &usize| data.dataset.queries[*query].candidates.len();
    let most = queries.iter().map(candidates).max().unwrap_or(0).saturating_sub(1);
    let ks = ks.map_or_else(|| neighbour_grid(most, &[own.k]), |ks| neighbour_grid(0, &[ks, &[own.k]].concat()));
    let fixed = match run.uses_graph() {
        true => None,
        false => Some(run.apply(data, &queries, observer).map_err(failed)?.scores),
    };
    let one = |(at, &query): (usize, &usize)| {
        let over = run.over_graphs(data, query, &ks)?;
        Ok((query, values(data, query, &over, own, (&ks, fixed.as_ref().map(|scores| scores[at].as_slice())))))
    };
    let mut values = vec![Vec::new(); data.dataset.queries.len()];
    let numbered: Vec<(usize, &usize)> = queries.iter().enumerate().collect();
    for (done, chunk) in numbered.chunks(CHUNK).enumerate() {
        if observer.step("Measuring neighbours", done * CHUNK, queries.len()) == ControlFlow::Break(()) {
            return Err(StudyError::Cancelled);
        }
        let bytes =
            chunk.iter().map(|(_, query)| Similarities::bytes(candidates(query))).fold(0, usize::saturating_add);
        let measured: Result<Vec<_>, TrainError> = match bytes <= data.memory {
            true => chunk.par_iter().copied().map(one).collect(),
            // One large query after the other, each on all cores.
            false => chunk.iter().copied().map(one).collect(),
        };
        measured.map_err(failed)?.into_iter().for_each(|(query, of_query)| values[query] = of_query);
    }
    Ok(Sensitivity { ks, own: own.k, uses_graph: run.uses_graph(), values })
}

/// Queries between two looks at the observer.
const CHUNK: usize = 8;

fn failed(error: TrainError) -> StudyError {
    match error {
        TrainError::Cancelled => StudyError::Cancelled,
        other => StudyError::Plan(other.to_string()),
    }
}

/// A query's figures at each k; `fixed` are its scores if the graph does not matter.
fn values(
    data: &RunData,
    query: usize,
    over: &OverGraphs,
    own: GraphRequest,
    (ks, fixed): (&[usize], Option<&[f32]>),
) -> Vec<[f64; Figure::ALL.len()]> {
    let grades = data.judgements.of(query);
    let judged = (&*data.dataset, &data.judgements);
    let at = |(number, &k): (usize, &usize)| {
        let mut values = [f64::NAN; Figure::ALL.len()];
        let scores = fixed.or_else(|| over.scores.get(number).map(Vec::as_slice));
        if let Some(scores) = scores.filter(|_| data.judgements.is_judged(query)) {
            let measured = rank_candidates(judged, query, scores, &MEASURES, 0).values;
            values.iter_mut().zip(measured).for_each(|(value, measured)| *value = measured);
        }
        if over.nearest.targets.is_empty() {
            return values;
        }
        let request = GraphRequest { k, ..own };
        let graph = statistics(&SimilarityGraph::of(over.nearest.cut(request), request), grades);
        let nearest = over.nearest.cut(GraphRequest { k, ..GraphRequest::default() });
        values[Figure::Homophily as usize] = graph.homophily.unwrap_or(f64::NAN);
        values[Figure::Components as usize] = graph.components as f64;
        values[Figure::Hubness as usize] = hubness(&nearest).unwrap_or(f64::NAN);
        values
    };
    ks.iter().enumerate().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_dense_at_small_k_and_has_what_is_asked_for() {
        assert_eq!(neighbour_grid(4, &[9, 2]), [1, 2, 3, 4, 9]);
        let all = neighbour_grid(299, &[10]);
        assert_eq!((all.len(), all[..10] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], all.last()), (26, true, Some(&100)));
        assert!(neighbour_grid(0, &[]).is_empty());
    }

    #[test]
    fn means_leave_out_what_is_not_defined() {
        let row = |map: f64| [map, 0.0, 0.0, 0.0, 0.0, f64::NAN];
        let values = vec![vec![row(0.5)], Vec::new(), vec![row(f64::NAN)], vec![row(1.0)]];
        let found = Sensitivity { ks: vec![3], own: 3, uses_graph: true, values };
        assert_eq!(found.mean(&[0, 1, 2, 3], Figure::Map), [Some(0.75)]);
        assert_eq!((found.of_query(1, Figure::Map), found.of_query(3, Figure::Hubness)), (vec![None], vec![None]));
    }
}
