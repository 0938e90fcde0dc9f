//! Queues that ask for images as such: of a query, of rankings, at random, and again.

use std::collections::BTreeMap;

use super::{Item, Kind, Order, Queue, Reason, item};
use crate::base::Rng;
use crate::dataset::{Dataset, ImageId, QueryId};

/// A ranking of every query's candidates: for each query, their positions, best first.
pub type Ranking = Vec<Vec<usize>>;

/// All images of a query. A seed gives each query an order of its own.
pub fn of_query(dataset: &Dataset, query: usize, order: Order) -> Queue {
    let count = dataset.queries.get(query).map_or(0, |query| query.candidates.len());
    let mut items: Vec<Item> =
        (0..count).filter_map(|candidate| item(dataset, query, candidate, Reason::Member)).collect();
    if let Order::Shuffled(seed) = order {
        Rng::new(Rng::new(seed).next_u64() ^ query as u64).shuffle(&mut items);
        return Queue { kind: Kind::Query, seed: Some(seed), items };
    }
    Queue::arranged(Kind::Query, items, order)
}

/// The images within the first `depth` ranks of any ranking that `is_judged` does not say are judged (pooling: K. Sparck
/// Jones and C. van Rijsbergen, 1975). In retrieved order they are sorted by their best rank.
pub fn pool(
    dataset: &Dataset,
    rankings: &[Ranking],
    depth: usize,
    is_judged: &dyn Fn(&QueryId, &ImageId) -> bool,
    order: Order,
) -> Queue {
    let mut items = Vec::new();
    for query in 0..dataset.queries.len() {
        let mut found: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for ranking in rankings.iter().filter_map(|ranking| ranking.get(query)) {
            for (position, &candidate) in ranking.iter().take(depth).enumerate() {
                let (rank, count) = found.entry(candidate).or_insert((position + 1, 0));
                *rank = (*rank).min(position + 1);
                *count += 1;
            }
        }
        let mut found: Vec<(usize, (usize, usize))> = found.into_iter().collect();
        found.sort_by_key(|&(candidate, (rank, count))| (rank, std::cmp::Reverse(count), candidate));
        let pooled = found.into_iter().filter_map(|(candidate, (rank, rankings))| {
            item(dataset, query, candidate, Reason::Pooled { rank, rankings })
        });
        items.extend(pooled.filter(|item| !is_judged(&item.query, &item.image)));
    }
    Queue::arranged(Kind::Pool, items, order)
}

/// A random sample of what is judged, to judge again; all of it, shuffled, if that is less.
pub fn audit(judged: &[(QueryId, ImageId)], count: usize, seed: u64) -> Queue {
    let member = |(query, image): &(QueryId, ImageId)| Item {
        query: query.clone(),
        image: image.clone(),
        reason: Reason::Member,
    };
    let mut queue = Queue::arranged(Kind::Audit, judged.iter().map(member).collect(), Order::Shuffled(seed));
    queue.items.truncate(count);
    queue
}
