//! The score as a formula of a few terms, filled with the image's own numbers.

use super::shown::{colour, number, weak};
use crate::app::kit::theme;
use crate::base::range;
use crate::model::ModelKind;
use crate::workspace::Explained;
use egui::text::LayoutJob;
use egui::{Color32, FontId, TextFormat, Ui};

/// Draws the formula, and what is to be known about it.
pub(super) fn show(ui: &mut Ui, found: &Explained) {
    let palette = theme::palette(ui.visuals());
    let terms = found.terms();
    let (low, high) = range(terms.iter().map(|(_, value)| *value as f32)).unwrap_or_default();
    let largest = f64::from(low.abs().max(high.abs()));
    let mut job = LayoutJob::default();
    let mut add = |text: &str, font: FontId, colour: Color32| job.append(text, 0.0, TextFormat::simple(font, colour));
    let plain = || FontId::proportional(14.0);
    add(if found.compared.is_some() { "difference " } else { "score " }, plain(), palette.weak);
    add(&number(found.total(), largest), theme::strong(14.0), palette.text);
    for (at, (kind, value)) in terms.into_iter().enumerate() {
        // A line may end before a sign only.
        let (sign, value) = match (at, value < 0.0) {
            (0, _) => (" =\u{a0}", value),
            (_, false) => (" +\u{a0}", value),
            (_, true) => (" −\u{a0}", -value),
        };
        add(sign, plain(), palette.weak);
        add(kind.term(), plain(), colour(kind, palette));
        add(&format!("\u{a0}{}", number(value, largest)), theme::strong(14.0), palette.text);
    }
    ui.add(egui::Label::new(job).wrap()).on_hover_text(explanation(found.kind));
    if !found.explanation.exact {
        let missed = found.explanation.completeness_error;
        let text = format!("Approximation by integrated gradients; its parts miss {missed:+.1e} of the score.");
        ui.add(egui::Label::new(weak(ui, text)).wrap());
    }
    if !found.missing.is_empty() {
        let text = format!("Signals of the run that are not here: {}", found.missing.join(", "));
        ui.add(egui::Label::new(weak(ui, text).color(palette.warning)).wrap());
    }
}

/// How a model's score comes about, and how it is taken apart.
fn explanation(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Initial => "The search engine's own order: minus the rank.",
        ModelKind::Signal => "One signal is the score.",
        ModelKind::Cm | ModelKind::LtrCm => {
            "A mixture of the text score and feedback. Feedback adds up how much more the image looks like each of the \
             images best by text than the image with the least feedback does. Given those images, the parts are exact."
        }
        ModelKind::Linear => "A weighted sum of the signals. The parts are exact.",
        ModelKind::Mlp => {
            "A small network over the signals. The parts are exact for the units that are active here: input times \
             gradient, and the biases."
        }
        ModelKind::Gcn | ModelKind::EdgeConv | ModelKind::DcmmCos | ModelKind::DcmmEdge => {
            "The text score, and what the neighbours' signals add through the edges, over all paths. The parts are exact \
             for the units that are active here: input times gradient, and the biases."
        }
        ModelKind::DcmmPrf => {
            "The text score, what the neighbours say through the edges, and feedback: how much more the image looks like \
             those ranked first than the average image does. Given how much it listens to each, the parts are exact."
        }
        ModelKind::Gat => {
            "The text score, and what the neighbours add as far as attention goes to them. Attention is no sum, so the \
             parts are integrated gradients, from inputs that are all 0."
        }
    }
}
