//! One whole run: data made ready, training, figures, and the folder that keeps it all.

use super::experiment::{Comparison, Experiment, mean_measures, prepare};
use super::feedback::{choose, feedback_scores};
use super::figures::QueryFigures;
use super::folder::{RunFolder, RunRecord, RunState};
use super::{EpochReport, Observer, Outcome, Stop, TrainConfig, TrainData, train};
use crate::dataset::{Dataset, Run, Split, VectorTable};
use crate::model::{Dcmm, DcmmConfig, Feedback, ModelKind, RankingInput};
use crate::signals::{self, Normalisation, Signals};
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
    /// Every epoch; none where nothing is learned.
    pub history: Vec<EpochReport>,
    /// The network with its best weights, where one was trained.
    pub model: Option<Dcmm>,
    /// For each query of the data set, its candidates' scores (empty where it has no candidates).
    pub scores: Vec<Vec<f32>>,
}

/// Trains on the train queries, chooses the epoch on the validation queries, and reports on both others. What learns
/// no network ([`ModelKind::network`]) only scores.
///
/// With `folder` the run is kept there as it goes.
///
/// # Errors
/// A message for people: an unknown signal, nothing to train on, a folder that can't be written, diverging weights,
/// or that the run was cancelled before its first epoch ended.
pub fn run(
    data: RunData<'_>,
    experiment: &Experiment,
    mut record: RunRecord,
    folder: Option<&Path>,
    observer: &mut dyn RunObserver,
) -> Result<RunResult, String> {
    let use_signals = chosen_signals(data, experiment)?;
    let inputs = prepare_inputs(data, experiment, &use_signals, observer)?;
    let config = experiment.model_config(use_signals.len(), data.vectors.dim);
    fill_record(&mut record, data, experiment, &use_signals);
    record.parameters = config.as_ref().map_or(0, DcmmConfig::parameter_count);
    let folder = folder.map(|path| RunFolder::create(path, &record)).transpose()?;
    let outcome = match config {
        Some(config) => Some(learn(&inputs, &config, &experiment.training, folder.as_ref(), observer)?),
        None => None,
    };
    let model = outcome.as_ref().map(|outcome| &outcome.model);
    let ranked = rank(data, experiment, &inputs, model, None)?;
    record.feedback = ranked.feedback;
    finish_record(&mut record, data, outcome.as_ref(), &ranked.scores);
    if let Some(folder) = &folder {
        if let Some(model) = model {
            folder.checkpoint(model)?;
        }
        folder.rankings(&rankings(data.dataset, &ranked.scores), &record.name)?;
        QueryFigures::of(data, &ranked.scores).write(folder.path())?;
        folder.write(&record)?;
    }
    let (history, model) = outcome.map_or((Vec::new(), None), |outcome| (outcome.history, Some(outcome.model)));
    Ok(RunResult { record, history, model, scores: ranked.scores })
}

/// A run's scores of every query once more, from what its folder keeps.
///
/// # Errors
/// A message for people: weights that can't be read or don't fit the data, a signal that is no more, or `cancelled`.
pub fn score_again(
    data: RunData<'_>,
    folder: &Path,
    record: &RunRecord,
    observer: &mut dyn RunObserver,
) -> Result<Vec<Vec<f32>>, String> {
    let experiment = Experiment { features: Some(record.features.clone()), ..record.experiment.clone() };
    let use_signals = chosen_signals(data, &experiment)?;
    let inputs = prepare_inputs(data, &experiment, &use_signals, observer)?;
    let model = match experiment.model.kind.network() {
        Some(_) => Some(Dcmm::load(&folder.join("model.safetensors")).map_err(|error| error.to_string())?.0),
        None => None,
    };
    Ok(rank(data, &experiment, &inputs, model.as_ref(), record.feedback)?.scores)
}

fn chosen_signals(data: RunData<'_>, experiment: &Experiment) -> Result<Vec<usize>, String> {
    let unknown = |name: String| format!("the data set has no signal “{name}”; it has {}", signal_names(data.signals));
    let use_signals = experiment.signal_indices(data.signals).map_err(unknown)?;
    if use_signals.is_empty() {
        return Err("no signal is chosen: choose at least one".to_owned());
    }
    Ok(use_signals)
}

fn prepare_inputs(
    data: RunData<'_>,
    experiment: &Experiment,
    use_signals: &[usize],
    observer: &mut dyn RunObserver,
) -> Result<TrainData, String> {
    let mut observe = |done, total| observer.step("Building graphs", done, total);
    let inputs = prepare(data.dataset, data.signals, data.vectors, use_signals, experiment, data.splits, &mut observe);
    inputs.ok_or_else(|| "cancelled".to_owned())
}

/// Trains the network, and keeps each epoch in the folder.
fn learn(
    inputs: &TrainData,
    config: &DcmmConfig,
    training: &TrainConfig,
    folder: Option<&RunFolder>,
    observer: &mut dyn RunObserver,
) -> Result<Outcome, String> {
    let mut keeper = Keeper { observer, folder, inputs, epochs: 0, failed: None };
    let outcome = train(inputs, config, training, &mut keeper).map_err(|error| error.to_string());
    let (failed, epochs) = (keeper.failed, keeper.epochs);
    match outcome {
        Ok(outcome) if epochs > 0 => failed.map_or(Ok(outcome), Err),
        ended => {
            // A run without a single epoch is none; one that went wrong later keeps what it has.
            if let Some(folder) = folder.filter(|_| epochs == 0) {
                folder.discard();
            }
            Err(failed.or(ended.err()).unwrap_or_else(|| "cancelled".to_owned()))
        }
    }
}

/// Every query's scores, and what was chosen for them.
struct Ranked {
    scores: Vec<Vec<f32>>,
    feedback: Option<Feedback>,
}

/// Scores every query by the experiment's kind; `feedback` is what was chosen before, if it was.
fn rank(
    data: RunData<'_>,
    experiment: &Experiment,
    inputs: &TrainData,
    model: Option<&Dcmm>,
    feedback: Option<Feedback>,
) -> Result<Ranked, String> {
    let learned = model.map(|model| score_all(data.dataset, inputs, model)).transpose()?;
    let signal = match &experiment.model.signal {
        Some(name) => data
            .signals
            .infos
            .iter()
            .position(|info| info.name == *name)
            .ok_or_else(|| format!("the data set has no signal “{name}”; it has {}", signal_names(data.signals)))?,
        None => signals::text_signal(data.signals).unwrap_or(0),
    };
    let all = 0..data.dataset.queries.len();
    let raw = |query: usize| signals::table(data.signals, query, &[signal], Normalisation::None);
    Ok(match (experiment.model.kind, learned) {
        (kind, learned) if kind.feeds_back() => {
            let text = |query: usize| learned.as_ref().map_or_else(|| raw(query), |scores| scores[query].clone());
            let each = feedback_scores(data, inputs, text);
            let chosen = feedback.unwrap_or_else(|| choose(inputs, &each, experiment.training.stop_on));
            let mut scores = vec![Vec::new(); data.dataset.queries.len()];
            for (input, each) in inputs.inputs.iter().zip(&each) {
                scores[input.query] = each.mix(chosen);
            }
            Ranked { scores, feedback: Some(chosen) }
        }
        (_, Some(scores)) => Ranked { scores, feedback: None },
        (ModelKind::Initial, None) => {
            Ranked { scores: all.map(|query| signals::initial_order(data.dataset, query)).collect(), feedback: None }
        }
        (_, None) => Ranked { scores: all.map(raw).collect(), feedback: None },
    })
}

fn signal_names(signals: &Signals) -> String {
    signals.infos.iter().map(|info| info.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn fill_record(record: &mut RunRecord, data: RunData<'_>, experiment: &Experiment, use_signals: &[usize]) {
    record.dataset = data.dataset.name.clone();
    record.dataset_path = std::path::absolute(&data.dataset.root).unwrap_or_else(|_| data.dataset.root.clone());
    record.vectors = data.vectors.name.clone();
    record.features = use_signals.iter().map(|&index| data.signals.infos[index].name.clone()).collect();
    record.experiment = experiment.clone();
    record.version = env!("CARGO_PKG_VERSION").to_owned();
}

fn finish_record(record: &mut RunRecord, data: RunData<'_>, outcome: Option<&Outcome>, scores: &[Vec<f32>]) {
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
