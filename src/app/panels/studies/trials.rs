//! The trials of a study that has no result yet, with their measures so far.

use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::text::paint_text;
use crate::app::kit::theme::{self, GRID, ROW};
use crate::app::kit::{icons, widgets};
use crate::app::panels::experiments::RunsView;
use crate::study::runs::{Objective, RunFacts};
use crate::workspace::{SavedStudy, SettingsAction};
use egui::{FontId, Rect, ScrollArea, Sense, Ui, pos2, vec2};

/// Width of what is right of a trial's name.
const FACTS: f32 = 210.0;

/// Draws the list, the latest trial first.
pub(super) fn trials_ui(ui: &mut Ui, study: &SavedStudy, ctx: &mut PanelCtx<'_>) {
    let name = study.name();
    let runs = ctx.workspace().experiments().runs();
    let trials: Vec<&RunFacts> = runs.iter().filter(|run| run.study.as_deref() == Some(name.as_str())).collect();
    if trials.is_empty() {
        let text = "Trials are listed here as they start, and results once all have finished.";
        widgets::empty_state(ui, icons::CHART, "No trials yet", text, None);
        return;
    }
    widgets::one_line(ui, widgets::strong_text(name));
    let objective = Objective::default();
    let live = trials.iter().filter(|trial| trial.is_live).count();
    let text = format!("{} of {} trials in training  ·  best {} so far", live, trials.len(), objective.name());
    widgets::caption(ui, text);
    runs_button_ui(ui, study, ctx);
    ui.add_space(GRID);
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt("trials").auto_shrink([false, false]);
    area.show_rows(ui, ROW, trials.len(), |ui, range| {
        trials[range].iter().for_each(|trial| trial_ui(ui, trial, objective));
    });
}

fn trial_ui(ui: &mut Ui, trial: &RunFacts, objective: Objective) {
    let palette = theme::palette(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width() - 2.0 * GRID, ROW), Sense::hover());
    let middle = (rect.right() - FACTS).max(rect.left() + 60.0);
    let (name, font) = (trial.name(), FontId::proportional(12.0));
    let left = Rect::from_min_max(rect.min, pos2(middle - GRID, rect.bottom()));
    paint_text(ui.painter(), left, name, font.clone(), palette.text, false);
    let record = &trial.saved.record;
    let value = trial.measure(objective).map_or_else(|| "–".to_owned(), widgets::decimal);
    let facts = format!("epoch {}  ·  {}  ·  {value}", record.best_epoch, trial.state_name());
    paint_text(ui.painter(), rect.with_min_x(middle), &facts, font, palette.weak, true);
    let label = format!("Trial {name}: {facts}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &label));
    response.on_hover_text(name);
}

/// The button that lists a study's trials among the runs.
pub(super) fn runs_button_ui(ui: &mut Ui, study: &SavedStudy, ctx: &mut PanelCtx<'_>) {
    if ui.small_button("Show runs").on_hover_text("List the trials in the Experiments panel").clicked() {
        let mut table = ctx.settings().run_table.clone();
        table.filter = format!("study={}", study.name());
        ctx.act(SettingsAction::SetRunTable(Box::new(table)));
        ctx.command(Command::ShowRuns(RunsView::Table));
    }
}
