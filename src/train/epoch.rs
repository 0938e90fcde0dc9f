//! One pass over the training queries, and evaluation of the others.

use std::ops::ControlFlow;
use std::sync::Arc;

use candle_core::Tensor;
use rayon::prelude::*;

use super::{Gradients, Objective, Observer, Optimiser, Schedule, Targets, TrainConfig, TrainData, TrainError};
use crate::base::Rng;
use crate::eval::{Judged, Measure, Measures, STANDARD, rank_and_measure};
use crate::model::{Network, Output, Prepared, RankingInput};

/// Separates the random stream of query orders and dropout masks from that of the initial weights.
const STREAM: u64 = 0x7472_6169_6e21;

/// A run's queries, prepared for the network.
pub(super) struct Queries<'a> {
    data: &'a TrainData,
    prepared: Vec<Prepared>,
    targets: Vec<Arc<Targets>>,
    objective: Objective,
    /// Weight of the loss on the text's score.
    text_loss: f64,
    /// The highest grade of the train and validation queries, which ERR takes as certain relevance.
    highest_grade: i32,
    schedule: Schedule,
    batch: usize,
    epochs: usize,
}

/// The loss and the measures of some queries.
pub(super) struct Evaluated {
    /// `None` if the loss cannot learn from any query.
    pub(super) loss: Option<f64>,
    pub(super) standard: Measures,
    /// The measure that early stopping uses.
    pub(super) chosen: f64,
    /// The scores of each of the queries.
    pub(super) scores: Vec<(usize, Vec<f32>)>,
}

/// One of them.
struct One {
    loss: f64,
    measures: Vec<f64>,
    scores: Vec<f32>,
}

impl<'a> Queries<'a> {
    /// `training` are the queries to learn from: their highest grade is what pointwise losses take as certain
    /// relevance.
    pub(super) fn new(
        data: &'a TrainData,
        model: &Network,
        config: &TrainConfig,
        training: &[usize],
    ) -> Result<Self, TrainError> {
        let prepared = data.inputs.iter().map(|input| Prepared::new(input, model.config()));
        let of = |input: &RankingInput| Targets::new(&input.relevance).with_ties(config.seed, &input.ids);
        let targets: Vec<Targets> = data.inputs.iter().map(of).collect();
        let top = training.iter().map(|&at| targets[at].top()).fold(0.0, f64::max);
        Ok(Self {
            data,
            prepared: prepared.collect::<Result<_, _>>()?,
            targets: targets.into_iter().map(|targets| Arc::new(targets.with_top(top))).collect(),
            objective: config.objective(),
            text_loss: config.text_loss,
            highest_grade: data.highest_grade(),
            schedule: config.schedule,
            batch: config.batch,
            epochs: config.epochs,
        })
    }

    /// The `queries` that the loss can learn from.
    pub(super) fn learnable(&self, queries: &[usize]) -> Vec<usize> {
        queries.iter().copied().filter(|&at| self.weight(at) > 0.0).collect()
    }

    fn weight(&self, at: usize) -> f64 {
        self.objective.weight(&self.targets[at])
    }

    /// One pass over `queries` in this epoch's own order; the mean loss, or `None` if the observer asked to stop.
    pub(super) fn train_epoch(
        &self,
        model: &Network,
        optimiser: &mut Optimiser,
        queries: &[usize],
        (epoch, mut rng): (usize, Rng),
        observer: &mut dyn Observer,
    ) -> Result<Option<f64>, TrainError> {
        let mut shuffled = queries.to_vec();
        rng.shuffle(&mut shuffled);
        let total = shuffled.len().div_ceil(self.batch);
        if observer.batch(0, total).is_break() {
            return Ok(None);
        }
        let (mut sum, mut weight) = (0.0, 0.0);
        for (at, batch) in shuffled.chunks(self.batch).enumerate() {
            let (batch_sum, gradients) = self.differentiate(model, batch, &mut rng)?;
            if !batch_sum.is_finite() {
                return Err(TrainError::Diverged { epoch, what: "the loss" });
            }
            optimiser.set_share(self.schedule.share(epoch, at, total, self.epochs));
            optimiser.step(&gradients)?;
            sum += batch_sum;
            weight += batch.iter().map(|&at| self.weight(at)).sum::<f64>();
            if observer.batch(at + 1, total) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        Ok(Some(sum / weight))
    }

    /// The sum of a batch's losses and the gradient of their mean.
    fn differentiate(&self, model: &Network, batch: &[usize], rng: &mut Rng) -> Result<(f64, Gradients), TrainError> {
        let weight: f64 = batch.iter().map(|&at| self.weight(at)).sum();
        // Each query has its own generator, so that dropout masks do not depend on scheduling.
        let jobs: Vec<(usize, Rng)> = batch.iter().map(|&at| (at, Rng::new(rng.next_u64()))).collect();
        let one = |(at, mut rng): (usize, Rng)| {
            let loss = self.mean_loss(&model.forward(&self.prepared[at], Some(&mut rng))?, at)?;
            let gradients = Gradients::of(model, &(&loss / weight)?)?;
            Ok((loss.to_scalar::<f64>()?, gradients))
        };
        let parts: Vec<(f64, Gradients)> = jobs.into_par_iter().map(one).collect::<Result<_, TrainError>>()?;
        let (mut sum, mut gradients) = (0.0, Gradients::zero(model));
        for (loss, part) in &parts {
            sum += loss;
            gradients.add(part);
        }
        Ok((sum, gradients))
    }

    /// A query's part of the loss, averaged over the members: each learns as if it were alone, as they share no
    /// weights and Adam is invariant to the scale of gradients.
    fn mean_loss(&self, output: &Output, at: usize) -> Result<Tensor, TrainError> {
        let mut losses = Vec::with_capacity(output.members.len());
        for member in &output.members {
            let mut loss = self.objective.sum(&member.total, &self.targets[at])?;
            if self.text_loss > 0.0 {
                loss = (loss + (self.objective.sum(&member.text, &self.targets[at])? * self.text_loss)?)?;
            }
            losses.push(loss);
        }
        let [first, others @ ..] = losses.as_slice() else {
            return Err(TrainError::Config("a network without members".into()));
        };
        let sum = others.iter().try_fold(first.clone(), |sum, loss| sum + loss)?;
        Ok(if others.is_empty() { sum } else { (sum / losses.len() as f64)? })
    }

    /// Loss and measures of `queries`, without dropout, each averaged over queries.
    pub(super) fn evaluate(
        &self,
        model: &Network,
        queries: &[usize],
        stop_on: Measure,
        epoch: usize,
    ) -> Result<Evaluated, TrainError> {
        let measures: Vec<Measure> = STANDARD.into_iter().chain([stop_on]).collect();
        let one = |&at: &usize| {
            let input = &self.data.inputs[at];
            if input.n == 0 {
                return Ok(One {
                    loss: 0.0,
                    measures: measured(input, &[], &measures, self.highest_grade),
                    scores: Vec::new(),
                });
            }
            let total = model.forward(&self.prepared[at], None)?.total;
            let scores: Vec<f32> = total.to_vec1::<f64>()?.into_iter().map(|x| x as f32).collect();
            if scores.iter().any(|score| !score.is_finite()) {
                return Err(TrainError::Diverged { epoch, what: "a score" });
            }
            let loss = self.objective.sum(&total, &self.targets[at])?.to_scalar::<f64>()?;
            Ok(One { loss, measures: measured(input, &scores, &measures, self.highest_grade), scores })
        };
        let parts: Vec<One> = queries.par_iter().map(one).collect::<Result<_, TrainError>>()?;
        let mut loss = 0.0;
        let mut sums = [0.0; STANDARD.len() + 1];
        let mut scores = Vec::with_capacity(parts.len());
        for (part, &at) in parts.into_iter().zip(queries) {
            loss += part.loss;
            scores.push((at, part.scores));
            sums.iter_mut().zip(part.measures).for_each(|(sum, value)| *sum += value);
        }
        let weight: f64 = queries.iter().map(|&at| self.weight(at)).sum();
        // NaN without queries.
        let [standard @ .., chosen] = sums.map(|sum| sum / queries.len() as f64);
        let standard = Measures::new(&STANDARD, standard);
        Ok(Evaluated { loss: (weight > 0.0).then(|| loss / weight), standard, chosen, scores })
    }

    /// The network's scores of every query, of which those in `known` are known.
    pub(super) fn scores(&self, model: &Network, known: &[(usize, Vec<f32>)]) -> Result<Vec<Vec<f32>>, TrainError> {
        let mut scores: Vec<Option<Vec<f32>>> = vec![None; self.prepared.len()];
        known.iter().for_each(|(at, known)| scores[*at] = Some(known.clone()));
        let one = |(at, known): (usize, Option<Vec<f32>>)| match known {
            Some(known) => Ok(known),
            None => Ok(model.score_prepared(&self.prepared[at])?.total),
        };
        scores.into_par_iter().enumerate().map(one).collect()
    }
}

/// The measures of one query's images ranked by `scores`; `highest_grade` is what ERR takes as certain relevance.
pub(super) fn measured(input: &RankingInput, scores: &[f32], measures: &[Measure], highest_grade: i32) -> Vec<f64> {
    let ids: Vec<&str> = input.ids.iter().map(|id| id.as_str()).collect();
    let relevance = &input.relevance;
    let judged = Judged { relevance, extra_relevant: &input.others, highest_grade, ..Judged::default() };
    rank_and_measure(scores, &ids, &judged, measures).values
}

/// The generator of one epoch, which does not depend on how much randomness earlier epochs used.
pub(super) fn epoch_rng(seed: u64, epoch: usize) -> Rng {
    let mut rng = Rng::new(seed ^ STREAM);
    let first = rng.next_u64();
    Rng::new(first.wrapping_add((epoch as u64).wrapping_mul(0x9e6c_63d0_876a_46ad)))
}
