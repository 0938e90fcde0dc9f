//! Controls shared by the table and the plots over runs.

use crate::app::ctx::PanelCtx;
use crate::app::kit::{icons, widgets};
use crate::eval::{Measure, STANDARD};
use crate::study::runs::Entry;
use crate::workspace::RunsAction;
use egui::Ui;

/// The button that saves a plot, right-aligned; `true` once it is clicked.
pub fn save_button(ui: &mut Ui) -> bool {
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.with_layout(layout, |ui| widgets::icon_button(ui, icons::SAVE, "Save plot…").clicked()).inner
}

/// A drop-down list of measures.
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

/// Selects or deselects a row's runs.
pub(super) fn toggle(entry: &Entry, ctx: &mut PanelCtx<'_>) {
    let experiments = ctx.workspace().experiments();
    let was_chosen = experiments.is_chosen(entry);
    let paths = entry.facts(experiments.runs()).into_iter().map(|run| run.saved.path.clone());
    let mut chosen = experiments.chosen().to_vec();
    for path in paths {
        chosen.retain(|known| *known != path);
        if !was_chosen {
            chosen.push(path);
        }
    }
    ctx.act(RunsAction::Choose(chosen));
}
