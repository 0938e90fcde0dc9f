//! Training settings, and the queries to train on.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Loss, LossSettings, Objective, Schedule, Weighting};
use crate::base::named;
use crate::dataset::Split;
use crate::eval::Measure;
use crate::graph::Whitening;
use crate::model::RankingInput;

/// Which epoch's weights training keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// The best by the validation measure.
    #[default]
    Best,
    /// The last: without a choice, a small validation set cannot mislead.
    Last,
}

named!(Keep, "kept epoch": Best = "best", Last = "last");

/// The optimiser. Without weight decay the two are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Adam (ICLR 2015); weight decay is an L2 term in the gradient, as in the paper authors' code.
    Adam,
    /// AdamW (ICLR 2019): decoupled weight decay, step size times decay.
    #[default]
    AdamW,
}

named!(Method, "optimiser": Adam = "adam", AdamW = "adamw");

/// How a network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainConfig {
    /// The loss to minimise.
    pub loss: Loss,
    /// Parameters of some losses.
    pub loss_settings: LossSettings,
    /// What a batch's losses are averaged over.
    pub weighting: Weighting,
    /// The optimiser.
    pub optimiser: Method,
    /// The step size.
    pub learning_rate: f64,
    /// How the step size changes over the run. A cosine spans [`TrainConfig::epochs`].
    pub schedule: Schedule,
    /// Weight decay: decoupled in AdamW, an L2 term in Adam.
    pub weight_decay: f64,
    /// Gradients are clipped to this norm (over all weights).
    pub clip: Option<f64>,
    /// Queries per step.
    pub batch: usize,
    /// Maximum number of passes over the training queries.
    pub epochs: usize,
    /// Seed of the query order and of dropout.
    pub seed: u64,
    /// The validation measure that chooses the best epoch.
    pub stop_on: Measure,
    /// Epochs without improvement after which training stops; `None` runs all epochs (and still keeps the best).
    pub patience: Option<usize>,
    /// Which epoch's weights to keep.
    pub keep: Keep,
    /// Weight of the same loss on the text's own score: the signals then also learn to rank by themselves, which the
    /// graph layers build on. 0 disables it.
    pub text_loss: f64,
    /// Whether a second network is then trained on train and validation queries together, from the same initial
    /// weights and for the best number of epochs, as in the paper. Only a run does this, not [`super::train`].
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
    /// The loss with its parameters and weighting.
    pub fn objective(&self) -> Objective {
        Objective { loss: self.loss, settings: self.loss_settings, weighting: self.weighting }
    }
}

/// The queries of a run.
#[derive(Clone, Debug, Default)]
pub struct TrainData {
    /// One per query.
    pub inputs: Vec<RankingInput>,
    /// The split of each query.
    pub split: Vec<Split>,
    /// The whitening applied to the visual vectors, if it was learned.
    pub whitening: Option<Arc<Whitening>>,
}

impl TrainData {
    /// Indices into `inputs` of one split.
    pub fn of(&self, split: Split) -> Vec<usize> {
        let inputs = self.inputs.iter().zip(&self.split).enumerate();
        inputs.filter(|(_, (_, other))| **other == split).map(|(at, _)| at).collect()
    }

    /// Holds visual vectors equal to those of other inputs of the same queries only once.
    pub fn share_vectors(&mut self, other: &Self) {
        for (input, other) in self.inputs.iter_mut().zip(&other.inputs) {
            if input.visual == other.visual {
                input.visual = other.visual.clone();
            }
        }
    }

    /// The highest grade of the train and validation queries, 0 if nothing is relevant: what ERR takes as certain
    /// relevance while epochs and settings are chosen. Test queries must not influence a choice.
    pub fn highest_grade(&self) -> i32 {
        let inputs = self.inputs.iter().zip(&self.split).filter(|(_, split)| **split != Split::Test);
        let grades = inputs.flat_map(|(input, _)| input.relevance.iter().flatten().chain(&input.others));
        grades.map(|grade| grade.0).max().unwrap_or(0).max(0)
    }

    /// [`Self::of`] without queries that have no judgement at all: like trec_eval, means leave them out.
    pub fn judged(&self, split: Split) -> Vec<usize> {
        let mut positions = self.of(split);
        let is_judged = |input: &RankingInput| !input.others.is_empty() || input.relevance.iter().any(Option::is_some);
        positions.retain(|&at| is_judged(&self.inputs[at]));
        positions
    }
}
