//! The kind of model and its size.

use super::{Control, Setting, Values};
use crate::model::ModelKind;
use crate::train::Experiment;

fn network(experiment: &Experiment) -> Option<ModelKind> {
    experiment.model.kind.network()
}

/// Whether the model stacks convolutions, as opposed to hops with one weight each.
fn convolves(experiment: &Experiment) -> bool {
    experiment.model.kind.uses_graph() && experiment.model.kind != ModelKind::DcmmPrf
}

fn has_mlp(experiment: &Experiment) -> bool {
    network(experiment).is_some_and(|network| network != ModelKind::Linear)
}

/// In display order.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        path: "model.kind",
        option: "model",
        help: "The model that ranks the images",
        values: Values::Choice(|| {
            Values::choices(ModelKind::ALL, ModelKind::name, ModelKind::label, ModelKind::explanation)
        }),
        name: "Kind",
        row: "Kind",
        control: Control::Explained,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.signal",
        option: "signal",
        help: "The text score of signal and cm; by default the best text signal",
        values: Values::Name,
        optional: Some(0.0),
        name: "Text score",
        row: "Text score",
        applies: |experiment| matches!(experiment.model.kind, ModelKind::Signal | ModelKind::Cm),
        ..Setting::PLAIN
    },
    Setting {
        path: "model.hidden",
        option: "hidden",
        help: "Width of the layers of the MLP over the signals",
        values: Values::Count(1, 4096),
        name: "MLP width",
        row: "MLP",
        words: ("", "wide,"),
        applies: has_mlp,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.mlp_layers",
        option: "mlp-layers",
        help: "Layers of that MLP; with 0 (dcmm-prf only), signals pass unchanged",
        values: Values::Count(0, 16),
        name: "MLP layers",
        row: "MLP",
        words: ("", "deep"),
        applies: has_mlp,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.conv_layers",
        help: "How many edges away neighbours still have influence",
        values: Values::Count(0, 16),
        name: "Hops",
        row: "Hops",
        applies: |experiment| experiment.model.kind == ModelKind::DcmmPrf,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.feedback",
        option: "feedback",
        help: "Whether dcmm-prf prefers images that look like those that text ranks first",
        name: "Feedback",
        row: "Feedback",
        applies: |experiment| experiment.model.kind == ModelKind::DcmmPrf,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.rounds",
        option: "rounds",
        help: "Rounds of that feedback; from the second on, from the images that the round before ranks first",
        values: Values::Count(1, 5),
        name: "Rounds of feedback",
        row: "Rounds",
        applies: |experiment| experiment.model.kind == ModelKind::DcmmPrf && experiment.model.feedback,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.messages",
        option: "messages",
        help: "What dcmm-prf sends along the edges",
        values: Values::Choice(|| {
            Values::listed(&[
                ("all", "Signals and score", "Every signal and the text score, each with a weight of its own"),
                ("score", "Score", "The text score alone, with one weight a hop"),
            ])
        }),
        name: "Messages",
        row: "Messages",
        applies: |experiment| experiment.model.kind == ModelKind::DcmmPrf,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.conv_size",
        option: "conv-size",
        help: "Width of the graph convolutions",
        values: Values::Count(1, 4096),
        name: "Convolution width",
        row: "Convolutions",
        words: ("", "wide,"),
        applies: convolves,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.conv_layers",
        option: "layers",
        help: "Number of graph convolutions",
        values: Values::Count(0, 16),
        name: "Convolution layers",
        row: "Convolutions",
        words: ("", "deep"),
        applies: convolves,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.activation",
        option: "activation",
        help: "The activation after each convolution",
        values: Values::Choice(|| {
            Values::listed(&[("none", "None", "No activation"), ("relu", "ReLU", "Sets negative values to 0")])
        }),
        name: "Activation",
        row: "Activation",
        applies: convolves,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.residual",
        option: "residual",
        help: "Whether each convolution adds its input to its output",
        name: "Residual",
        row: "Residual",
        applies: convolves,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.degree",
        option: "degree",
        help: "How DCMM's sums over neighbours are scaled by the number of neighbours",
        values: Values::Choice(|| {
            Values::listed(&[
                ("none", "Sum", "Not scaled, as in the paper"),
                ("mean", "Mean", "Divided by the number of neighbours"),
                ("symmetric", "Symmetric", "Divided by the square root of both nodes' degrees"),
            ])
        }),
        name: "Degree",
        row: "Degree",
        applies: |experiment| matches!(experiment.model.kind, ModelKind::DcmmCos | ModelKind::DcmmEdge),
        ..Setting::PLAIN
    },
    Setting {
        path: "model.heads",
        option: "heads",
        help: "Attention heads of GAT, which share the convolution's width",
        values: Values::Count(1, 64),
        name: "Attention heads",
        row: "Heads",
        applies: |experiment| experiment.model.kind == ModelKind::Gat,
        ..Setting::PLAIN
    },
    Setting {
        path: "model.dropout",
        option: "dropout",
        help: "Share of units dropped at random during training",
        values: Values::Below(0.0, 1.0),
        name: "Dropout",
        row: "Dropout",
        control: Control::Slider { range: (0.0, 0.8), logarithmic: false, lowest: None },
        applies: |experiment| network(experiment).is_some(),
        ..Setting::PLAIN
    },
    Setting {
        path: "model.members",
        option: "members",
        alias: Some("ensemble"),
        help: "Number of networks trained together whose scores are averaged",
        values: Values::Count(1, 64),
        name: "Networks in the ensemble",
        row: "Ensemble",
        words: ("", "networks"),
        applies: |experiment| network(experiment).is_some(),
        ..Setting::PLAIN
    },
];
