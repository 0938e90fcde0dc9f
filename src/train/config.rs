//! What a training run is to do, and on what.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Loss, LossSettings, Objective, Schedule, Weighting};
use crate::base::named;
use crate::dataset::Split;
use crate::eval::Measure;
use crate::graph::Whitening;
use crate::model::RankingInput;

/// Which epoch's weights a training keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// The best by the validation measure.
    #[default]
    Best,
    /// The last: nothing is chosen, so a few validation queries cannot mislead.
    Last,
}

named!(Keep, "kept epoch": Best = "best", Last = "last");

/// How gradients become steps. The two are the same without weight decay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Adam (ICLR 2015); weight decay is an L2 term in the gradient, as in the paper authors' code.
    Adam,
    /// AdamW (ICLR 2019): weight decay is taken from the weights themselves, step size times decay.
    #[default]
    AdamW,
}

named!(Method, "optimiser": Adam = "adam", AdamW = "adamw");

/// How a network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainConfig {
    /// What is minimised.
    pub loss: Loss,
    /// Numbers that some losses ask for.
    pub loss_settings: LossSettings,
    /// What the mean of a batch's losses is taken over.
    pub weighting: Weighting,
    /// How gradients become steps.
    pub optimiser: Method,
    /// The step size.
    pub learning_rate: f64,
    /// How the step size changes over the run. [`TrainConfig::epochs`] is what a cosine stretches over.
    pub schedule: Schedule,
    /// Weight decay: decoupled in AdamW, an L2 term in Adam.
    pub weight_decay: f64,
    /// The longest gradient (all weights together); a longer one is shortened to it.
    pub clip: Option<f64>,
    /// Queries per step.
    pub batch: usize,
    /// At most this many passes over the training queries.
    pub epochs: usize,
    /// Seed of the order of the queries and of dropout.
    pub seed: u64,
    /// The validation measure that chooses the best epoch.
    pub stop_on: Measure,
    /// Epochs without a better one after which training ends; `None` runs all epochs (the best is kept all the same).
    pub patience: Option<usize>,
    /// Which epoch's weights are kept.
    pub keep: Keep,
    /// What the same loss on the text's own score adds: the signals then learn to rank by themselves too, which the
    /// graph's layers build on. 0 leaves it out.
    pub text_loss: f64,
    /// Whether a second network is then trained on train and validation queries together, from the same initial
    /// weights and for as many epochs as were best, as the paper does. Only a run does this, not [`super::train`].
    pub retrain: bool,
}

impl Default for TrainConfig {
    /// The middle of the authors' grid.
    fn default() -> Self {
        Self {
            loss: Loss::Bpr,
            loss_settings: LossSettings::default(),
            weighting: Weighting::default(),
            optimiser: Method::default(),
            learning_rate: 1e-3,
            schedule: Schedule::default(),
            weight_decay: 0.0,
            clip: None,
            batch: 16,
            epochs: 100,
            seed: 1,
            stop_on: Measure::Map,
            patience: Some(50),
            keep: Keep::Best,
            text_loss: 0.0,
            retrain: false,
        }
    }
}

impl TrainConfig {
    /// The loss with its numbers and its weighting.
    pub fn objective(&self) -> Objective {
        Objective { loss: self.loss, settings: self.loss_settings, weighting: self.weighting }
    }
}

/// The queries of a run.
#[derive(Clone, Debug, Default)]
pub struct TrainData {
    /// One query each.
    pub inputs: Vec<RankingInput>,
    /// The part of the protocol each query belongs to.
    pub split: Vec<Split>,
    /// What the visual vectors went through, where it was learned.
    pub whitening: Option<Arc<Whitening>>,
}

impl TrainData {
    /// Positions in `inputs` of one part of the protocol.
    pub fn of(&self, split: Split) -> Vec<usize> {
        let inputs = self.inputs.iter().zip(&self.split).enumerate();
        inputs.filter(|(_, (_, other))| **other == split).map(|(at, _)| at).collect()
    }

    /// The highest grade of the train and validation queries, 0 where nothing is relevant: what ERR takes for certain
    /// while epochs and settings are chosen. Test queries have no say in a choice.
    pub fn highest_grade(&self) -> i32 {
        let inputs = self.inputs.iter().zip(&self.split).filter(|(_, split)| **split != Split::Test);
        let grades = inputs.flat_map(|(input, _)| input.relevance.iter().flatten());
        grades.map(|grade| grade.0).max().unwrap_or(0).max(0)
    }

    /// The same, without the queries that have no judgement at all: they are in no mean, as in trec_eval.
    pub fn judged(&self, split: Split) -> Vec<usize> {
        let mut positions = self.of(split);
        positions.retain(|&at| self.inputs[at].relevance.iter().any(Option::is_some));
        positions
    }
}
