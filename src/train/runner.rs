//! One whole run: data made ready, training, figures, and the folder that keeps it all.

use super::experiment::{Comparison, Experiment, mean_measures, prepare};
use super::figures::QueryFigures;
use super::folder::{RunFolder, RunRecord, RunState};
use super::{EpochReport, Observer, Outcome, Stop, TrainData, train};
use crate::dataset::{Dataset, Run, Split, VectorTable};
use crate::model::{Dcmm, RankingInput};
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
    let inputs = prepare_run(data, experiment, observer)?;
    run_prepared(data, &inputs, experiment, record, folder, observer)
}

/// The first half of [`run`]: signals chosen and normalised, graphs built.
///
/// # Errors
/// An unknown signal or none, or that the run was cancelled.
pub fn prepare_run(
    data: RunData<'_>,
    experiment: &Experiment,
    observer: &mut dyn RunObserver,
) -> Result<TrainData, String> {
    let use_signals = chosen_signals(data, experiment)?;
    let mut step = |done, total| observer.step("Building graphs", done, total);
    let inputs = prepare(data.dataset, data.signals, data.vectors, &use_signals, experiment, data.splits, &mut step);
    inputs.ok_or_else(|| "cancelled".to_owned())
}

fn chosen_signals(data: RunData<'_>, experiment: &Experiment) -> Result<Vec<usize>, String> {
    let use_signals = experiment
        .signal_indices(data.signals)
        .map_err(|name| format!("the data set has no signal “{name}”; it has {}", signal_names(data.signals)))?;
    match use_signals.is_empty() {
        true => Err("no signal is chosen: choose at least one".to_owned()),
        false => Ok(use_signals),
    }
}

/// The second half of [`run`], on `inputs` that [`prepare_run`] made for an experiment with the same
/// [`Experiment::input_key`]; `inputs.split` must be that of `data`.
///
/// # Errors
/// Those of [`run`].
pub fn run_prepared(
    data: RunData<'_>,
    inputs: &TrainData,
    experiment: &Experiment,
    mut record: RunRecord,
    folder: Option<&Path>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, String> {
    let use_signals = chosen_signals(data, experiment)?;
    let config = experiment.model_config(use_signals.len(), data.vectors.dim);
    fill_record(&mut record, data, experiment, &use_signals, config.parameter_count());
    let folder = folder.map(|path| RunFolder::create(path, &record)).transpose()?;

    let mut keeper = Keeper { observer, folder: folder.as_ref(), inputs, epochs: 0, failed: None };
    let outcome = train(inputs, &config, &experiment.training, &mut keeper).map_err(|error| error.to_string());
    let (failed, epochs) = (keeper.failed, keeper.epochs);
    let outcome = match outcome {
        Ok(outcome) if epochs > 0 => outcome,
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
    let scores = score_all(data.dataset, inputs, &outcome.model)?;
    finish_record(&mut record, data, &outcome, &scores);
    if let Some(folder) = &folder {
        folder.checkpoint(&outcome.model)?;
        folder.rankings(&rankings(data.dataset, &scores), &record.name)?;
        QueryFigures::of(data, &scores).write(folder.path())?;
        folder.write(&record)?;
    }
    Ok(RunResult { record, history: outcome.history, model: outcome.model, scores })
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

/// Writes each epoch to the run's folder before anyone else hears of it.
struct Keeper<'a> {
    observer: &'a mut dyn RunObserver,
    folder: Option<&'a RunFolder>,
    inputs: &'a TrainData,
    epochs: usize,
    failed: Option<String>,
}

impl Keeper<'_> {
    fn keep(&mut self, report: &EpochReport, model: &Dcmm) -> Result<(), String> {
        let Some(folder) = self.folder else { return Ok(()) };
        folder.append(report)?;
        if report.best_epoch == report.epoch {
            folder.checkpoint(model)?;
        }
        Ok(())
    }
}

impl Observer for Keeper<'_> {
    fn batch(&mut self, done: usize, total: usize) -> ControlFlow<()> {
        self.observer.step("Training", done, total)
    }

    fn epoch(&mut self, report: &EpochReport, model: &Dcmm) -> ControlFlow<()> {
        self.epochs += 1;
        if let Err(message) = self.keep(report, model) {
            self.failed = Some(message);
            return ControlFlow::Break(());
        }
        self.observer.epoch(report, model, &self.inputs.inputs)
    }
}
