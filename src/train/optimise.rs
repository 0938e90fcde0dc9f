//! The optimisation loop.

use std::time::Instant;

use super::epoch::{Queries, epoch_rng, measured};
use super::{
    Best, EpochReport, Keep, Moments, Observer, Optimiser, Outcome, Standing, Stop, TrainConfig, TrainData, TrainError,
    TrainState,
};
use crate::dataset::Split;
use crate::eval::{Measures, STANDARD};
use crate::model::{Network, NetworkConfig, RankingInput};

/// Trains a network and returns it with its best epoch's weights.
///
/// Every epoch goes over the training queries in a new seeded order, in steps of [`TrainConfig::batch`] queries,
/// skipping those that the loss cannot learn from. The best epoch is the first with the highest mean of
/// [`TrainConfig::stop_on`] over the validation queries (or over the training queries if there are none).
///
/// # Errors
/// If a configuration is invalid, a query does not match the network, there is nothing to learn from, or the loss
/// diverges.
pub fn train(
    data: &TrainData,
    model: &NetworkConfig,
    config: &TrainConfig,
    observer: &mut dyn Observer,
) -> Result<Outcome, TrainError> {
    train_from(data, model, config, None, observer)
}

/// [`train`], continued from the state of an earlier training with this data and configuration: the result is
/// bit-identical to uninterrupted training. Only [`TrainConfig::epochs`] may be raised (which also stretches a cosine
/// from here on).
///
/// # Errors
/// As [`train`], or if the state belongs to another network.
pub fn train_from(
    data: &TrainData,
    model: &NetworkConfig,
    config: &TrainConfig,
    state: Option<&TrainState>,
    observer: &mut dyn Observer,
) -> Result<Outcome, TrainError> {
    let judged = data.judged(Split::Validation);
    let course = Course {
        training: data.of(Split::Train),
        watched: if judged.is_empty() { data.judged(Split::Train) } else { judged },
        epochs: config.epochs,
        retraining: false,
    };
    optimise(data, model, config, &course, state, observer)
}

/// Trains a network on the train and validation queries together for `epochs` epochs, and returns it with its last
/// epoch's weights. Initial weights, schedule and randomness are those of [`train`].
///
/// # Errors
/// As [`train_from`].
pub fn retrain(
    data: &TrainData,
    model: &NetworkConfig,
    config: &TrainConfig,
    epochs: usize,
    state: Option<&TrainState>,
    observer: &mut dyn Observer,
) -> Result<Outcome, TrainError> {
    let mut training = data.of(Split::Train);
    training.extend(data.of(Split::Validation));
    training.sort_unstable();
    let course = Course { training, watched: data.judged(Split::Validation), epochs, retraining: true };
    optimise(data, model, config, &course, state, observer)
}

/// What to train on.
struct Course {
    /// Queries to learn from.
    training: Vec<usize>,
    /// Queries whose measures are reported, and choose the best epoch unless the last is kept.
    watched: Vec<usize>,
    epochs: usize,
    /// Whether all epochs are run and the last is kept.
    retraining: bool,
}

fn optimise(
    data: &TrainData,
    network: &NetworkConfig,
    config: &TrainConfig,
    course: &Course,
    state: Option<&TrainState>,
    observer: &mut dyn Observer,
) -> Result<Outcome, TrainError> {
    check(data, config)?;
    let (model, moments) = initial(network, state)?;
    let queries = Queries::new(data, &model, config, &course.training)?;
    let learnable = queries.learnable(&course.training);
    if learnable.is_empty() {
        return Err(TrainError::NothingToLearn);
    }
    let test = data.judged(Split::Test);
    let mut optimiser = Optimiser::new(&model, config)?;
    optimiser.restore(moments)?;
    let fresh = || Ok(Best { epoch: 0, value: f64::NEG_INFINITY, weights: model.weights()? });
    let mut best = state.map_or_else(fresh, |state| Ok::<_, TrainError>(state.best.clone()))?;
    let mut history: Vec<EpochReport> = state.map(|state| state.history.clone()).unwrap_or_default();
    let mut stopped = Stop::Finished;
    for epoch in history.len() + 1..=course.epochs {
        let stale = epoch - 1 - best.epoch;
        if !course.retraining && config.patience.is_some_and(|patience| stale >= patience.max(1)) {
            stopped = Stop::EarlyStopped;
            break;
        }
        let started = Instant::now();
        let rng = epoch_rng(config.seed, epoch);
        let Some(train_loss) = queries.train_epoch(&model, &mut optimiser, &learnable, (epoch, rng), observer)? else {
            stopped = Stop::Interrupted;
            break;
        };
        let mut watched = queries.evaluate(&model, &course.watched, config.stop_on, epoch)?;
        let test = (!test.is_empty()).then(|| queries.evaluate(&model, &test, config.stop_on, epoch)).transpose()?;
        if course.retraining || config.keep == Keep::Last || watched.chosen > best.value {
            best = Best { epoch, value: watched.chosen, weights: model.weights()? };
        }
        let mut known = std::mem::take(&mut watched.scores);
        let test = test.map(|test| {
            known.extend(test.scores);
            test.standard
        });
        let report = EpochReport {
            epoch,
            train_loss,
            validation_loss: watched.loss.unwrap_or(train_loss),
            validation: watched.standard,
            test,
            seconds: started.elapsed().as_secs_f64(),
            best_epoch: best.epoch,
            retraining: course.retraining,
        };
        history.push(report.clone());
        let scores = &|| queries.scores(&model, &known);
        let standing = Standing { history: &history, model: &model, best: &best, moments: optimiser.moments(), scores };
        if observer.standing(&standing).is_break() || observer.epoch(&report, &model).is_break() {
            stopped = Stop::Interrupted;
            break;
        }
    }
    let model = Network::from_weights(model.config(), &best.weights)?;
    Ok(Outcome { model, best_epoch: best.epoch, history, stopped })
}

fn check(data: &TrainData, config: &TrainConfig) -> Result<(), TrainError> {
    config.check()?;
    if data.inputs.len() != data.split.len() {
        return Err(TrainError::Config(format!("{} queries with {} splits", data.inputs.len(), data.split.len())));
    }
    Ok(())
}

/// A freshly initialised network, or that of a saved state.
fn initial(network: &NetworkConfig, state: Option<&TrainState>) -> Result<(Network, Moments), TrainError> {
    if let Some(state) = state {
        return state.restore(network);
    }
    let model = network.init()?;
    let moments = Moments::zero(&model);
    Ok((model, moments))
}

/// [`STANDARD`] of a network averaged over the queries at `which`; NaN without queries.
///
/// # Errors
/// If a query does not match the network.
pub fn measure(model: &Network, inputs: &[RankingInput], which: &[usize]) -> Result<Measures, TrainError> {
    let mut sums = vec![0.0; STANDARD.len()];
    for &at in which {
        let input = &inputs[at];
        let scores = model.score(input)?;
        let values = measured(input, &scores.total, &STANDARD, 0);
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
    Ok(Measures::new(&STANDARD, sums.into_iter().map(|sum| sum / which.len() as f64)))
}
