//! Brief trainings by which alternatives are compared.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::Value;

use super::alternatives::Alternatives;
use super::chosen_setting::TriedValue;
use crate::base::{Rng, Spread, mean};
use crate::dataset::Split;
use crate::graph::Whitening;
use crate::train::epoch::measured;
use crate::train::inputs::{learn_whitening, prepare_with, with_candidates};
use crate::train::{Experiment, Keep, Observer, RunData, RunObserver, TrainConfig, TrainData, TrainError, train};

/// Parts of the queries, each measured once.
const FOLDS: usize = 3;
/// The fewest queries a part must have.
const LEAST: usize = 2;
/// The share of a run's epochs that a trial has. All comparisons together then cost less than twice the run itself.
const SHARE: f64 = 0.4;
/// The most epochs of a trial: enough to tell alternatives apart.
const MOST_EPOCHS: usize = 40;
/// What a stage is called.
const STAGE: &str = "Choosing settings";
/// Separates the stream of the folds from those of the weights and of training.
const STREAM: u64 = 0x6368_6f6f_7365;

/// An alternative's measure on each query of the folds so far.
type Values = Vec<f64>;

/// The queries to compare on, and what is known of the alternatives.
pub(super) struct Trials<'a> {
    data: &'a RunData,
    observer: &'a mut dyn RunObserver,
    /// Indices of the judged train and validation queries.
    queries: Vec<usize>,
    whitenings: HashMap<String, Arc<Whitening>>,
    inputs: HashMap<String, TrainData>,
    /// By the experiment: its measures, fold by fold.
    measured: HashMap<String, Vec<Values>>,
    done: usize,
    total: usize,
}

impl<'a> Trials<'a> {
    pub(super) fn new(data: &'a RunData, open: &[Alternatives], observer: &'a mut dyn RunObserver) -> Self {
        let takes_part = |&query: &usize| data.splits[query] != Split::Test && data.judgements.is_judged(query);
        let queries = with_candidates(data).into_iter().filter(takes_part).collect();
        let evaluations: usize = 1 + open.iter().map(|one| one.values.len() - 1).sum::<usize>();
        let (whitenings, inputs, measured) = Default::default();
        Self { data, observer, queries, whitenings, inputs, measured, done: 0, total: evaluations * FOLDS }
    }

    /// Whether there are enough queries.
    pub(super) fn can_compare(&self) -> bool {
        self.queries.len() >= FOLDS * LEAST
    }

    /// The best value of one setting, and what was measured of all.
    pub(super) fn compare(
        &mut self,
        one: &Alternatives,
        base: &Experiment,
    ) -> Result<(Value, Vec<TriedValue>), TrainError> {
        let experiments: Vec<Experiment> =
            one.values.iter().map(|value| one.set(base, value)).collect::<Result<_, TrainError>>()?;
        let mut values: Vec<Values> = vec![Vec::new(); experiments.len()];
        let mut is_in = vec![true; experiments.len()];
        for fold in 0..FOLDS {
            for (at, experiment) in experiments.iter().enumerate().filter(|(at, _)| is_in[*at]) {
                values[at].extend(self.trial(experiment, fold)?);
            }
            for at in 1..experiments.len() {
                let (difference, error) = against(&values[0], &values[at]);
                let falls_behind = difference + 2.0 * error < 0.0;
                if is_in[at] && falls_behind {
                    is_in[at] = false;
                    self.done += FOLDS - 1 - fold;
                }
            }
        }
        let tried = one.values.iter().zip(&values).map(|(value, own)| {
            let (difference, error) = against(&values[0], own);
            TriedValue { value: value.clone(), queries: own.len(), mean: mean(own), difference, error }
        });
        let tried: Vec<TriedValue> = tried.collect();
        let better = (1..tried.len()).filter(|&at| is_in[at] && tried[at].difference > tried[at].error);
        let best = better.fold(0, |best, at| if tried[at].difference > tried[best].difference { at } else { best });
        Ok((one.values[best].clone(), tried))
    }

    /// The measures of one experiment on the queries of one fold.
    fn trial(&mut self, experiment: &Experiment, fold: usize) -> Result<Values, TrainError> {
        // Serialising plain values cannot fail.
        let key = serde_json::to_string(experiment).unwrap_or_default();
        if let Some(known) = self.measured.get(&key).and_then(|folds| folds.get(fold)) {
            return Ok(known.clone());
        }
        let is_held_out = self.held_out(experiment.training.seed, fold);
        let inputs = self.inputs(experiment)?;
        let split = |held_out: bool| if held_out { Split::Validation } else { Split::Train };
        let split = inputs.inputs.iter().map(|input| split(is_held_out[input.query])).collect();
        let inputs = TrainData { split, ..inputs };
        let signals = experiment.signal_indices(&self.data.signals)?.len();
        let network = experiment.model_config(signals, self.data.vectors.dim, inputs.whitening.as_deref());
        let network = network.ok_or_else(|| TrainError::Config("nothing is trained".to_owned()))?;
        let mut watcher = Watcher { observer: self.observer, done: self.done, total: self.total, stopped: false };
        let outcome = train(&inputs, &network, &brief(&experiment.training), &mut watcher)?;
        if watcher.stopped {
            return Err(TrainError::Cancelled);
        }
        let highest_grade = inputs.highest_grade();
        let measure = [experiment.training.stop_on];
        let mut values = Vec::new();
        for at in inputs.of(Split::Validation) {
            let input = &inputs.inputs[at];
            values.push(measured(input, &outcome.model.score(input)?.total, &measure, highest_grade)[0]);
        }
        self.done += 1;
        self.measured.entry(key).or_default().push(values.clone());
        Ok(values)
    }

    /// For each query of the data set, whether this fold measures it.
    fn held_out(&self, seed: u64, fold: usize) -> Vec<bool> {
        let mut shuffled = self.queries.clone();
        Rng::new(seed ^ STREAM).shuffle(&mut shuffled);
        let mut held_out = vec![false; self.data.dataset.queries.len()];
        shuffled.iter().skip(fold).step_by(FOLDS).for_each(|&query| held_out[query] = true);
        held_out
    }

    /// The inputs of the queries that take part. As in the run itself, a whitening is learned on the pictures of the
    /// training queries; it uses no judgements.
    fn inputs(&mut self, experiment: &Experiment) -> Result<TrainData, TrainError> {
        let key = experiment.input_key(&[]);
        if let Some(inputs) = self.inputs.get(&key) {
            return Ok(inputs.clone());
        }
        let whitening = self.whitening(experiment)?;
        let use_signals = experiment.signal_indices(&self.data.signals)?;
        let (observer, done, total) = (&mut *self.observer, self.done, self.total);
        let step = &mut |_, _| observer.step(STAGE, done, total);
        let mut inputs = prepare_with(self.data, &use_signals, experiment, whitening, &self.queries, step)?;
        if let Some(other) = self.inputs.values().next() {
            inputs.share_vectors(other);
        }
        self.inputs.insert(key, inputs.clone());
        Ok(inputs)
    }

    /// The whitening of the visual vectors, learned once for settings that differ only in what is taken from it.
    fn whitening(&mut self, experiment: &Experiment) -> Result<Option<Arc<Whitening>>, TrainError> {
        if !experiment.whitens() {
            return Ok(None);
        }
        let key = experiment.visual.power.to_string();
        if !self.whitenings.contains_key(&key) {
            let (observer, done, total) = (&mut *self.observer, self.done, self.total);
            let proceed = &mut || observer.step(STAGE, done, total);
            if let Some(learned) = learn_whitening(self.data, experiment, proceed)? {
                self.whitenings.insert(key.clone(), Arc::new(learned));
            }
        }
        Ok(self.whitenings.get(&key).map(|known| Arc::new(known.with(experiment.visual))))
    }
}

/// The training of a trial: shorter, and without a choice of its own.
fn brief(training: &TrainConfig) -> TrainConfig {
    let epochs = (training.epochs as f64 * SHARE).ceil() as usize;
    TrainConfig {
        epochs: epochs.clamp(1, MOST_EPOCHS),
        patience: None,
        keep: Keep::Last,
        retrain: false,
        ..training.clone()
    }
}

/// The mean difference of the second from the first, over the queries that both have, and its standard error.
fn against(first: &[f64], second: &[f64]) -> (f64, f64) {
    let spread = Spread::of(first.iter().zip(second).map(|(first, second)| second - first)).unwrap_or_default();
    let error = if spread.n > 1 { spread.deviation / (spread.n as f64).sqrt() } else { f64::INFINITY };
    (spread.mean, error)
}

/// Passes the batches of a trial on as steps of the choice.
struct Watcher<'a> {
    observer: &'a mut dyn RunObserver,
    done: usize,
    total: usize,
    stopped: bool,
}

impl Observer for Watcher<'_> {
    fn batch(&mut self, _: usize, _: usize) -> ControlFlow<()> {
        let flow = self.observer.step(STAGE, self.done, self.total);
        self.stopped |= flow.is_break();
        flow
    }
}
