//! One ranking of one query's candidates.

use crate::dataset::{Dataset, Relevance};
use crate::eval::{self, STANDARD};

/// Which of the three rankings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The search engine's.
    Initial,
    /// By the text signal alone.
    Text,
    /// By the network.
    Model,
}

impl Order {
    /// All three, left to right.
    pub const ALL: [Order; 3] = [Order::Initial, Order::Text, Order::Model];

    /// For headings.
    pub fn name(self) -> &'static str {
        match self {
            Order::Initial => "Initial order",
            Order::Text => "Text only",
            Order::Model => "Graph network",
        }
    }
}

/// One ranking of one query's candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// Each candidate's score.
    pub scores: Vec<f32>,
    /// Candidates, best first.
    pub order: Vec<usize>,
    /// Each candidate's place, from 0.
    pub place: Vec<usize>,
    /// Figures in the order of [`STANDARD`].
    pub measures: Vec<f64>,
}

impl Ranking {
    /// Ranks a query's candidates by `scores`, in trec_eval's order.
    pub fn new(dataset: &Dataset, query: usize, scores: Vec<f32>) -> Self {
        let candidates = &dataset.queries[query].candidates;
        let ids: Vec<&str> = candidates.iter().map(|candidate| dataset.images[candidate.image].id.as_str()).collect();
        let order = eval::order(&scores, &ids);
        let mut place = vec![0; order.len()];
        for (rank, &candidate) in order.iter().enumerate() {
            place[candidate] = rank;
        }
        let ranked: Vec<Option<Relevance>> = order.iter().map(|&candidate| candidates[candidate].relevance).collect();
        let judged: Vec<Relevance> = candidates.iter().filter_map(|candidate| candidate.relevance).collect();
        let measures = STANDARD.iter().map(|&measure| eval::measure_query(measure, &ranked, &judged)).collect();
        Self { scores, order, place, measures }
    }

    /// A candidate's score between 0 (the query's lowest) and 1 (its highest).
    pub fn share(&self, candidate: usize) -> f32 {
        let (low, high) = self
            .scores
            .iter()
            .filter(|score| score.is_finite())
            .fold((f32::MAX, f32::MIN), |(low, high), &score| (low.min(score), high.max(score)));
        if high > low { ((self.scores[candidate] - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 }
    }
}
