//! What the table and the plots over runs have in common.

use crate::app::ctx::PanelCtx;
use crate::app::kit::{icons, widgets};
use crate::eval::{Measure, STANDARD};
use crate::study::runs::Entry;
use crate::workspace::RunsAction;
use egui::Ui;

/// The button that saves a plot, at the right end of a row; `true` once it is clicked.
pub fn save_button(ui: &mut Ui) -> bool {
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.with_layout(layout, |ui| widgets::icon_button(ui, icons::SAVE, "Save the plot…").clicked()).inner
}

/// A list to choose a measure from.
pub(super) fn measure_ui(ui: &mut Ui, name: &str, measure: &mut Measure) {
    ui.scope(|ui| {
        ui.set_max_width(110.0);
        widgets::choices(ui, name, measure.label(), |ui| {
            for choice in STANDARD {
                ui.selectable_value(measure, choice, choice.label()).on_hover_text(choice.explanation());
            }
        });
    });
}

/// Adds a row's runs to the chosen ones, or takes them away.
pub(super) fn toggle(entry: &Entry, ctx: &mut PanelCtx<'_>) {
    let experiments = ctx.workspace().experiments();
    let was = experiments.is_chosen(entry);
    let paths = entry.facts(experiments.runs()).into_iter().map(|run| run.saved.path.clone());
    let mut chosen = experiments.chosen().to_vec();
    for path in paths {
        chosen.retain(|known| *known != path);
        if !was {
            chosen.push(path);
        }
    }
    ctx.act(RunsAction::Choose(chosen));
}
