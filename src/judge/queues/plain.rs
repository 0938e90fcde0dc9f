//! Queues that ask for images as such: of a query, of rankings, at random, and again.

use std::collections::BTreeMap;

use super::{Item, Kind, Order, Queue, Reason, item};
use crate::base::Rng;
use crate::dataset::{Dataset, ImageId, QueryId};

/// A ranking of every query's candidates: for each query, the positions of those that it ranks, best first.
pub type Ranking = Vec<Vec<usize>>;

/// The longest list of a query's images that is shuffled as a whole: nobody judges the whole of a longer one.
pub const WHOLE: usize = 200;

/// Images of a longer list that are shuffled together, half of them the best that are left.
const BLOCK: usize = 20;

/// All images of a query. A seed gives each query an order of its own.
///
/// More than 200 images come in blocks of 20: ten that come next by their best rank in `rankings`, and ten at random.
/// Without the first, few of a folder's photos would be relevant, and without the second, few would not.
pub fn of_query(dataset: &Dataset, query: usize, rankings: &[Ranking], order: Order) -> Queue {
    let count = dataset.queries.get(query).map_or(0, |query| query.candidates.len());
    let mut candidates: Vec<usize> = (0..count).collect();
    let seed = match order {
        Order::Shuffled(seed) => Some(seed),
        Order::Retrieved => None,
    };
    if let Some(seed) = seed {
        let mut rng = Rng::new(Rng::new(seed).next_u64() ^ query as u64);
        rng.shuffle(&mut candidates);
        if count > WHOLE {
            let of_query: Vec<&[usize]> = rankings.iter().filter_map(|all| Some(all.get(query)?.as_slice())).collect();
            candidates = in_blocks(candidates, &of_query, &mut rng);
        }
    }
    let items = candidates.into_iter().filter_map(|candidate| item(dataset, query, candidate, Reason::Member));
    Queue { kind: Kind::Query, seed, items: items.collect() }
}

/// Candidates in blocks: half of each are those that come next by their best rank, the others as they come.
fn in_blocks(shuffled: Vec<usize>, rankings: &[&[usize]], rng: &mut Rng) -> Vec<usize> {
    let mut best = vec![usize::MAX; shuffled.len()];
    for ranking in rankings {
        for (rank, &candidate) in ranking.iter().enumerate() {
            if let Some(best) = best.get_mut(candidate) {
                *best = (*best).min(rank);
            }
        }
    }
    let mut ranked: Vec<usize> = shuffled.iter().copied().filter(|&candidate| best[candidate] < usize::MAX).collect();
    ranked.sort_by_key(|&candidate| best[candidate]);
    let mut is_placed = vec![false; shuffled.len()];
    let (mut next, mut others) = (ranked.into_iter(), shuffled.iter().copied());
    let mut placed = Vec::with_capacity(shuffled.len());
    while placed.len() < shuffled.len() {
        let start = placed.len();
        let mut place = |candidate: &usize| !std::mem::replace(&mut is_placed[*candidate], true);
        placed.extend(next.by_ref().filter(&mut place).take(BLOCK / 2));
        let half = placed.len() - start;
        placed.extend(others.by_ref().filter(&mut place).take(BLOCK - half));
        rng.shuffle(&mut placed[start..]);
    }
    placed
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
