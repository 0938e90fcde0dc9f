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

/// The queue with some of its images once more, each at least `gap` images after its first time. Fewer than `count` where
/// the queue is too short for more.
#[must_use]
pub fn with_repeats(mut queue: Queue, count: usize, gap: usize, seed: u64) -> Queue {
    let gap = gap.max(1);
    let length = queue.items.len();
    let mut rng = Rng::new(seed);
    // A repeat that follows the last image may have its first time up to here.
    let mut first: Vec<usize> = (0..(length + 1).saturating_sub(gap)).collect();
    rng.shuffle(&mut first);
    first.truncate(count);
    // Where each repeat comes: before which of the images, or after the last.
    let mut repeats: Vec<(usize, usize)> = first
        .into_iter()
        .map(|first| {
            let earliest = first + gap;
            (earliest + rng.below(length + 1 - earliest), first)
        })
        .collect();
    repeats.sort_unstable();
    let originals = std::mem::take(&mut queue.items);
    let mut repeats = repeats.into_iter().peekable();
    for position in 0..=length {
        while let Some((_, first)) = repeats.next_if(|(at, _)| *at == position) {
            queue.items.push(Item { reason: Reason::Again, ..originals[first].clone() });
        }
        queue.items.extend(originals.get(position).cloned());
    }
    queue
}
