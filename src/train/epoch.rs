//! One pass over the training queries, and one look at the others.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Loss, Observer, Optimiser, Targets, TrainConfig, TrainData, TrainError};
use crate::dataset::Rng;
use crate::eval::{Measure, STANDARD, measure_query, order};
use crate::model::{Batch, Dcmm, Prepared, RankingInput};

/// Parts the seed's stream of query orders and dropout masks from that of the initial weights.
const STREAM: u64 = 0x7472_6169_6e21;

/// A run's queries, ready to be put into batches.
pub(super) struct Queries<'a> {
    data: &'a TrainData,
    prepared: Vec<Prepared>,
    loss: Loss,
    batch: usize,
}

/// The loss and the measures of some queries.
pub(super) struct Evaluated {
    /// `None` where no query has both relevant and not relevant images.
    pub(super) loss: Option<f64>,
    pub(super) standard: [f64; STANDARD.len()],
    /// The measure the run stops on.
    pub(super) chosen: f64,
}

/// Weighted parts of a mean.
#[derive(Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    fn add(&mut self, value: f64, weight: f64) {
        self.sum += value * weight;
        self.weight += weight;
    }

    fn value(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }
}

impl<'a> Queries<'a> {
    pub(super) fn new(data: &'a TrainData, model: &Dcmm, config: &TrainConfig) -> Result<Self, TrainError> {
        let prepared = data.inputs.iter().map(|input| Prepared::new(input, model.config()));
        Ok(Self { data, prepared: prepared.collect::<Result<_, _>>()?, loss: config.loss, batch: config.batch })
    }

    /// Those of `queries` that a ranking loss can learn from.
    pub(super) fn teaching(&self, queries: &[usize]) -> Vec<usize> {
        queries.iter().copied().filter(|&at| self.loss.weight(&self.targets(&[at])) > 0.0).collect()
    }

    fn targets(&self, queries: &[usize]) -> Targets {
        Targets::new(queries.iter().map(|&at| self.data.inputs[at].relevance.as_slice()))
    }

    fn put_together(&self, queries: &[usize]) -> Result<(Batch, Arc<Targets>), TrainError> {
        let batch = Batch::new(queries.iter().map(|&at| &self.prepared[at]))?;
        Ok((batch, Arc::new(self.targets(queries))))
    }

    /// One pass over `queries` in an order of this epoch's own; the mean loss, or `None` if the observer broke.
    pub(super) fn train_epoch(
        &self,
        model: &Dcmm,
        optimiser: &mut Optimiser,
        queries: &[usize],
        seed: Rng,
        epoch: usize,
        observer: &mut dyn Observer,
    ) -> Result<Option<f64>, TrainError> {
        let mut rng = seed;
        let mut shuffled = queries.to_vec();
        rng.shuffle(&mut shuffled);
        let total = shuffled.len().div_ceil(self.batch);
        if observer.batch(0, total).is_break() {
            return Ok(None);
        }
        let mut mean = Mean::default();
        for (at, queries) in shuffled.chunks(self.batch).enumerate() {
            let (batch, targets) = self.put_together(queries)?;
            let scores = model.forward(&batch, Some(&mut rng))?.total;
            let loss = self.loss.of(&scores, &targets)?;
            let value = loss.to_scalar::<f64>()?;
            if !value.is_finite() {
                return Err(TrainError::Diverged { epoch, what: "the loss" });
            }
            optimiser.step(&loss)?;
            mean.add(value, self.loss.weight(&targets));
            if observer.batch(at + 1, total) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        Ok(mean.value())
    }

    /// Loss and measures of `queries`, without dropout: one mean over queries each, whatever the batches.
    pub(super) fn evaluate(
        &self,
        model: &Dcmm,
        queries: &[usize],
        stop_on: Measure,
        epoch: usize,
    ) -> Result<Evaluated, TrainError> {
        let mut loss = Mean::default();
        let mut sums = [0.0; STANDARD.len() + 1];
        let filled: Vec<usize> = queries.iter().copied().filter(|&at| self.prepared[at].n() > 0).collect();
        for chunk in filled.chunks(self.batch) {
            let (batch, targets) = self.put_together(chunk)?;
            let total = model.forward(&batch, None)?.total;
            let scores: Vec<f32> = total.to_vec1::<f64>()?.into_iter().map(|x| x as f32).collect();
            if scores.iter().any(|score| !score.is_finite()) {
                return Err(TrainError::Diverged { epoch, what: "a score" });
            }
            let weight = self.loss.weight(&targets);
            if weight > 0.0 {
                loss.add(self.loss.of(&total, &targets)?.to_scalar::<f64>()?, weight);
            }
            let mut rest = scores.as_slice();
            for &at in chunk {
                let (scores, after) = rest.split_at(self.data.inputs[at].n);
                rest = after;
                let measures = STANDARD.iter().chain([&stop_on]);
                let input = &self.data.inputs[at];
                sums.iter_mut().zip(measured(input, scores, measures)).for_each(|(sum, value)| *sum += value);
            }
        }
        let [standard @ .., chosen] = sums.map(|sum| sum / queries.len().max(1) as f64);
        Ok(Evaluated { loss: loss.value(), standard, chosen })
    }
}

/// The measures of one query's images ranked by `scores`.
pub(super) fn measured<'m>(
    input: &RankingInput,
    scores: &[f32],
    measures: impl Iterator<Item = &'m Measure>,
) -> Vec<f64> {
    let ids: Vec<&str> = input.ids.iter().map(|id| id.as_str()).collect();
    let ranked: Vec<_> = order(scores, &ids).into_iter().map(|i| input.relevance[i]).collect();
    let judged: Vec<_> = input.relevance.iter().flatten().copied().collect();
    measures.map(|&measure| measure_query(measure, &ranked, &judged)).collect()
}

/// The generator of one epoch, so that an epoch does not depend on how much randomness the ones before it used.
pub(super) fn epoch_rng(seed: u64, epoch: usize) -> Rng {
    let mut rng = Rng::new(seed ^ STREAM);
    let first = rng.next_u64();
    Rng::new(first.wrapping_add((epoch as u64).wrapping_mul(0x9e6c_63d0_876a_46ad)))
}
