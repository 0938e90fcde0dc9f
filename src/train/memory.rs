//! Whether a run's memory stays within its bound.

use super::{Experiment, RunData, TrainError};
use crate::dataset::Split;

/// Checks that no query to learn from has too many judged images for the loss.
///
/// # Errors
/// [`TrainError::Memory`].
pub(super) fn check_memory(data: &RunData, experiment: &Experiment) -> Result<(), TrainError> {
    if experiment.model.kind.network().is_none() {
        return Ok(());
    }
    let loss = experiment.training.loss;
    for (query, split) in data.splits.iter().enumerate() {
        let judged = data.judgements.of(query).iter().flatten().filter(|grade| grade.is_judged()).count();
        let needed = loss.dense_bytes(judged);
        if *split != Split::Test && needed > data.memory {
            let query = data.dataset.queries[query].id.to_string();
            return Err(TrainError::Memory { loss, judged, query, needed, bound: data.memory });
        }
    }
    Ok(())
}
