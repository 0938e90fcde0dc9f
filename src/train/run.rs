//! The optimisation loop.

use std::time::Instant;

use super::epoch::{Queries, epoch_rng, measured};
use super::{EpochReport, Figures, Observer, Optimiser, Outcome, Stop, TrainConfig, TrainData, TrainError};
use crate::dataset::Split;
use crate::eval::STANDARD;
use crate::model::{Dcmm, DcmmConfig, RankingInput, Weights};

/// Trains a network and returns it with its best epoch's weights.
///
/// Every epoch goes over the training queries in a new seeded order, in steps of [`TrainConfig::batch`] queries;
/// queries without a relevant or without a not relevant image are passed over. The best epoch is the first with the
/// highest mean of [`TrainConfig::stop_on`] over the validation queries (over the training queries where there is no
/// validation query).
///
/// # Errors
/// If a configuration cannot be run, a query does not fit the network, there is nothing to learn from, or the loss is
/// no longer a finite number.
pub fn train(
    data: &TrainData,
    model: &DcmmConfig,
    config: &TrainConfig,
    observer: &mut dyn Observer,
) -> Result<Outcome, TrainError> {
    config.check()?;
    if data.inputs.len() != data.split.len() {
        return Err(TrainError::Config(format!("{} queries with {} splits", data.inputs.len(), data.split.len())));
    }
    let model = model.init()?;
    let queries = Queries::new(data, &model, config)?;
    let teaching = queries.teaching(&data.of(Split::Train));
    if teaching.is_empty() {
        return Err(TrainError::NothingToLearn);
    }
    let (validation, test) = (data.judged(Split::Validation), data.judged(Split::Test));
    let validation = if validation.is_empty() { data.judged(Split::Train) } else { validation };
    let mut optimiser = Optimiser::new(&model, config)?;
    let mut best = Best { epoch: 0, value: f64::NEG_INFINITY, weights: model.weights()? };
    let mut history: Vec<EpochReport> = Vec::new();
    let mut stopped = Stop::Finished;
    for epoch in 1..=config.epochs {
        let watch = Instant::now();
        let rng = epoch_rng(config.seed, epoch);
        let Some(train_loss) = queries.train_epoch(&model, &mut optimiser, &teaching, (epoch, rng), observer)? else {
            stopped = Stop::Interrupted;
            break;
        };
        let seen = queries.evaluate(&model, &validation, config.stop_on, epoch)?;
        let test = match test.is_empty() {
            true => None,
            false => Some(queries.evaluate(&model, &test, config.stop_on, epoch)?.standard),
        };
        if seen.chosen > best.value {
            best = Best { epoch, value: seen.chosen, weights: model.weights()? };
        }
        history.push(EpochReport {
            epoch,
            train_loss,
            validation_loss: seen.loss.unwrap_or(train_loss),
            validation: seen.standard,
            test,
            seconds: watch.elapsed().as_secs_f64(),
            best_epoch: best.epoch,
        });
        if history.last().is_some_and(|report| observer.epoch(report, &model).is_break()) {
            stopped = Stop::Interrupted;
            break;
        }
        if config.patience.is_some_and(|patience| epoch - best.epoch >= patience.max(1)) && epoch < config.epochs {
            stopped = Stop::EarlyStopped;
            break;
        }
    }
    let model = Dcmm::from_weights(model.config(), &best.weights)?;
    Ok(Outcome { model, best_epoch: best.epoch, history, stopped })
}

/// The best epoch so far.
struct Best {
    epoch: usize,
    value: f64,
    weights: Weights,
}

/// [`STANDARD`] of the queries at `which` under a network: one mean over queries each, all 0 for no query.
///
/// # Errors
/// If a query does not fit the network.
pub fn measure(model: &Dcmm, inputs: &[RankingInput], which: &[usize]) -> Result<Figures, TrainError> {
    let mut sums = vec![0.0; STANDARD.len()];
    for &at in which {
        let input = &inputs[at];
        let scores = model.score(input)?;
        let values = measured(input, &scores.total, STANDARD.iter());
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
    let measures = sums.into_iter().map(|sum| sum / which.len().max(1) as f64).collect();
    Ok(Figures { measures })
}
