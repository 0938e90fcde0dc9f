//! Inputs of trials, shared by all that agree on signals, normalisation and graph.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::model::RankingInput;
use crate::train::{TrainData, TrainError};

type Inputs = Arc<TrainData>;
/// The inputs, or why they could not be made; everyone who waits for them gets the same answer.
type Slot = Arc<OnceLock<Result<Inputs, Arc<TrainError>>>>;

/// Keeps the most recently used inputs, up to a number of bytes; visual vectors equal to the first are stored once.
pub(super) struct InputCache {
    limit: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Most recently used last.
    entries: Vec<(String, Slot)>,
    vectors: Option<Inputs>,
}

impl InputCache {
    /// An empty cache of at most `limit` bytes, not counting shared visual vectors and what running trials use.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::new(State::default()) }
    }

    /// The inputs of a key, from `make` if they are not cached. Requests for inputs in the making wait for them.
    ///
    /// # Errors
    /// Those of `make`, which is called again next time.
    pub(super) fn get(
        &self,
        key: &str,
        make: impl FnOnce() -> Result<TrainData, TrainError>,
    ) -> Result<Inputs, Arc<TrainError>> {
        let slot = self.slot(key);
        let result = slot.get_or_init(|| Ok(self.share(make()?))).clone();
        let mut state = self.state();
        match &result {
            Ok(_) => self.shrink(&mut state),
            Err(_) => state.entries.retain(|(_, other)| !Arc::ptr_eq(other, &slot)),
        }
        result
    }

    fn slot(&self, key: &str) -> Slot {
        let mut state = self.state();
        let entry = match state.entries.iter().position(|(other, _)| other == key) {
            Some(at) => state.entries.remove(at),
            None => (key.to_owned(), Slot::default()),
        };
        let slot = entry.1.clone();
        state.entries.push(entry);
        slot
    }

    /// Replaces visual vectors by those of the first inputs where they are equal.
    fn share(&self, mut inputs: TrainData) -> Inputs {
        let first = self.state().vectors.clone();
        if let Some(first) = first.filter(|first| first.inputs.len() == inputs.inputs.len()) {
            inputs.share_vectors(&first);
            return Arc::new(inputs);
        }
        let inputs = Arc::new(inputs);
        self.state().vectors.get_or_insert_with(|| inputs.clone());
        inputs
    }

    /// Drops the least recently used inputs. Their own vectors count too, as whitened ones differ by fold. Inputs in
    /// the making do not count yet, and the last entry stays.
    fn shrink(&self, state: &mut State) {
        let first: Vec<_> = state.vectors.iter().flat_map(|first| &first.inputs).map(|first| &first.visual).collect();
        let visual = |at: usize, input: &RankingInput| match first.get(at) {
            Some(first) if first.shares(&input.visual) => 0,
            _ => input.visual.held_bytes(),
        };
        let size = |slot: &Slot| match slot.get() {
            Some(Ok(data)) => data.inputs.iter().enumerate().map(|(at, input)| bytes(input) + visual(at, input)).sum(),
            _ => 0usize,
        };
        let mut total: usize = state.entries.iter().map(|(_, slot)| size(slot)).sum();
        let mut dropped = 0;
        while total > self.limit && dropped + 1 < state.entries.len() {
            total -= size(&state.entries[dropped].1);
            dropped += 1;
        }
        state.entries.drain(..dropped);
    }

    /// A trial that panicked stops the study; until then the others may continue.
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes of one query's input, not counting its visual vectors.
fn bytes(input: &RankingInput) -> usize {
    let numbers = input.features.len() + input.graph.offsets.len() + 2 * input.graph.targets.len();
    4 * numbers + size_of_val(&input.relevance[..]) + size_of_val(&input.ids[..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Csr;
    use std::cell::Cell;

    fn inputs(features: usize) -> TrainData {
        let input = RankingInput {
            query: 0,
            n: features,
            features: vec![0.0; features],
            feature_count: 1,
            visual: vec![1.0; 4].into(),
            dim: 2,
            graph: Csr::default(),
            relevance: Vec::new(),
            others: Vec::new(),
            ids: Vec::new(),
        };
        TrainData { inputs: vec![input], ..TrainData::default() }
    }

    #[test]
    fn inputs_are_made_once_and_evicted_when_the_cache_is_full() {
        let cache = InputCache::new(1000);
        let made = Cell::new(0);
        let get = |key: &str| {
            let make = || {
                made.set(made.get() + 1);
                Ok(inputs(200))
            };
            cache.get(key, make).expect("made")
        };
        let (first, again, other) = (get("a"), get("a"), get("b"));
        assert_eq!(made.get(), 2);
        assert!(Arc::ptr_eq(&first, &again));
        let rows = |data: &TrainData| data.inputs[0].visual.load(2).expect("in memory");
        assert!(Arc::ptr_eq(&rows(&first), &rows(&other)), "vectors are stored once");
        get("b");
        assert_eq!(made.get(), 2, "the most recently used stays");
        get("a");
        assert_eq!(made.get(), 3, "two do not fit");
    }

    #[test]
    fn vectors_unlike_the_first_count_too() {
        let cache = InputCache::new(1000);
        let get = |key: &str, number: f32| {
            let make = || {
                let mut inputs = inputs(1);
                inputs.inputs[0].visual = vec![number; 400].into();
                Ok(inputs)
            };
            cache.get(key, make).expect("made")
        };
        get("first", 1.0);
        get("same", 1.0);
        assert_eq!(cache.state().entries.len(), 2, "shared vectors do not count");
        get("other", 2.0);
        assert_eq!(cache.state().entries.len(), 1, "1600 bytes of its own leave no room for others");
    }

    #[test]
    fn failures_are_retried() {
        let cache = InputCache::new(1000);
        assert!(cache.get("a", || Err(TrainError::Cancelled)).is_err_and(|error| error.is_cancelled()));
        assert!(cache.get("a", || Ok(inputs(1))).is_ok());
    }
}
