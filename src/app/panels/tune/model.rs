//! What ranks: the kind of network and its size.

use crate::app::kit::widgets;
use crate::model::{Activation, Degree, ModelKind};
use crate::train::{Experiment, ModelSettings};
use crate::workspace::Session;
use egui::{DragValue, Slider, Ui};
use std::ops::RangeInclusive;

pub(super) fn model_ui(ui: &mut Ui, session: Option<&Session>, experiment: &mut Experiment) {
    widgets::folded(ui, "Network", true, |ui| {
        let model = &mut experiment.model;
        widgets::field(ui, "Kind", "What ranks the images", |ui| {
            widgets::choices(ui, "Kind", model.kind.label(), |ui| {
                for kind in ModelKind::ALL {
                    ui.selectable_value(&mut model.kind, kind, kind.label()).on_hover_text(kind.explanation());
                }
            });
        });
        widgets::caption(ui, model.kind.explanation());
        if matches!(model.kind, ModelKind::Signal | ModelKind::Cm) {
            signal_ui(ui, session, model);
        }
        if let Some(network) = model.kind.network() {
            if network != ModelKind::Linear {
                widgets::field(ui, "MLP", "Width and number of the layers over the signals", |ui| {
                    number(ui, &mut model.hidden, 1..=512, "MLP width");
                    ui.label("wide,");
                    number(ui, &mut model.mlp_layers, 0..=4, "MLP layers");
                    ui.label("deep");
                });
            }
            if network.uses_graph() {
                convolutions_ui(ui, model);
            }
            widgets::field(ui, "Dropout", "Share of units dropped at random during training", |ui| {
                ui.add(Slider::new(&mut model.dropout, 0.0..=0.8).fixed_decimals(2)).accessible_name("Dropout");
            });
            widgets::field(ui, "Ensemble", "Number of networks trained together whose scores are averaged", |ui| {
                number(ui, &mut model.members, 1..=16, "Networks in the ensemble");
                ui.label(if model.members == 1 { "network" } else { "networks" });
            });
        }
        let dim = session.and_then(|session| session.vectors()).map_or(0, |vectors| vectors.dim);
        let features =
            experiment.features.as_ref().map(Vec::len).or(session.map(|session| session.data.signals.infos.len()));
        // As many as the vectors allow; how many there will be is known when they have been looked at.
        let components = if experiment.whitens() { experiment.visual.components.min(dim) } else { 0 };
        let config = experiment.model.config((features.unwrap_or(0), components), dim, 0);
        let parameters = config.map_or(0, |config| config.parameter_count());
        widgets::caption(ui, format!("{parameters} trainable parameters"));
    });
}

fn signal_ui(ui: &mut Ui, session: Option<&Session>, model: &mut ModelSettings) {
    widgets::field(ui, "Text score", "The signal that ranks, or that feedback starts from", |ui| {
        let current = model.signal.clone().unwrap_or_else(|| "best text signal".to_owned());
        widgets::choices(ui, "Text score", &current, |ui| {
            ui.selectable_value(&mut model.signal, None, "best text signal");
            for info in session.map(|session| session.data.signals.infos.as_slice()).unwrap_or_default() {
                ui.selectable_value(&mut model.signal, Some(info.name.clone()), &info.name)
                    .on_hover_text(&info.description);
            }
        });
    });
}

fn convolutions_ui(ui: &mut Ui, model: &mut ModelSettings) {
    if model.kind == ModelKind::DcmmPrf {
        widgets::field(ui, "Hops", "How many edges away neighbours still count", |ui| {
            number(ui, &mut model.conv_layers, 0..=4, "Hops");
        });
        widgets::field(ui, "Feedback", "Prefer images that look like those the text ranks first", |ui| {
            ui.checkbox(&mut model.feedback, "").accessible_name("Feedback");
        });
        return;
    }
    widgets::field(ui, "Convolutions", "Width and number of the graph convolutions", |ui| {
        number(ui, &mut model.conv_size, 1..=512, "Convolution width");
        ui.label("wide,");
        number(ui, &mut model.conv_layers, 1..=4, "Convolution layers");
        ui.label("deep");
    });
    widgets::field(ui, "Activation", "What follows each convolution", |ui| {
        let choices =
            [(Activation::None, "None", "No activation"), (Activation::Relu, "ReLU", "Negative values become 0")];
        widgets::segmented(ui, &mut model.activation, &choices);
    });
    widgets::field(ui, "Residual", "Each convolution adds its input to its output", |ui| {
        ui.checkbox(&mut model.residual, "").accessible_name("Residual");
    });
    if matches!(model.kind, ModelKind::DcmmCos | ModelKind::DcmmEdge) {
        widgets::field(ui, "Degree", "How sums are scaled by the number of neighbours", |ui| {
            let choices = [
                (Degree::None, "Sum", "Not at all, as in the paper"),
                (Degree::Mean, "Mean", "Divided by the number of neighbours"),
                (Degree::Symmetric, "Symmetric", "Divided by the square root of both nodes' degrees"),
            ];
            widgets::segmented(ui, &mut model.degree, &choices);
        });
    }
    if model.kind == ModelKind::Gat {
        widgets::field(ui, "Heads", "Attention heads, which share a convolution's width", |ui| {
            number(ui, &mut model.heads, 1..=16, "Attention heads");
        });
    }
}

fn number(ui: &mut Ui, value: &mut usize, range: RangeInclusive<usize>, name: &str) {
    ui.add(DragValue::new(value).range(range).speed(0.1)).accessible_name(name);
}
