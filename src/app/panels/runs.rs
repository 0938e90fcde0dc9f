//! Saved runs.

use super::PanelView;
use super::run_menu::run_menu_ui;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme;
use crate::app::kit::{icons, widgets};
use crate::eval::Measure;
use crate::study::runs::SavedRun;
use crate::train::{RunRecord, RunState};
use crate::workspace::{RunsAction, TrainingAction};
use egui::{Align, Layout, Rect, RichText, ScrollArea, Ui, vec2};

/// The panel.
#[derive(Default)]
pub struct RunsPanel {
    /// The height of a run, once one was drawn.
    height: f32,
}

/// Width below which the buttons have a line of their own.
const NARROW: f32 = 250.0;

impl PanelView for RunsPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let runs = ctx.workspace().runs().known();
        if runs.is_empty() {
            let text = "Every training run is saved here with its configuration, curves, weights and rankings.";
            widgets::empty_state(ui, icons::PLAY, "No runs yet", text, None);
            return;
        }
        if runs.iter().any(|run| !run.record.test.model.is_empty()) {
            widgets::caption(ui, "Test MAP of the network, and its gain over text");
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            for run in runs {
                // Only visible runs are drawn.
                let place = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), self.height));
                if self.height > 0.0 && !ui.is_rect_visible(place) {
                    ui.allocate_space(place.size());
                    continue;
                }
                self.height = ui.push_id(&run.path, |ui| run_ui(ui, run, ctx)).response.rect.height();
            }
        });
    }
}

fn run_ui(ui: &mut Ui, run: &SavedRun, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    let record = &run.record;
    let is_shown = ctx.workspace().training().run().is_some_and(|shown| shown.path == run.path);
    let fill = if is_shown { palette.selected } else { palette.raised };
    egui::Frame::new().fill(fill).corner_radius(theme::RADIUS).inner_margin(6).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let name = if run.label.name.is_empty() { &record.name } else { &run.label.name };
        widgets::one_line(ui, widgets::strong_text(name)).on_hover_text(run.path.display().to_string());
        widgets::one_line(ui, RichText::new(facts(record)).small().color(palette.weak));
        if ui.available_width() < NARROW {
            ui.horizontal(|ui| measures_ui(ui, record));
            ui.horizontal(|ui| buttons_ui(ui, run, is_shown, ctx));
        } else {
            ui.horizontal(|ui| {
                measures_ui(ui, record);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| buttons_ui(ui, run, is_shown, ctx));
            });
        }
    });
}

fn measures_ui(ui: &mut Ui, record: &RunRecord) {
    let palette = theme::palette(ui.visuals());
    if let [Some(model), Some(text)] = [&record.test.model, &record.test.text].map(|row| row.get(Measure::Map)) {
        ui.label(widgets::decimal(model));
        ui.label(RichText::new(widgets::change(model - text)).small().color(palette.change(model - text)));
    }
}

fn buttons_ui(ui: &mut Ui, run: &SavedRun, is_shown: bool, ctx: &mut PanelCtx<'_>) {
    let name = &run.record.name;
    let menu = ui.menu_button(icons::MORE, |ui| run_menu_ui(ui, run, ctx));
    menu.response.on_hover_text("More").accessible_name(format!("More about {name}"));
    if widgets::icon_button(ui, icons::TRASH, &format!("Delete {name}")).clicked() {
        ctx.act(RunsAction::Delete(run.path.clone()));
    }
    if run.resumable && !ctx.workspace().training().is_running() {
        let resume = ui.button("Resume").on_hover_text("Continue after the last epoch, with the same settings");
        if resume.accessible_name(format!("Resume {name}")).clicked() {
            ctx.act(TrainingAction::Resume(run.path.clone()));
        }
    }
    let obstacle = is_shown.then_some("This run is shown.");
    if widgets::icon_button_unless(ui, obstacle, icons::OPEN, &format!("Open {name}")).clicked() {
        ctx.act(RunsAction::Open(run.path.clone()));
    }
}

fn facts(record: &RunRecord) -> String {
    let state = match record.state {
        RunState::Running => "interrupted",
        RunState::Finished => "finished",
        RunState::EarlyStopped => "stopped early",
        RunState::Interrupted => "stopped",
    };
    let (k, seed) = (record.experiment.graph.k, record.experiment.training.seed);
    let retrained = if record.retrained.is_some() { "  ·  retrained on train and validation" } else { "" };
    format!("k {k}  ·  seed {seed}  ·  best epoch {}  ·  {state}{retrained}", record.best_epoch)
}
