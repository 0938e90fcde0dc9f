//! How a network is trained.

use super::{Control, Setting, Values};
use crate::train::{Decay, Experiment, Loss};

fn truncates(experiment: &Experiment) -> bool {
    experiment.training.loss.truncates()
}

/// In display order.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        path: "training.loss",
        option: "loss",
        help: "What training minimises",
        values: Values::Choice(|| Values::choices(Loss::ALL, Loss::name, Loss::label, Loss::explanation)),
        name: "Loss",
        row: "Loss",
        control: Control::Explained,
        ..Setting::PLAIN
    },
    Setting {
        path: "training.loss_settings.temperature",
        option: "temperature",
        help: "How smooth the ranks of approx-ndcg (0.1 by default) and neural-ndcg (1) are: lower is closer to true \
               ranks, higher gives smoother gradients",
        values: Values::Above(0.0, 1000.0),
        optional: Some(0.5),
        name: "Temperature of the loss",
        row: "Temperature",
        control: Control::Drag(0.01, 3),
        applies: |experiment| experiment.training.loss.temperature().is_some(),
        ..Setting::PLAIN
    },
    Setting {
        path: "training.loss_settings.truncation",
        option: "truncation",
        help: "The last rank that counts in lambda-ndcg and neural-ndcg; by default all",
        values: Values::Count(1, 100_000),
        optional: Some(20.0),
        name: "Cutoff rank",
        row: "Cutoff",
        words: ("top", ""),
        applies: truncates,
        ..Setting::PLAIN
    },
    Setting {
        path: "training.loss_settings.sinkhorn",
        option: "sinkhorn",
        help: "Iterations that make neural-ndcg's relaxed ranking doubly stochastic",
        values: Values::Count(0, 1000),
        name: "Sinkhorn",
        row: "Sinkhorn",
        applies: |experiment| experiment.training.loss == Loss::NeuralNdcg,
        ..Setting::PLAIN
    },
    Setting {
        path: "training.loss_settings.exponential_gain",
        option: "exponential-gain",
        help: "Use the gain 2^grade − 1 instead of the grade in losses of nDCG",
        name: "Exponential gain",
        row: "Gain",
        words: ("", "2^grade − 1"),
        applies: |experiment| truncates(experiment) || experiment.training.loss == Loss::ApproxNdcg,
        ..Setting::PLAIN
    },
    Setting {
        path: "training.weighting",
        option: "weighting",
        help: "What a batch's loss is averaged over",
        values: Values::Choice(|| {
            Values::listed(&[
                ("per-pair", "Pairs", "All pairs (or images) count the same: long queries weigh more, as in the paper"),
                ("per-query", "Queries", "Every query counts the same"),
            ])
        }),
        name: "Mean over",
        row: "Mean over",
        ..Setting::PLAIN
    },
    Setting {
        path: "training.optimiser",
        option: "optimiser",
        help: "How gradients become steps; the two differ only in weight decay",
        values: Values::Choice(|| {
            Values::listed(&[
                ("adam", "Adam", "Weight decay is an L2 term in the gradient"),
                ("adamw", "AdamW", "Weight decay is applied to the weights directly"),
            ])
        }),
        name: "Optimiser",
        row: "Optimiser",
        ..Setting::PLAIN
    },
    Setting {
        path: "training.learning_rate",
        option: "learning-rate",
        alias: Some("lr"),
        help: "Step size",
        values: Values::Above(0.0, f64::MAX),
        name: "Learning rate",
        row: "Learning rate",
        control: Control::Slider { range: (1e-5, 1e-1), logarithmic: true, lowest: None },
        ..Setting::PLAIN
    },
    Setting {
        path: "training.weight_decay",
        option: "weight-decay",
        help: "How strongly weights are pulled towards 0",
        values: Values::Number(0.0, 10.0),
        name: "Weight decay",
        row: "Weight decay",
        control: Control::Drag(0.0001, 5),
        ..Setting::PLAIN
    },
    Setting {
        path: "training.clip",
        option: "clip",
        help: "Scale the gradient of all weights down to this norm",
        values: Values::Above(0.0, 1e6),
        optional: Some(1.0),
        name: "Maximum gradient norm",
        row: "Clip",
        control: Control::Drag(0.01, 3),
        ..Setting::PLAIN
    },
    Setting {
        path: "training.schedule.decay",
        option: "schedule",
        help: "How the step size changes after the warm-up",
        values: Values::Choice(|| {
            Values::listed(&[
                ("constant", "Constant", "Constant step size"),
                ("cosine", "Cosine", "Decreases along half a cosine, to its floor at the last epoch"),
                ("step", "Steps", "Decreases by a factor at regular intervals"),
            ])
        }),
        name: "Schedule",
        row: "Schedule",
        ..Setting::PLAIN
    },
    Setting {
        path: "training.schedule.floor",
        option: "floor",
        help: "Share of the step size that remains at the end of the cosine",
        values: Values::Number(0.0, 1.0),
        name: "Floor",
        row: "Floor",
        control: Control::Drag(0.005, 3),
        applies: |experiment| experiment.training.schedule.decay == Decay::Cosine,
        ..Setting::PLAIN
    },
    Setting {
        path: "training.schedule.factor",
        option: "step-factor",
        help: "Factor of each decrease of the step schedule",
        values: Values::Above(0.0, 1.0),
        name: "Factor",
        row: "Decreases",
        words: ("×", ""),
        control: Control::Drag(0.005, 3),
        applies: |experiment| experiment.training.schedule.decay == Decay::Step,
        ..Setting::PLAIN
    },
    Setting {
        path: "training.schedule.every",
        option: "step-every",
        help: "Epochs between decreases of the step schedule",
        values: Values::Count(1, 100_000),
        name: "Epochs between decreases",
        row: "Decreases",
        words: ("every", "epochs"),
        applies: |experiment| experiment.training.schedule.decay == Decay::Step,
        ..Setting::PLAIN
    },
    Setting {
        path: "training.schedule.warm_up",
        option: "warm-up",
        help: "Epochs over which the step size rises from 0",
        values: Values::Count(0, 100_000),
        name: "Warm-up",
        row: "Warm-up",
        ..Setting::PLAIN
    },
    Setting {
        path: "training.batch",
        option: "batch",
        help: "Queries per step",
        values: Values::Count(1, 10_000),
        name: "Batch",
        row: "Batch",
        ..Setting::PLAIN
    },
    Setting {
        path: "training.epochs",
        option: "epochs",
        help: "Maximum number of passes over the training queries",
        values: Values::Count(1, 100_000),
        name: "Epochs",
        row: "Epochs",
        ..Setting::PLAIN
    },
    Setting {
        path: "training.seed",
        option: "seed",
        help: "Determines initial weights, dropout and query order",
        values: Values::Count(0, u64::MAX),
        name: "Seed",
        row: "Seed",
        ..Setting::PLAIN
    },
    Setting {
        path: "training.stop_on",
        option: "stop-on",
        help: "The validation measure that decides which epoch is best",
        values: Values::Measure,
        name: "Best by",
        row: "Best by",
        ..Setting::PLAIN
    },
    Setting {
        path: "training.patience",
        option: "patience",
        help: "Stop when the measure has not improved for this many epochs",
        values: Values::Count(1, 100_000),
        optional: Some(20.0),
        name: "Patience",
        row: "Early stopping",
        words: ("", "epochs"),
        ..Setting::PLAIN
    },
    Setting {
        path: "training.keep",
        option: "keep",
        help: "Which epoch's weights to keep",
        values: Values::Choice(|| {
            Values::listed(&[
                ("best", "Best", "The best epoch by the validation measure"),
                ("last", "Last", "The last epoch, without selection"),
            ])
        }),
        name: "Keep",
        row: "Keep",
        ..Setting::PLAIN
    },
    Setting {
        path: "training.text_loss",
        option: "text-loss",
        help: "Weight of the same loss on the score from the signals alone",
        values: Values::Number(0.0, 100.0),
        name: "Text loss",
        row: "Text loss",
        control: Control::Drag(0.01, 2),
        ..Setting::PLAIN
    },
    Setting {
        path: "training.retrain",
        option: "retrain",
        help: "Then train again on train and validation queries, for the best number of epochs",
        name: "Retrain",
        row: "Retrain",
        words: ("", "with validation"),
        ..Setting::PLAIN
    },
];
