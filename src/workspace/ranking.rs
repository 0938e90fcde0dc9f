//! One ranking of one query's candidates.

use crate::base::{named, range};
use crate::eval::{self, Measures, Ranked, STANDARD};
use crate::train::RunData;

/// Which ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The search engine's.
    Initial,
    /// By the text signal alone.
    Text,
    /// By cross-modal feedback, which needs no judgement.
    Feedback,
    /// By DCMM-PRF with default weights, which needs no judgement.
    Untrained,
    /// By the network.
    Model,
}

named!(Order, "ranking": Initial = "Initial order", Text = "Text only", Feedback = "Feedback",
    Untrained = "Untrained", Model = "Graph network");

impl Order {
    /// Those of a data set.
    pub const USUAL: [Order; 3] = [Order::Initial, Order::Text, Order::Model];
}

/// One ranking of one query's candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// Each candidate's score.
    pub scores: Vec<f32>,
    /// Candidates, best first.
    pub order: Vec<usize>,
    /// Each candidate's rank, from 0.
    pub ranks: Vec<usize>,
    /// [`STANDARD`] of it.
    pub measures: Measures,
}

impl Ranking {
    /// Ranks a query's candidates by `scores`, in trec_eval's order.
    pub fn new(data: &RunData, query: usize, scores: Vec<f32>) -> Self {
        let judged = (&*data.dataset, &data.judgements);
        let Ranked { order, values } = eval::rank_candidates(judged, query, &scores, &STANDARD, 0);
        let mut ranks = vec![0; order.len()];
        for (rank, &candidate) in order.iter().enumerate() {
            ranks[candidate] = rank;
        }
        Self { scores, order, ranks, measures: Measures::new(&STANDARD, values) }
    }

    /// The same ranking, measured again by the judgements of now: in proportion to its length.
    pub(super) fn measured_again(&self, data: &RunData, query: usize) -> Self {
        let values = eval::measure_order((&*data.dataset, &data.judgements), query, &self.order, &STANDARD, 0);
        Self { measures: Measures::new(&STANDARD, values), ..self.clone() }
    }

    /// Each candidate's score between 0 (the query's lowest) and 1 (its highest).
    pub fn shares(&self) -> impl Iterator<Item = f32> {
        let (low, high) = range(self.scores.iter().copied()).unwrap_or_default();
        let share = move |score: f32| if high > low { ((score - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
        self.scores.iter().map(move |&score| share(score))
    }
}

/// [`STANDARD`] of one query under one ranking; zeros where it is not judged.
pub(super) fn measured(data: &RunData, query: usize, scores: &[f32]) -> Measures {
    let grades = data.judgements.of(query);
    if !data.judgements.is_judged(query) || scores.len() != grades.len() {
        return Measures::new(&STANDARD, [0.0; STANDARD.len()]);
    }
    let judged = (&*data.dataset, &data.judgements);
    Measures::new(&STANDARD, eval::rank_candidates(judged, query, scores, &STANDARD, 0).values)
}
