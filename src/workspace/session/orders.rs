//! Which rankings there are, and the scores behind them.

use crate::dataset::{Format, TEXT_FEATURE};
use crate::signals;
use crate::train::{Untrained, rank_untrained};
use crate::workspace::{Order, Ranking, Session};

/// Most candidates that are ranked within the frame without training.
const MOST_UNTRAINED: usize = 1_000;

impl Session {
    /// Whether it is a collection's, whose queries can be ranked without any judgement.
    pub fn is_collection(&self) -> bool {
        self.data.dataset.format == Format::COLLECTION
    }

    /// The rankings to show side by side: those that there can be, from the first without learning to the best.
    pub fn orders(&self) -> [Order; 3] {
        match (self.is_collection(), &self.model) {
            (false, _) => Order::USUAL,
            (true, None) => [Order::Initial, Order::Feedback, Order::Untrained],
            (true, Some(_)) => [Order::Initial, Order::Feedback, Order::Model],
        }
    }

    /// The scores of a query's candidates in a collection by a ranking that needs no judgement; `None` where there are no
    /// vectors, or too many candidates to rank within a frame.
    pub(super) fn untrained(&self, by: Untrained, query: usize) -> Option<Vec<f32>> {
        let count = self.data.dataset.queries.get(query)?.candidates.len();
        if !self.is_collection() || !self.data.has_vectors() || count > MOST_UNTRAINED {
            return None;
        }
        let signal = self.data.signals.index(TEXT_FEATURE)?;
        rank_untrained(&self.data, by, signal, query).ok()
    }

    /// The candidates of a query in one of the orders, best first, if there is one.
    pub(in crate::workspace) fn order_of(&self, order: Order, query: usize) -> Option<Vec<usize>> {
        let scores = match order {
            Order::Initial => signals::initial_order(&self.data.dataset, query),
            Order::Text => self.has_text().then(|| signals::text_only(&self.data.signals, query))?,
            Order::Feedback => self.untrained(Untrained::Cm, query)?,
            Order::Untrained => self.untrained(Untrained::Prf, query)?,
            Order::Model => self.model.as_ref()?.scores.get(query)?.clone(),
        };
        let count = self.data.dataset.queries.get(query)?.candidates.len();
        (scores.len() == count).then(|| Ranking::new(&self.data, query, scores).order)
    }

    /// The scores of every query's candidates in one of the orders, if there is one.
    pub(in crate::workspace) fn all_scores(&self, order: Order) -> Option<Vec<Vec<f32>>> {
        let queries = 0..self.data.dataset.queries.len();
        match order {
            Order::Initial => Some(queries.map(|query| signals::initial_order(&self.data.dataset, query)).collect()),
            Order::Text if !self.has_text() => None,
            Order::Text => Some(queries.map(|query| signals::text_only(&self.data.signals, query)).collect()),
            Order::Feedback => queries.map(|query| self.untrained(Untrained::Cm, query)).collect(),
            Order::Untrained => queries.map(|query| self.untrained(Untrained::Prf, query)).collect(),
            Order::Model => self.model.as_ref().map(|model| model.scores.clone()),
        }
    }
}
