//! Neighbours and visual vectors.

use super::{Control, Setting, Values};
use crate::train::Experiment;

fn compares_pictures(experiment: &Experiment) -> bool {
    experiment.model.kind.needs_vectors()
}

fn has_network(experiment: &Experiment) -> bool {
    experiment.model.kind.network().is_some()
}

/// In display order.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        path: "graph.k",
        option: "k",
        help: "Nearest neighbours of each image, not counting the image itself; 0 for no edges",
        values: Values::Count(0, 1000),
        name: "Neighbours k",
        row: "Neighbours k",
        control: Control::Slider { range: (0.0, 1000.0), logarithmic: true, lowest: None },
        ..Setting::PLAIN
    },
    Setting {
        path: "graph.neighbourhood",
        option: "neighbourhood",
        help: "Which pairs count as neighbours",
        values: Values::Choice(|| {
            Values::listed(&[
                ("directed", "Directed", "Each image aggregates its own k nearest, as in the paper"),
                ("mutual", "Mutual", "Only pairs that are among each other's k nearest"),
                ("union", "Union", "Pairs where either is among the other's k nearest"),
            ])
        }),
        name: "Edges",
        row: "Edges",
        ..Setting::PLAIN
    },
    Setting {
        path: "graph.min_weight",
        option: "min-weight",
        help: "Drop edges with a cosine below this",
        values: Values::Number(-1.0, 1.0),
        name: "Minimum weight",
        row: "Min. weight",
        control: Control::Slider { range: (-1.0, 1.0), logarithmic: false, lowest: Some("any") },
        ..Setting::PLAIN
    },
    Setting {
        path: "visual.whiten",
        option: "whiten",
        help: "Whiten visual vectors before they are compared (the Graph panel still compares original vectors)",
        name: "Whitening",
        row: "Whitening",
        applies: compares_pictures,
        ..Setting::PLAIN
    },
    Setting {
        path: "visual.power",
        option: "power",
        help: "Raise every number to this power first; ½ dampens large counts",
        values: Values::Above(0.0, 10.0),
        name: "Whitening power",
        row: "Power",
        control: Control::Drag(0.01, 2),
        applies: Experiment::whitens,
        ..Setting::PLAIN
    },
    Setting {
        path: "visual.shrinkage",
        option: "shrinkage",
        help: "Added to the variance of each direction; higher values give weak directions less weight",
        values: Values::Number(0.0, 1e6),
        name: "Whitening shrinkage",
        row: "Shrinkage",
        control: Control::Drag(0.05, 2),
        applies: Experiment::compares_whitened,
        ..Setting::PLAIN
    },
    Setting {
        path: "visual.components",
        option: "components",
        help: "Principal components of the visual vectors added to the signals",
        values: Values::Count(0, 512),
        name: "Components",
        row: "Components",
        applies: has_network,
        ..Setting::PLAIN
    },
    Setting {
        path: "visual.spectrum",
        option: "spectrum",
        help: "Power of a component's relative variance by which it is scaled: 0 for equal scales; higher values give \
               weak components less weight",
        values: Values::Number(0.0, 4.0),
        name: "Components' spectrum",
        row: "Spectrum",
        control: Control::Drag(0.05, 2),
        applies: Experiment::reads_components,
        ..Setting::PLAIN
    },
];
