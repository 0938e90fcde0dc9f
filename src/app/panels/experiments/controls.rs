//! Controls shared by the table and the plots over runs.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::ROW;
use crate::app::kit::{icons, widgets};
use crate::eval::{Measure, STANDARD};
use crate::study::runs::Entry;
use crate::workspace::RunsAction;
use egui::{Ui, vec2};

/// The button that saves a plot; `true` once it is clicked.
pub fn save_button(ui: &mut Ui) -> bool {
    widgets::icon_button(ui, icons::SAVE, "Save plot…").clicked()
}

/// A drop-down list of measures.
pub(super) fn measure_ui(ui: &mut Ui, name: &str, measure: &mut Measure) {
    // Of a fixed size, so that it moves to the next line as a whole.
    ui.allocate_ui_with_layout(vec2(112.0, ROW), egui::Layout::left_to_right(egui::Align::Center), |ui| {
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
