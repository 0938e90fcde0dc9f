//! A whole run: preparing the data, training, measuring, and saving it all in a folder.

use super::choose::choose;
use super::fingerprint::VISUAL_VECTORS;
use super::inputs::{prepare, prepare_with, ranked_queries, with_candidates};
use super::kept::EpochKeeper;
use super::memory::check_memory;
use super::query_measures::QueryMeasures;
use super::recorded::{fill_record, finish_record, mark};
use super::run_folder::{RunFolder, RunRecord, RunState, START, read_run_record, read_whitening};
use super::run_writer::{RunWriter, Saved, Trained};
use super::score::{Ranked, rank, rankings};
use super::{
    EpochReport, Experiment, Fingerprint, Resumption, RunData, RunObserver, TrainConfig, TrainData, TrainError,
    WarmStart,
};
use crate::base::Lock;
use crate::dataset::Split;
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

/// Chooses the settings that the experiment leaves open ([`Experiment::choose`]), trains on the train queries, chooses
/// the epoch on the validation queries, and reports validation and test queries. Kinds without a network
/// ([`crate::model::ModelKind::network`]) only score.
///
/// With `folder` the run is saved there as it progresses; the folder is locked meanwhile.
///
/// # Errors
/// An unknown signal, nothing to train on, a folder that cannot be written or that another process is working in,
/// divergence, or [`TrainError::Cancelled`] if
/// the observer asked to stop before the first epoch finished.
pub fn run(
    data: &RunData,
    experiment: &Experiment,
    record: RunRecord,
    folder: Option<&Path>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, TrainError> {
    run_from(data, experiment, record, (folder, None), observer)
}

/// [`run`], from the weights of an earlier run instead of new ones.
///
/// # Errors
/// Those of [`run`], and [`TrainError::WarmStart`] if the weights do not fit.
pub fn run_from(
    data: &RunData,
    experiment: &Experiment,
    record: RunRecord,
    (folder, start): (Option<&Path>, Option<&WarmStart>),
    observer: &mut dyn RunObserver,
) -> Result<RunResult, TrainError> {
    let lock = folder.map(|folder| lock(folder, observer)).transpose()?;
    let chosen = choose(data, experiment, observer)?;
    let inputs = prepare_run(data, &chosen.experiment, observer)?;
    let record = RunRecord { chosen: chosen.settings, ..record };
    let target = Target { lock: lock.as_ref(), beginning: Beginning::New(start), keeps: Some(0) };
    work(data, &inputs, &chosen.experiment, record, target, observer)
}

/// Locks a run's folder.
fn lock(folder: &Path, observer: &mut dyn RunObserver) -> Result<Lock, TrainError> {
    let (lock, before) = Lock::acquire(folder)?;
    if let Some(owner) = before {
        observer.notice(&format!("taken over from {owner}, which is gone: {}", folder.display()));
    }
    Ok(lock)
}

/// The part of [`run`] after settings are chosen ([`super::choose()`]): selects and normalises signals, whitens vectors,
/// builds graphs.
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

/// The last part of [`run`], on `inputs` that [`prepare_run`] made for an experiment with the same
/// [`Experiment::input_key`]; `inputs.split` must be that of `data`. With `lock` the run is saved in the locked folder, but
/// without its epochs ([`super::KeptEpochs`]): a study has many runs.
///
/// # Errors
/// Those of [`run`].
pub fn run_prepared(
    data: &RunData,
    inputs: &TrainData,
    experiment: &Experiment,
    record: RunRecord,
    lock: Option<&Lock>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, TrainError> {
    work(data, inputs, experiment, record, Target { lock, beginning: Beginning::New(None), keeps: None }, observer)
}

/// How a run is continued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Continuation {
    /// A higher number of epochs, with which even a finished run can be continued.
    pub epochs: Option<usize>,
    /// Whether to go on with data that have changed since. The record then says what changed, and after which epoch.
    pub adopt: bool,
}

/// Continues a run that was stopped or interrupted, from its last epoch, bit-identically to an uninterrupted one. The
/// queries are split as they were, however `data` splits them.
///
/// # Errors
/// As [`run`], or if there is nothing to continue from, the run has finished, or the data differ.
pub fn resume(
    data: &RunData,
    folder: &Path,
    Continuation { epochs, adopt }: Continuation,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, TrainError> {
    // Only what is a run is locked; what another process wrote last is read once it no longer does.
    read_run_record(folder)?;
    let lock = lock(folder, observer)?;
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
    let data = &split_as(data, &record);
    let changed = changes(data, &record)?;
    if !adopt {
        check_same(data, &record, &changed, folder)?;
    }
    record.experiment.training.epochs = epochs;
    record.state = RunState::Running;
    // One curve, one convention.
    let data = &data.with_recall_base(record.recall_base);
    let experiment = record.as_run();
    let inputs = prepare_run(data, &experiment, observer)?;
    if !changed.is_empty() {
        record.fingerprint = Some(Fingerprint::of(data, &experiment)?);
    }
    // Epochs on other data are no longer comparable.
    let keeps = Some(if changed.is_empty() { saved.all_epochs() } else { 0 });
    record.resumptions.push(Resumption::now(saved.all_epochs(), changed));
    let target = Target { lock: Some(&lock), beginning: Beginning::Saved(Box::new(saved)), keeps };
    work(data, &inputs, &experiment, record, target, observer)
}

/// The data with the queries split as in a run, as far as its record says.
pub(super) fn split_as(data: &RunData, record: &RunRecord) -> RunData {
    record.split.as_ref().map_or_else(|| data.clone(), |split| split.apply(data))
}

/// What has changed in the data since a run: `judgements`, `visual vectors`, …; nothing for a run of version 0.1.0,
/// which did not record it.
///
/// # Errors
/// If the data lack a signal of the run.
pub fn changes(data: &RunData, record: &RunRecord) -> Result<Vec<String>, TrainError> {
    let Some(then) = &record.fingerprint else { return Ok(Vec::new()) };
    let experiment = record.as_run();
    let now = Fingerprint::of(data, &experiment)?;
    Ok(then.differences(&now).into_iter().map(str::to_owned).collect())
}

/// Checks that the data are those of a run: by contents, or by name if the run did not record them.
fn check_same(data: &RunData, record: &RunRecord, changed: &[String], folder: &Path) -> Result<(), TrainError> {
    let by_name = record.fingerprint.is_none();
    let has_other_vectors = changed.iter().any(|what| what == VISUAL_VECTORS);
    let mut names = Vec::new();
    if by_name {
        names.push(("data set is", &record.dataset, &data.dataset.name));
    }
    if has_other_vectors || by_name && record.experiment.needs_vectors() {
        names.push(("visual vectors are", &record.vectors, &data.vectors.name));
    }
    if let Some((what, then, now)) = names.into_iter().find(|(_, then, now)| then != now) {
        return Err(TrainError::OtherData { what, then: then.clone(), now: now.clone(), path: folder.to_owned() });
    }
    match changed {
        [] => Ok(()),
        changed => Err(TrainError::Changed { what: changed.join(", "), path: folder.to_owned() }),
    }
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
    let experiment = record.as_run();
    let use_signals = experiment.signal_indices(&data.signals)?;
    let whitening = experiment.whitens().then(|| read_whitening(folder)).transpose()?.map(Arc::new);
    let step = &mut |done, total| observer.step("Building graphs", done, total);
    let inputs = prepare_with(data, &use_signals, &experiment, whitening, &with_candidates(data), step)?;
    let model = match experiment.model.kind.network() {
        Some(_) => Some(Network::load(&folder.join("model.safetensors"))?.0),
        None => None,
    };
    Ok(rank(data, &experiment, &inputs, model.as_ref(), record.feedback)?.scores)
}

/// What a run begins with.
enum Beginning<'a> {
    /// New weights, or those of an earlier run.
    New(Option<&'a WarmStart>),
    /// Its own state, from which it continues.
    Saved(Box<Saved>),
}

/// Where a run is saved, and what it begins with.
struct Target<'a> {
    /// The lock on its folder.
    lock: Option<&'a Lock>,
    beginning: Beginning<'a>,
    /// Of how many epochs those kept before stay; none are kept without it.
    keeps: Option<usize>,
}

fn work(
    data: &RunData,
    inputs: &TrainData,
    experiment: &Experiment,
    mut record: RunRecord,
    Target { lock, beginning, keeps }: Target<'_>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, TrainError> {
    let use_signals = experiment.signal_indices(&data.signals)?;
    let config = experiment.model_config(use_signals.len(), data.vectors.dim, inputs.whitening.as_deref());
    let is_new = matches!(beginning, Beginning::New(_));
    // The request is recorded unchanged; the signals' names are recorded separately.
    let requested = if is_new { experiment.clone() } else { record.experiment.clone() };
    fill_record(&mut record, data, &requested, &use_signals);
    if is_new {
        mark(&mut record, data, experiment)?;
    }
    let (start, saved) = match beginning {
        Beginning::Saved(saved) => (None, *saved),
        Beginning::New(None) => (None, Saved::default()),
        Beginning::New(Some(start)) => {
            record.parent = Some(start.parent().clone());
            (Some(start), Saved::starting_from(&start.weights(config.as_ref(), &record.features)?))
        }
    };
    record.parameters = config.as_ref().map_or(0, NetworkConfig::parameter_count);
    let chooses = config.is_some() || experiment.model.kind.uses_feedback();
    let is_scaled = chooses && experiment.training.stop_on.needs_highest_grade();
    record.highest_grade = is_scaled.then(|| inputs.highest_grade().max(1));
    let folder = lock.map(|lock| match is_new {
        true => RunFolder::create(lock.folder(), &record),
        false => RunFolder::resume(lock.folder(), &record, &saved.history()),
    });
    let folder = folder.transpose()?;
    if let (Some(folder), Some(start)) = (&folder, start) {
        start.save(&folder.path().join(START))?;
    }
    if let (Some(folder), Some(whitening)) = (&folder, &inputs.whitening) {
        folder.whitening(whitening)?;
    }
    let trained = match config {
        Some(config) => {
            let keeper = folder
                .as_ref()
                .zip(keeps)
                .and_then(|(folder, done)| EpochKeeper::new(folder.path(), &config, ranked_queries(data), done));
            let writer = RunWriter::new(observer, folder.as_ref().zip(lock), inputs, keeper);
            Some(learn(writer, &config, &experiment.training, saved, folder.as_ref())?)
        }
        None => None,
    };
    let outcome = trained.as_ref().map(|trained| &trained.outcome);
    // What is chosen or measured on validation queries comes from the network that had not seen them.
    let chosen = trained.as_ref().and_then(|trained| trained.chosen.as_ref());
    let before = chosen.map(|chosen| rank(data, experiment, inputs, Some(chosen), None)).transpose()?;
    let feedback = before.as_ref().and_then(|before| before.feedback);
    let ranked = rank(data, experiment, inputs, outcome.map(|outcome| &outcome.model), feedback)?;
    record.feedback = ranked.feedback;
    let mut measured = ranked.scores.clone();
    if let Some(Ranked { scores: before, .. }) = &before {
        let validation = (0..measured.len()).filter(|&query| data.splits[query] == Split::Validation);
        validation.for_each(|query| measured[query].clone_from(&before[query]));
        record.retrained = outcome.map(|outcome| outcome.best_epoch);
    }
    finish_record(&mut record, data, outcome, &measured);
    if let Some((folder, lock)) = folder.as_ref().zip(lock) {
        lock.check()?;
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
            let is_lost = matches!(failed, Some(TrainError::Lock(_)));
            if let Some(folder) = folder.filter(|_| epochs == 0 && !is_lost) {
                folder.discard();
            }
            Err(failed.or(result.err()).unwrap_or(TrainError::Cancelled))
        }
    }
}
