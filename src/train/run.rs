//! A whole run: preparing the data, training, measuring, and saving it all in a folder.

use super::inputs::{prepare, prepare_with};
use super::query_measures::QueryMeasures;
use super::run_folder::{RunFolder, RunRecord, RunState, read_run_record, read_whitening};
use super::run_writer::{RunWriter, Saved, Trained};
use super::score::{compare, rank, rankings};
use super::{EpochReport, Experiment, Outcome, RunData, RunObserver, Stop, TrainConfig, TrainData, TrainError};
use crate::dataset::{Split, single_files};
use crate::model::{Network, NetworkConfig};
use std::path::Path;
use std::sync::Arc;

/// The result of a run.
pub struct RunResult {
    /// Configuration and measures.
    pub record: RunRecord,
    /// Every epoch; none if nothing is learned.
    pub history: Vec<EpochReport>,
    /// The network with its best weights, if one was trained.
    pub model: Option<Network>,
    /// For each query of the data set, its candidates' scores (empty without candidates).
    pub scores: Vec<Vec<f32>>,
}

/// Trains on the train queries, chooses the epoch on the validation queries, and reports validation and test queries.
/// Kinds without a network ([`crate::model::ModelKind::network`]) only score.
///
/// With `folder` the run is saved there as it progresses.
///
/// # Errors
/// An unknown signal, nothing to train on, a folder that cannot be written, divergence, or [`TrainError::Cancelled`] if
/// the observer asked to stop before the first epoch finished.
pub fn run(
    data: &RunData,
    experiment: &Experiment,
    record: RunRecord,
    folder: Option<&Path>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, TrainError> {
    let inputs = prepare_run(data, experiment, observer)?;
    run_prepared(data, &inputs, experiment, record, folder, observer)
}

/// The first half of [`run`]: selects and normalises signals, whitens vectors, builds graphs.
///
/// # Errors
/// A setting out of range, an unknown signal or none, a query too large for the loss, a whitening that cannot be learned,
/// or [`TrainError::Cancelled`].
pub fn prepare_run(
    data: &RunData,
    experiment: &Experiment,
    observer: &mut dyn RunObserver,
) -> Result<TrainData, TrainError> {
    experiment.check()?;
    check_memory(data, experiment)?;
    let use_signals = experiment.signal_indices(&data.signals)?;
    let step = &mut |done, total| observer.step("Building graphs", done, total);
    prepare(data, &use_signals, experiment, step)
}

/// Checks that no query to learn from has too many judged images for the loss.
fn check_memory(data: &RunData, experiment: &Experiment) -> Result<(), TrainError> {
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

/// The second half of [`run`], on `inputs` that [`prepare_run`] made for an experiment with the same
/// [`Experiment::input_key`]; `inputs.split` must be that of `data`.
///
/// # Errors
/// Those of [`run`].
pub fn run_prepared(
    data: &RunData,
    inputs: &TrainData,
    experiment: &Experiment,
    record: RunRecord,
    folder: Option<&Path>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, TrainError> {
    work(data, inputs, experiment, record, (folder, None), observer)
}

/// Continues a run that was stopped or interrupted, from its last epoch, bit-identically to an uninterrupted one;
/// `epochs` may raise the number of epochs, with which even a finished run can be continued.
///
/// # Errors
/// As [`run`], or if there is nothing to continue from, the run has finished, or the data differ.
pub fn resume(
    data: &RunData,
    folder: &Path,
    epochs: Option<usize>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, TrainError> {
    let mut record = read_run_record(folder)?;
    let saved = Saved::read(folder)?;
    let before = record.experiment.training.epochs;
    let epochs = epochs.unwrap_or(before);
    if epochs < saved.epochs() {
        return Err(TrainError::EpochsDone { epochs: saved.epochs(), path: folder.to_owned() });
    }
    if matches!(record.state, RunState::Finished | RunState::EarlyStopped) && epochs == before {
        let how =
            if record.state == RunState::Finished { "with a higher number of epochs" } else { "with more patience" };
        return Err(TrainError::Ended { how, path: folder.to_owned() });
    }
    let mut facts = vec![("data set is", &record.dataset, &data.dataset.name)];
    // Without a graph, vectors have no effect.
    if record.experiment.model.kind.needs_vectors() {
        facts.push(("visual vectors are", &record.vectors, &data.vectors.name));
    }
    if let Some((what, then, now)) = facts.into_iter().find(|(_, then, now)| then != now) {
        return Err(TrainError::OtherData { what, then: then.clone(), now: now.clone(), path: folder.to_owned() });
    }
    record.experiment.training.epochs = epochs;
    record.state = RunState::Running;
    let experiment = Experiment { features: Some(record.features.clone()), ..record.experiment.clone() };
    let inputs = prepare_run(data, &experiment, observer)?;
    work(data, &inputs, &experiment, record, (Some(folder), Some(saved)), observer)
}

/// Recomputes a saved run's scores of every query.
///
/// # Errors
/// Weights that cannot be read or do not match the data, a missing signal, or [`TrainError::Cancelled`].
pub fn score_again(
    data: &RunData,
    folder: &Path,
    record: &RunRecord,
    observer: &mut dyn RunObserver,
) -> Result<Vec<Vec<f32>>, TrainError> {
    let experiment = Experiment { features: Some(record.features.clone()), ..record.experiment.clone() };
    let use_signals = experiment.signal_indices(&data.signals)?;
    let whitening = experiment.whitens().then(|| read_whitening(folder)).transpose()?.map(Arc::new);
    let step = &mut |done, total| observer.step("Building graphs", done, total);
    let inputs = prepare_with(data, &use_signals, &experiment, whitening, step)?;
    let model = match experiment.model.kind.network() {
        Some(_) => Some(Network::load(&folder.join("model.safetensors"))?.0),
        None => None,
    };
    Ok(rank(data, &experiment, &inputs, model.as_ref(), record.feedback)?.scores)
}

/// Where a run is saved, and its state if it continues.
type Target<'a> = (Option<&'a Path>, Option<Saved>);

fn work(
    data: &RunData,
    inputs: &TrainData,
    experiment: &Experiment,
    mut record: RunRecord,
    (folder, saved): Target<'_>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, TrainError> {
    let use_signals = experiment.signal_indices(&data.signals)?;
    let config = experiment.model_config(use_signals.len(), data.vectors.dim, inputs.whitening.as_deref());
    // The request is recorded unchanged; the signals' names are recorded separately.
    let requested = saved.as_ref().map_or_else(|| experiment.clone(), |_| record.experiment.clone());
    fill_record(&mut record, data, &requested, &use_signals);
    record.parameters = config.as_ref().map_or(0, NetworkConfig::parameter_count);
    let chooses = config.is_some() || experiment.model.kind.uses_feedback();
    let is_scaled = chooses && experiment.training.stop_on.needs_highest_grade();
    record.highest_grade = is_scaled.then(|| inputs.highest_grade().max(1));
    let folder = match &saved {
        None => folder.map(|path| RunFolder::create(path, &record)),
        Some(saved) => folder.map(|path| RunFolder::resume(path, &record, &saved.history())),
    };
    let folder = folder.transpose()?;
    if let (Some(folder), Some(whitening)) = (&folder, &inputs.whitening) {
        folder.whitening(whitening)?;
    }
    let trained = match config {
        Some(config) => {
            let writer = RunWriter::new(observer, folder.as_ref(), inputs);
            Some(learn(writer, &config, &experiment.training, saved.unwrap_or_default(), folder.as_ref())?)
        }
        None => None,
    };
    let outcome = trained.as_ref().map(|trained| &trained.outcome);
    let ranked = rank(data, experiment, inputs, outcome.map(|outcome| &outcome.model), None)?;
    record.feedback = ranked.feedback;
    // Measures on validation queries come from the network that had not seen them.
    let mut measured = ranked.scores.clone();
    if let Some(chosen) = trained.as_ref().and_then(|trained| trained.chosen.as_ref()) {
        let before = rank(data, experiment, inputs, Some(chosen), record.feedback)?.scores;
        let validation = (0..measured.len()).filter(|&query| data.splits[query] == Split::Validation);
        validation.for_each(|query| measured[query].clone_from(&before[query]));
        record.retrained = outcome.map(|outcome| outcome.best_epoch);
    }
    finish_record(&mut record, data, outcome, &measured);
    if let Some(folder) = &folder {
        if let Some(outcome) = outcome {
            folder.checkpoint(&outcome.model)?;
        }
        folder.rankings(&rankings(&data.dataset, &ranked.scores), &record.name)?;
        QueryMeasures::of(data, &measured).write(folder.path())?;
        folder.write(&record)?;
    }
    let outcome = trained.map(|trained| trained.outcome);
    let (history, model) = outcome.map_or((Vec::new(), None), |outcome| (outcome.history, Some(outcome.model)));
    Ok(RunResult { record, history, model, scores: ranked.scores })
}

/// The trainings of a run, each epoch saved in its folder.
fn learn(
    mut writer: RunWriter<'_>,
    config: &NetworkConfig,
    training: &TrainConfig,
    saved: Saved,
    folder: Option<&RunFolder>,
) -> Result<Trained, TrainError> {
    let trained = writer.train(config, training, saved);
    let (failed, epochs) = (writer.failed.take(), writer.epochs);
    match trained {
        Ok(trained) if epochs > 0 => failed.map_or(Ok(trained), Err),
        result => {
            // A run without a single epoch is discarded; one that failed later keeps what it has.
            if let Some(folder) = folder.filter(|_| epochs == 0) {
                folder.discard();
            }
            Err(failed.or(result.err()).unwrap_or(TrainError::Cancelled))
        }
    }
}

fn fill_record(record: &mut RunRecord, data: &RunData, experiment: &Experiment, use_signals: &[usize]) {
    record.dataset = data.dataset.name.clone();
    record.dataset_path = std::path::absolute(&data.dataset.root).unwrap_or_else(|_| data.dataset.root.clone());
    record.vectors = data.vectors.name.clone();
    record.vector_sources = data.vector_names.clone();
    record.vector_files = single_files(&data.dataset, &record.vector_sources);
    record.features = use_signals.iter().map(|&index| data.signals.infos[index].name.clone()).collect();
    record.experiment = experiment.clone();
    record.version = env!("CARGO_PKG_VERSION").to_owned();
}

fn finish_record(record: &mut RunRecord, data: &RunData, outcome: Option<&Outcome>, scores: &[Vec<f32>]) {
    record.state = RunState::Finished;
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
