//! Calibrating the scores of rankings as a job.

use crate::dataset::{Judgements, Relevance, Split, TEXT_FEATURE};
use crate::eval::calibration::{Calibration, ScoredQuery, Uncalibrated};
use crate::jobs::{JobError, Worker};
use crate::signals;
use crate::train::{RunData, TrainError, Untrained, rank_untrained};
use crate::workspace::{Order, Session};
use std::collections::HashMap;
use std::sync::Arc;

/// Judged queries that are looked at; more would not make the curves much better.
pub const MOST_QUERIES: usize = 200;

/// Candidates of a query up to which rankings that cost their square are looked at.
const MOST_CANDIDATES: usize = 2_000;

/// Scores of queries, by the ranking.
pub(super) type KnownScores = HashMap<(usize, usize), Arc<Vec<f32>>>;

/// What is needed for calibrations.
pub(super) struct Ingredients {
    data: RunData,
    orders: Vec<Order>,
    /// The queries to learn from: judged, and not of the test split.
    queries: Vec<usize>,
    /// The network's scores of these.
    model: Option<Vec<Vec<f32>>>,
    known: Arc<KnownScores>,
}

/// What was found for each order.
pub(super) struct Calibrated {
    pub(super) found: Vec<(Order, Result<Calibration, Uncalibrated>)>,
    pub(super) scores: KnownScores,
}

impl Ingredients {
    pub(super) fn of(session: &Session, known: Arc<KnownScores>) -> Self {
        let data = session.data.clone();
        let splits = session.splits();
        let queries = learned_from(&data.judgements, splits);
        let of_model = |scores: &[Vec<f32>]| queries.iter().map(|&query| scores[query].clone()).collect();
        let model = session.model.as_ref().map(|model| of_model(&model.scores));
        // The current query's rankings may still be in the making.
        let exists = |order: &Order| match order {
            Order::Initial => true,
            Order::Text => session.has_text(),
            Order::Feedback | Order::Untrained => session.is_collection() && data.has_vectors(),
            Order::Model => session.model.is_some(),
        };
        let orders = session.orders().into_iter().filter(exists).collect();
        Self { data, orders, queries, model, known }
    }

    /// Calibrates the scores of every ranking.
    pub(super) fn calibrate(&self, worker: &Worker<(), Calibrated>) -> Result<Calibrated, JobError> {
        let mut scores = KnownScores::new();
        let mut found = Vec::new();
        let total = self.orders.len() * self.queries.len();
        for (number, &order) in self.orders.iter().enumerate() {
            let mut scored = Vec::with_capacity(self.queries.len());
            for at in 0..self.queries.len() {
                worker.stage("Looking where lists end", number * self.queries.len() + at, total)?;
                let Some(of_query) = self.scores(order, at) else { continue };
                scored.push(scored_query(&of_query, self.data.judgements.of(self.queries[at])));
                if order != Order::Model {
                    scores.insert((order as usize, self.queries[at]), of_query);
                }
            }
            found.push((order, Calibration::fit(&scored)));
        }
        Ok(Calibrated { found, scores })
    }

    /// The scores of a query's candidates in one of the rankings.
    fn scores(&self, order: Order, at: usize) -> Option<Arc<Vec<f32>>> {
        let query = self.queries[at];
        if let Some(known) = self.known.get(&(order as usize, query)).filter(|_| order != Order::Model) {
            return Some(known.clone());
        }
        let data = &self.data;
        let untrained = |by: Untrained| untrained_scores(data, by, query)?.ok();
        let scores = match order {
            Order::Initial => Some(signals::initial_order(&data.dataset, query)),
            Order::Text => Some(signals::text_only(&data.signals, query)),
            Order::Feedback => untrained(Untrained::Cm),
            Order::Untrained => untrained(Untrained::Prf),
            Order::Model => self.model.as_ref().map(|model| model[at].clone()),
        };
        scores.map(Arc::new)
    }
}

/// The queries to learn from: judged, and not of the test split. Of more than [`MOST_QUERIES`], so many spread evenly over
/// all. `splits`: of each query of the data set.
pub fn learned_from(judgements: &Judgements, splits: &[Split]) -> Vec<usize> {
    let is_learned_from = |&query: &usize| splits[query] != Split::Test && judgements.is_judged(query);
    let all: Vec<usize> = (0..splits.len()).filter(is_learned_from).collect();
    let count = all.len().min(MOST_QUERIES);
    (0..count).map(|at| all[at * all.len() / count]).collect()
}

/// A query's scores in a ranking without training; `None` if a ranking that costs the square of its candidates would take
/// too long for one of many queries.
pub(in crate::workspace) fn untrained_scores(
    data: &RunData,
    by: Untrained,
    query: usize,
) -> Option<Result<Vec<f32>, TrainError>> {
    let is_quick = !by.needs_vectors() || data.dataset.queries[query].candidates.len() <= MOST_CANDIDATES;
    // Without any word that matches, all texts are equal.
    let signal = data.signals.index(TEXT_FEATURE).unwrap_or(usize::MAX);
    is_quick.then(|| rank_untrained(data, by, signal, query))
}

/// A query's scores with what judges say of its candidates.
pub fn scored_query(scores: &[f32], grades: &[Option<Relevance>]) -> ScoredQuery {
    ScoredQuery {
        scores: scores.iter().map(|score| f64::from(*score)).collect(),
        is_relevant: grades.iter().map(|grade| grade.map(Relevance::is_relevant)).collect(),
    }
}
