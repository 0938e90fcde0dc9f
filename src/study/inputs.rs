//! Inputs of trials, made once for all that agree on signals, normalisation and graph.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::model::RankingInput;
use crate::train::{TrainData, TrainError};

type Inputs = Arc<TrainData>;
/// What has been made, or why it could not be: all who wait for it are told the same.
type Slot = Arc<OnceLock<Result<Inputs, Arc<TrainError>>>>;

/// Keeps the inputs used last, up to a number of bytes; visual vectors that are the same as the first are kept once.
pub(super) struct InputCache {
    limit: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The one used last at the end.
    entries: Vec<(String, Slot)>,
    vectors: Option<Inputs>,
}

impl InputCache {
    /// An empty one that holds at most `limit` bytes besides the visual vectors and what running trials use.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::new(State::default()) }
    }

    /// The inputs of a key, by `make` where they are not here. Who asks for inputs that are being made waits for them.
    ///
    /// # Errors
    /// What `make` says; it is then asked anew the next time.
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

    /// The inputs with the visual vectors of those that came first, where they are equal.
    fn share(&self, mut inputs: TrainData) -> Inputs {
        let first = self.state().vectors.clone();
        if let Some(first) = first.filter(|first| first.inputs.len() == inputs.inputs.len()) {
            for (input, first) in inputs.inputs.iter_mut().zip(&first.inputs) {
                if input.visual == first.visual {
                    input.visual = first.visual.clone();
                }
            }
            return Arc::new(inputs);
        }
        let inputs = Arc::new(inputs);
        self.state().vectors.get_or_insert_with(|| inputs.clone());
        inputs
    }

    /// Lets go of what was not used for longest; vectors of its own count too, as learned ones differ by fold. What is
    /// being made counts nothing yet, and the last one stays.
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
        let mut gone = 0;
        while total > self.limit && gone + 1 < state.entries.len() {
            total -= size(&state.entries[gone].1);
            gone += 1;
        }
        state.entries.drain(..gone);
    }

    /// A trial that panicked ends the study; until then the others may go on.
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Memory of one query's input without its visual vectors.
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
            ids: Vec::new(),
        };
        TrainData { inputs: vec![input], ..TrainData::default() }
    }

    #[test]
    fn inputs_are_made_once_and_forgotten_when_room_is_short() {
        let cache = InputCache::new(1000);
        let made = Cell::new(0);
        let ask = |key: &str| {
            let make = || {
                made.set(made.get() + 1);
                Ok(inputs(200))
            };
            cache.get(key, make).expect("made")
        };
        let (first, again, other) = (ask("a"), ask("a"), ask("b"));
        assert_eq!(made.get(), 2);
        assert!(Arc::ptr_eq(&first, &again));
        let rows = |data: &TrainData| data.inputs[0].visual.load(2).expect("in memory");
        assert!(Arc::ptr_eq(&rows(&first), &rows(&other)), "vectors are kept once");
        ask("b");
        assert_eq!(made.get(), 2, "the one used last stays");
        ask("a");
        assert_eq!(made.get(), 3, "two do not fit");
    }

    #[test]
    fn vectors_that_are_not_those_of_the_first_count_too() {
        let cache = InputCache::new(1000);
        let ask = |key: &str, number: f32| {
            let make = || {
                let mut inputs = inputs(1);
                inputs.inputs[0].visual = vec![number; 400].into();
                Ok(inputs)
            };
            cache.get(key, make).expect("made")
        };
        ask("first", 1.0);
        ask("same", 1.0);
        assert_eq!(cache.state().entries.len(), 2, "shared vectors take no room");
        ask("other", 2.0);
        assert_eq!(cache.state().entries.len(), 1, "1600 bytes of its own do not fit beside anything");
    }

    #[test]
    fn what_failed_is_tried_again() {
        let cache = InputCache::new(1000);
        assert!(cache.get("a", || Err(TrainError::Cancelled)).is_err_and(|error| error.is_cancelled()));
        assert!(cache.get("a", || Ok(inputs(1))).is_ok());
    }
}
