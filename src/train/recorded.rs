//! What stands in the record of a run.

use super::score::compare;
use super::{Experiment, Fingerprint, Outcome, RunData, RunRecord, RunSplit, RunState, Stop, TrainError};
use crate::base::{COMMIT, VERSION, host_name, unix_seconds};
use crate::dataset::{Split, single_files};

/// Records the data and settings of a run.
pub(super) fn fill_record(record: &mut RunRecord, data: &RunData, experiment: &Experiment, use_signals: &[usize]) {
    record.dataset = data.dataset.name.clone();
    record.dataset_path = std::path::absolute(&data.dataset.root).unwrap_or_else(|_| data.dataset.root.clone());
    record.vectors = data.vectors.name.clone();
    record.vector_sources = data.vector_names.clone();
    record.vector_files = single_files(&data.dataset, &record.vector_sources);
    record.recall_base = data.judgements.recall_base();
    record.labels = Some(data.judgements.source().clone());
    record.relevant_others = data.judgements.relevant_others();
    record.features = use_signals.iter().map(|&index| data.signals.infos[index].name.clone()).collect();
    record.experiment = experiment.clone();
    record.host = host_name();
}

/// Records what the run starts with.
pub(super) fn mark(record: &mut RunRecord, data: &RunData, experiment: &Experiment) -> Result<(), TrainError> {
    record.version = VERSION.to_owned();
    record.commit = COMMIT.map(str::to_owned);
    record.split = Some(RunSplit::of(data));
    record.fingerprint = Some(Fingerprint::of(data, experiment)?);
    Ok(())
}

/// Records how a run ended.
pub(super) fn finish_record(record: &mut RunRecord, data: &RunData, outcome: Option<&Outcome>, scores: &[Vec<f32>]) {
    record.state = RunState::Finished;
    record.ended = unix_seconds();
    if let Some(outcome) = outcome {
        record.best_epoch = outcome.best_epoch;
        record.state = match outcome.stopped {
            Stop::Finished => RunState::Finished,
            Stop::EarlyStopped => RunState::EarlyStopped,
            Stop::Interrupted => RunState::Interrupted,
        };
        let epochs = outcome.history.len().max(1) as f64;
        record.seconds_per_epoch = outcome.history.iter().map(|report| report.seconds).sum::<f64>() / epochs;
    }
    record.validation = compare(data, Split::Validation, scores);
    record.test = compare(data, Split::Test, scores);
}
