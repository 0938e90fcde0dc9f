//! Which rankings there are, and the scores behind them.

use crate::dataset::Format;
use crate::signals;
use crate::workspace::{Order, Ranking, Session};

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

    /// A ranking of a query's candidates in a collection that needs no judgement, once it was computed.
    fn untrained(&self, order: Order, query: usize) -> Option<&Ranking> {
        let [feedback, untrained] = self.untrained.get(&query)?;
        Some(if order == Order::Feedback { feedback } else { untrained })
    }

    /// The candidates of a query in one of the orders, best first, if there is one.
    pub(in crate::workspace) fn order_of(&self, order: Order, query: usize) -> Option<Vec<usize>> {
        let scores = match order {
            Order::Initial => signals::initial_order(&self.data.dataset, query),
            Order::Text => self.has_text().then(|| signals::text_only(&self.data.signals, query))?,
            Order::Feedback | Order::Untrained => return Some(self.untrained(order, query)?.order.clone()),
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
            Order::Feedback | Order::Untrained => {
                queries.map(|query| Some(self.untrained(order, query)?.scores.clone())).collect()
            }
            Order::Model => self.model.as_ref().map(|model| model.scores.clone()),
        }
    }
}
