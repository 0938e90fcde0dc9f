//! Splitting queries into train, validation and test.

use super::{Dataset, Split};
use crate::base::Rng;

/// The seed for splits the files do not give; window and command line share it.
pub const SPLIT_SEED: u64 = 13;

/// The share of the queries that goes to validation, and to test where the files name none.
const SHARE: f64 = 0.2;

/// The split of every query. Splits given by the files are used as they are. Queries without one are split at random,
/// 60 % train, 20 % validation, 20 % test; so are all queries where the files put them into a single split, which would
/// leave nothing to train or to test on. Where the files give train and test but no validation, a fifth of train
/// becomes validation. Deterministic for a seed.
pub fn assign_splits(dataset: &Dataset, seed: u64) -> Vec<Split> {
    let mut given: Vec<Option<Split>> = dataset.queries.iter().map(|query| query.split).collect();
    if given.iter().all(|split| *split == given[0]) {
        given.fill(None);
    }
    let mut rng = Rng::new(seed);
    let open = shuffled(&mut rng, (0..given.len()).filter(|&query| given[query].is_none()));
    let (validation, test) = shares(open.len());
    for (place, &query) in open.iter().enumerate() {
        given[query] = Some(match place {
            place if place < validation => Split::Validation,
            place if place < validation + test => Split::Test,
            _ => Split::Train,
        });
    }
    let mut splits: Vec<Split> = given.into_iter().map(|split| split.unwrap_or(Split::Train)).collect();
    if !splits.contains(&Split::Validation) {
        let train = shuffled(&mut rng, (0..splits.len()).filter(|&query| splits[query] == Split::Train));
        let (validation, _) = shares(train.len());
        for &query in &train[..validation] {
            splits[query] = Split::Validation;
        }
    }
    splits
}

fn shuffled(rng: &mut Rng, queries: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut queries: Vec<usize> = queries.collect();
    rng.shuffle(&mut queries);
    queries
}

/// The sizes of validation and test: at least one each, as long as one is left to train on.
fn shares(pool: usize) -> (usize, usize) {
    let fifth = ((pool as f64 * SHARE).round() as usize).max(1);
    match pool {
        0 | 1 => (0, 0),
        2 => (1, 0),
        _ => (fifth, fifth),
    }
}
