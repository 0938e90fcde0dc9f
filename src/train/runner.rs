//! One whole run: data made ready, training, figures, and the folder that keeps it all.

use super::experiment::{Comparison, Experiment, mean_measures, prepare};
use super::figures::QueryFigures;
use super::folder::{RunFolder, RunRecord, RunState, read_run_record};
use super::keeper::{Keeper, Saved, Trained};
use super::{EpochReport, Outcome, Stop, TrainData};
use crate::dataset::{Dataset, Run, Split, VectorTable};
use crate::model::{Dcmm, ModelKind, RankingInput};
use crate::signals::{self, Signals};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

/// What a run works on.
#[derive(Clone, Copy)]
pub struct RunData<'a> {
    /// The data set.
    pub dataset: &'a Dataset,
    /// Its signals.
    pub signals: &'a Signals,
    /// The visual vectors to use.
    pub vectors: &'a VectorTable,
    /// For each query, its part.
    pub splits: &'a [Split],
}

/// Told how a run goes, and asked whether it should.
pub trait RunObserver {
    /// Some steps of a stage are done.
    fn step(&mut self, stage: &str, done: usize, total: usize) -> ControlFlow<()>;

    /// An epoch has ended; `model` holds its weights.
    fn epoch(&mut self, report: &EpochReport, model: &Dcmm, inputs: &[RankingInput]) -> ControlFlow<()>;
}

/// What came of a run.
pub struct RunResult {
    /// Configuration and figures.
    pub record: RunRecord,
    /// Every epoch.
    pub history: Vec<EpochReport>,
    /// The network with its best weights.
    pub model: Dcmm,
    /// For each query of the data set, its candidates' scores (empty where it has no candidates).
    pub scores: Vec<Vec<f32>>,
}

/// Trains on the train queries, chooses the epoch on the validation queries, and reports on both others.
///
/// With `folder` the run is kept there as it goes.
///
/// # Errors
/// A message for people: an unknown signal, nothing to train on, a folder that can't be written, diverging weights,
/// or that the run was cancelled before its first epoch ended.
pub fn run(
    data: RunData<'_>,
    experiment: &Experiment,
    record: RunRecord,
    folder: Option<&Path>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, String> {
    work(data, experiment, record, folder, None, observer)
}

/// Goes on with a run that was interrupted or cut off, from its last epoch, to the same bits as if it had not been;
/// `epochs` may raise the number of epochs, which also lets a finished run go on.
///
/// # Errors
/// As [`run`], or if there is nothing to go on from, the run has come to its end, or the data are others.
pub fn resume(
    data: RunData<'_>,
    folder: &Path,
    epochs: Option<usize>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, String> {
    let mut record = read_run_record(folder)?;
    let saved = Saved::read(folder)?;
    let before = record.experiment.training.epochs;
    let epochs = epochs.unwrap_or(before);
    if epochs < saved.epochs() {
        return Err(format!("{} epochs are done already: {}", saved.epochs(), folder.display()));
    }
    if matches!(record.state, RunState::Finished | RunState::EarlyStopped) && epochs == before {
        let how =
            if record.state == RunState::Finished { "with a higher number of epochs" } else { "with more patience" };
        return Err(format!("this run has come to its end; it goes on only {how}: {}", folder.display()));
    }
    let mut places = vec![("data set is", &record.dataset, &data.dataset.name)];
    // Without a graph vectors decide nothing.
    if record.experiment.model.kind != ModelKind::Mlp {
        places.push(("visual vectors are", &record.vectors, &data.vectors.name));
    }
    if let Some((what, then, now)) = places.into_iter().find(|(_, then, now)| then != now) {
        return Err(format!("the run's {what} “{then}”, not “{now}”: {}", folder.display()));
    }
    record.experiment.training.epochs = epochs;
    record.state = RunState::Running;
    let experiment = Experiment { features: Some(record.features.clone()), ..record.experiment.clone() };
    work(data, &experiment, record, Some(folder), Some(saved), observer)
}

fn work(
    data: RunData<'_>,
    experiment: &Experiment,
    mut record: RunRecord,
    folder: Option<&Path>,
    saved: Option<Saved>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, String> {
    let use_signals = experiment
        .signal_indices(data.signals)
        .map_err(|name| format!("the data set has no signal “{name}”; it has {}", signal_names(data.signals)))?;
    if use_signals.is_empty() {
        return Err("no signal is chosen: choose at least one".to_owned());
    }
    let inputs =
        prepare(data.dataset, data.signals, data.vectors, &use_signals, experiment, data.splits, &mut |done, total| {
            observer.step("Building graphs", done, total)
        })
        .ok_or("cancelled")?;
    let config = experiment.model_config(use_signals.len(), data.vectors.dim);
    // What was asked for stays as it was asked for; the signals' names are recorded beside.
    let asked = saved.as_ref().map_or_else(|| experiment.clone(), |_| record.experiment.clone());
    fill_record(&mut record, data, &asked, &use_signals, config.parameter_count());
    let folder = match &saved {
        None => folder.map(|path| RunFolder::create(path, &record)),
        Some(saved) => folder.map(|path| RunFolder::resume(path, &record, &saved.history())),
    };
    let folder = folder.transpose()?;

    let mut keeper = Keeper::new(observer, folder.as_ref(), &inputs);
    let trained = keeper.train(&config, &experiment.training, saved.unwrap_or_default());
    let (failed, epochs) = (keeper.failed.take(), keeper.epochs);
    let trained = match trained.map_err(|error| error.to_string()) {
        Ok(trained) if epochs > 0 => trained,
        ended => {
            // A run without a single epoch is none; one that went wrong later keeps what it has.
            if let Some(folder) = folder.filter(|_| epochs == 0) {
                folder.discard();
            }
            return Err(failed.or(ended.err()).unwrap_or_else(|| "cancelled".to_owned()));
        }
    };
    if let Some(failed) = failed {
        return Err(failed);
    }
    let outcome = &trained.outcome;
    let scores = score_all(data.dataset, &inputs, &outcome.model)?;
    let figures = unseen_scores(data, &inputs, &trained, &scores)?;
    record.retrained = trained.chosen.is_some().then_some(outcome.best_epoch);
    finish_record(&mut record, data, outcome, &figures);
    if let Some(folder) = &folder {
        folder.checkpoint(&outcome.model)?;
        folder.rankings(&rankings(data.dataset, &scores), &record.name)?;
        QueryFigures::of(data, &figures).write(folder.path())?;
        folder.write(&record)?;
    }
    let Outcome { history, model, .. } = trained.outcome;
    Ok(RunResult { record, history, model, scores })
}

/// The scores that figures are taken of: on validation queries those of the network that had not seen them.
fn unseen_scores(
    data: RunData<'_>,
    inputs: &TrainData,
    trained: &Trained,
    scores: &[Vec<f32>],
) -> Result<Vec<Vec<f32>>, String> {
    let mut figures = scores.to_vec();
    if let Some(chosen) = &trained.chosen {
        let before = score_all(data.dataset, inputs, chosen)?;
        let validation = (0..figures.len()).filter(|&query| data.splits[query] == Split::Validation);
        validation.for_each(|query| figures[query].clone_from(&before[query]));
    }
    Ok(figures)
}

fn signal_names(signals: &Signals) -> String {
    signals.infos.iter().map(|info| info.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn fill_record(
    record: &mut RunRecord,
    data: RunData<'_>,
    experiment: &Experiment,
    use_signals: &[usize],
    parameters: usize,
) {
    record.dataset = data.dataset.name.clone();
    record.dataset_path = std::path::absolute(&data.dataset.root).unwrap_or_else(|_| data.dataset.root.clone());
    record.vectors = data.vectors.name.clone();
    record.features = use_signals.iter().map(|&index| data.signals.infos[index].name.clone()).collect();
    record.experiment = experiment.clone();
    record.parameters = parameters;
    record.version = env!("CARGO_PKG_VERSION").to_owned();
}

fn finish_record(record: &mut RunRecord, data: RunData<'_>, outcome: &Outcome, scores: &[Vec<f32>]) {
    record.best_epoch = outcome.best_epoch;
    record.state = match outcome.stopped {
        Stop::Finished => RunState::Finished,
        Stop::EarlyStopped => RunState::EarlyStopped,
        Stop::Interrupted => RunState::Interrupted,
    };
    let epochs = outcome.history.len().max(1) as f64;
    record.seconds_per_epoch = outcome.history.iter().map(|report| report.seconds).sum::<f64>() / epochs;
    record.validation = compare(data, Split::Validation, scores);
    record.test = compare(data, Split::Test, scores);
}

/// The three rankings' figures over one part of the queries.
pub fn compare(data: RunData<'_>, split: Split, scores: &[Vec<f32>]) -> Comparison {
    let queries: Vec<usize> = (0..data.splits.len()).filter(|&query| data.splits[query] == split).collect();
    Comparison {
        initial: mean_measures(data.dataset, &queries, |query| signals::initial_order(data.dataset, query)),
        text: mean_measures(data.dataset, &queries, |query| signals::text_only(data.signals, query)),
        model: mean_measures(data.dataset, &queries, |query| scores.get(query).cloned().unwrap_or_default()),
    }
}

/// The network's scores of every query of the data set.
///
/// # Errors
/// What the network says of inputs that do not fit it.
pub fn score_all(dataset: &Dataset, inputs: &TrainData, model: &Dcmm) -> Result<Vec<Vec<f32>>, String> {
    let mut scores = vec![Vec::new(); dataset.queries.len()];
    for input in &inputs.inputs {
        scores[input.query] = model.score(input).map_err(|error| error.to_string())?.total;
    }
    Ok(scores)
}

/// Scores as a TREC run.
pub fn rankings(dataset: &Dataset, scores: &[Vec<f32>]) -> Run {
    let mut run = Run::new();
    for (query, scores) in dataset.queries.iter().zip(scores) {
        let by_image: HashMap<_, _> = query.candidates.iter().map(|candidate| candidate.image).zip(scores).collect();
        let entries =
            by_image.into_iter().map(|(image, &score)| (dataset.images[image].id.to_string(), f64::from(score)));
        run.insert(query.id.to_string(), entries.collect());
    }
    run
}
