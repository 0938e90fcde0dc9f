//! How the measures of the open rankings moved as labels came in.

use crate::workspace::{Order, Session};

/// The most points; of more, every other one is dropped.
const MOST: usize = 2_000;

/// The measures after some labels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// Labels that had changed since the data set was opened.
    pub labels: usize,
    /// Mean average precision over the judged queries of each ranking there is, in the order of [`Order::USUAL`].
    pub map: [Option<f64>; 3],
}

/// The measures label by label, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    points: Vec<Move>,
    labels: usize,
}

impl Moves {
    /// Every point.
    pub fn points(&self) -> &[Move] {
        &self.points
    }

    /// Adds a point after `count` more labels.
    pub(super) fn add(&mut self, session: &Session, count: usize) {
        self.labels += count;
        let map = Order::USUAL.map(|order| session.mean_map(order));
        // Where only the rankings changed, the point moves with them.
        self.points.pop_if(|last| last.labels == self.labels);
        self.points.push(Move { labels: self.labels, map });
        if self.points.len() > MOST {
            let mut is_kept = false;
            self.points.retain(|_| {
                is_kept = !is_kept;
                is_kept
            });
        }
    }
}
