//! Images that check the judge: among the others, and not told apart from them.

use std::collections::HashSet;

use super::{Item, Queue, Reason};
use crate::base::Rng;
use crate::dataset::{ImageId, QueryId};

/// The queue with some of its images once more, each at least `gap` images after its first time. Fewer than `count` where
/// the queue is too short for more.
#[must_use]
pub fn with_repeats(queue: Queue, count: usize, gap: usize, seed: u64) -> Queue {
    let gap = gap.max(1);
    let length = queue.items.len();
    let mut rng = Rng::new(seed);
    // A repeat that follows the last image may have its first time up to here.
    let mut first: Vec<usize> = (0..(length + 1).saturating_sub(gap)).collect();
    rng.shuffle(&mut first);
    first.truncate(count);
    let repeats = first.into_iter().map(|first| {
        let earliest = first + gap;
        let item = Item { reason: Reason::Again, ..queue.items[first].clone() };
        (earliest + rng.below(length + 1 - earliest), item)
    });
    let repeats = repeats.collect();
    inserted(queue, repeats)
}

/// The queue with up to `count` images of `known` grade that it lacks, at random positions.
#[must_use]
pub fn with_controls(queue: Queue, known: &[(QueryId, ImageId)], count: usize, seed: u64) -> Queue {
    let mut rng = Rng::new(seed);
    let here: HashSet<(&QueryId, &ImageId)> = queue.items.iter().map(|item| (&item.query, &item.image)).collect();
    let mut others: Vec<_> = known.iter().filter(|(query, image)| !here.contains(&(query, image))).collect();
    rng.shuffle(&mut others);
    others.truncate(count);
    let length = queue.items.len();
    let controls = others.into_iter().map(|(query, image)| {
        let item = Item { query: query.clone(), image: image.clone(), reason: Reason::Control };
        (rng.below(length + 1), item)
    });
    let controls = controls.collect();
    inserted(queue, controls)
}

/// The queue with more images, each before the image that had its position, or at the end.
fn inserted(mut queue: Queue, mut more: Vec<(usize, Item)>) -> Queue {
    more.sort_by_key(|(position, _)| *position);
    let originals = std::mem::take(&mut queue.items);
    let mut more = more.into_iter().peekable();
    for position in 0..=originals.len() {
        while let Some((_, item)) = more.next_if(|(at, _)| *at == position) {
            queue.items.push(item);
        }
        queue.items.extend(originals.get(position).cloned());
    }
    queue
}
