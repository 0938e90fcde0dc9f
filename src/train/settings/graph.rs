//! Neighbours, visual vectors, and the scale of the signals.

use super::{Control, Setting, Values};
use crate::signals::Normalisation;
use crate::train::Experiment;

fn learns_vectors(experiment: &Experiment) -> bool {
    experiment.visual.learns()
}

/// In the order in which they are shown.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        path: "graph.k",
        option: "k",
        help: "Nearest neighbours of each image, itself not counted; 0 for no edges",
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
                ("directed", "Directed", "Each image takes in its own k nearest (as in the paper)"),
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
        help: "Leave out edges below this cosine",
        values: Values::Number(-1.0, 1.0),
        name: "Least weight",
        row: "Least weight",
        control: Control::Slider { range: (-1.0, 1.0), logarithmic: false, lowest: Some("any") },
        ..Setting::PLAIN
    },
    Setting {
        path: "visual.whiten",
        option: "whiten",
        help: "Whether visual vectors are whitened before the network sees them (the Graph panel shows neighbours by the \
               vectors as they are)",
        name: "Whitening",
        row: "Whitening",
        ..Setting::PLAIN
    },
    Setting {
        path: "visual.power",
        option: "power",
        help: "The power that every number is raised to first; ½ damps large counts",
        values: Values::Above(0.0, 10.0),
        name: "Whitening power",
        row: "Power",
        control: Control::Drag(0.01, 2),
        applies: learns_vectors,
        ..Setting::PLAIN
    },
    Setting {
        path: "visual.shrinkage",
        option: "shrinkage",
        help: "What is added to the variance of each direction: the more, the less weak directions count",
        values: Values::Number(0.0, 1e6),
        name: "Whitening shrinkage",
        row: "Shrinkage",
        control: Control::Drag(0.05, 2),
        applies: learns_vectors,
        ..Setting::PLAIN
    },
    Setting {
        path: "visual.components",
        option: "components",
        help: "Principal components of the visual vectors that join the signals",
        values: Values::Count(0, 512),
        name: "Components",
        row: "Components",
        ..Setting::PLAIN
    },
    Setting {
        path: "normalisation",
        option: "normalisation",
        help: "How the signals of a query are brought to one scale",
        values: Values::Choice(|| {
            Values::choices(Normalisation::ALL, Normalisation::name, Normalisation::label, |_| "")
        }),
        name: "Normalisation",
        row: "Normalisation",
        ..Setting::PLAIN
    },
];
