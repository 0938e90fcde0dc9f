//! Options of the loss and of the optimiser.

use super::names::{count, one_of};
use crate::train::{Decay, Loss, Method, TrainConfig, Weighting};

/// Options of the loss.
#[derive(Debug, clap::Args)]
pub(super) struct LossArgs {
    /// The loss to minimise.
    #[arg(long, value_parser = one_of(Loss::ALL, Loss::name))]
    pub loss: Option<Loss>,
    /// Smoothness of approx-ndcg [default: 0.1] and neural-ndcg [default: 1].
    #[arg(long, value_name = "X")]
    pub temperature: Option<f64>,
    /// The last rank counted by lambda-ndcg and neural-ndcg [default: all].
    #[arg(long, value_name = "N", value_parser = count)]
    pub truncation: Option<usize>,
    /// Use 2^grade − 1 as the gain in nDCG losses, instead of the grade.
    #[arg(long)]
    pub exponential_gain: bool,
    /// Rounds of Sinkhorn scaling in neural-ndcg.
    #[arg(long, value_name = "N")]
    pub sinkhorn: Option<usize>,
    /// Average a batch over all pairs (images, for pointwise losses), or over queries.
    #[arg(long, value_parser = one_of(Weighting::ALL, Weighting::name))]
    pub weighting: Option<Weighting>,
}

/// Options of the optimiser.
#[derive(Debug, clap::Args)]
pub(super) struct StepArgs {
    /// How weight decay works: as an L2 term in the gradient (adam) or decoupled (adamw).
    #[arg(long, value_parser = one_of(Method::ALL, Method::name))]
    pub optimiser: Option<Method>,
    /// Step size.
    #[arg(long, alias = "lr", value_name = "X")]
    pub learning_rate: Option<f64>,
    /// How the step size changes after warming up.
    #[arg(long, value_parser = one_of(Decay::ALL, Decay::name))]
    pub schedule: Option<Decay>,
    /// Epochs over which the step size rises from 0.
    #[arg(long, value_name = "EPOCHS")]
    pub warm_up: Option<usize>,
    /// Fraction of the step size at which the cosine schedule ends.
    #[arg(long, value_name = "SHARE")]
    pub floor: Option<f64>,
    /// Epochs between drops of the step schedule.
    #[arg(long, value_name = "EPOCHS", value_parser = count)]
    pub step_every: Option<usize>,
    /// What each drop multiplies the step size by.
    #[arg(long, value_name = "X")]
    pub step_factor: Option<f64>,
    /// Weight decay.
    #[arg(long, value_name = "X")]
    pub weight_decay: Option<f64>,
    /// Clip gradients to this norm (over all weights).
    #[arg(long, value_name = "NORM")]
    pub clip: Option<f64>,
}

impl LossArgs {
    /// Applies the options given.
    pub fn apply(&self, training: &mut TrainConfig) {
        set(&mut training.loss, self.loss);
        let settings = &mut training.loss_settings;
        settings.temperature = self.temperature.or(settings.temperature);
        settings.truncation = self.truncation.or(settings.truncation);
        settings.exponential_gain |= self.exponential_gain;
        set(&mut settings.sinkhorn, self.sinkhorn);
        set(&mut training.weighting, self.weighting);
    }
}

impl StepArgs {
    /// Applies the options given.
    pub fn apply(&self, training: &mut TrainConfig) {
        set(&mut training.optimiser, self.optimiser);
        set(&mut training.learning_rate, self.learning_rate);
        let schedule = &mut training.schedule;
        set(&mut schedule.decay, self.schedule);
        set(&mut schedule.warm_up, self.warm_up);
        set(&mut schedule.floor, self.floor);
        set(&mut schedule.every, self.step_every);
        set(&mut schedule.factor, self.step_factor);
        set(&mut training.weight_decay, self.weight_decay);
        training.clip = self.clip.or(training.clip);
    }
}

/// Overwrites a setting if its option was given.
pub(super) fn set<T>(setting: &mut T, given: Option<T>) {
    if let Some(value) = given {
        *setting = value;
    }
}
