//! Saved runs.

use crate::app::kit::theme;
use crate::app::kit::{icons, widgets};
use crate::train::{RunRecord, RunState};
use crate::workspace::{Action, SavedRun, Workspace};
use egui::{RichText, ScrollArea, Ui};

/// Draws the panel.
pub fn runs_ui(ui: &mut Ui, workspace: &Workspace, actions: &mut Vec<Action>) {
    let runs = workspace.runs().known();
    if runs.is_empty() {
        let text = "Every training run is kept here with its configuration, curves, weights and rankings.";
        widgets::empty_state(ui, icons::PLAY, "No runs yet", text, None);
        return;
    }
    let shown = workspace.training().run().map(|run| run.path.clone());
    widgets::caption(ui, "Test MAP of the network, and its gain over text");
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        for run in runs {
            let is_shown = shown.as_ref() == Some(&run.path);
            let resumable = run.resumable && !workspace.training().is_running();
            run_ui(ui, run, (is_shown, resumable), actions);
        }
    });
}

fn run_ui(ui: &mut Ui, run: &SavedRun, (shown, resumable): (bool, bool), actions: &mut Vec<Action>) {
    let palette = theme::palette(ui.visuals());
    let record = &run.record;
    let fill = if shown { palette.selected } else { palette.raised };
    egui::Frame::new().fill(fill).corner_radius(theme::RADIUS).inner_margin(6).show(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::one_line(ui, widgets::strong_text(&record.name)).on_hover_text(run.path.display().to_string());
        widgets::one_line(ui, RichText::new(facts(record)).small().color(palette.weak));
        ui.horizontal(|ui| {
            if let (Some(model), Some(text)) = (record.test.model.first(), record.test.text.first()) {
                ui.label(widgets::figure(*model));
                ui.label(RichText::new(widgets::change(model - text)).small().color(palette.change(model - text)));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let menu = ui.menu_button(icons::TRASH, |ui| {
                    if ui.button(format!("Delete {} for good", record.name)).clicked() {
                        actions.push(Action::DeleteRun(run.path.clone()));
                        ui.close();
                    }
                });
                menu.response.accessible_name(format!("Delete {}…", record.name));
                if resumable {
                    let resume = ui.button("Resume").on_hover_text("Train on from its last epoch, with its settings");
                    if resume.accessible_name(format!("Resume {}", record.name)).clicked() {
                        actions.push(Action::ResumeRun(run.path.clone()));
                    }
                }
                if widgets::icon_button_if(ui, !shown, icons::OPEN, &format!("Open {}", record.name)).clicked() {
                    actions.push(Action::OpenRun(run.path.clone()));
                }
            });
        });
    });
}

fn facts(record: &RunRecord) -> String {
    let state = match record.state {
        RunState::Running => "cut off",
        RunState::Finished => "finished",
        RunState::EarlyStopped => "stopped early",
        RunState::Interrupted => "stopped by hand",
    };
    let (k, seed) = (record.experiment.graph.k, record.experiment.training.seed);
    let again = if record.retrained.is_some() { "  ·  trained again on train and validation" } else { "" };
    format!("k {k}  ·  seed {seed}  ·  best epoch {}  ·  {state}{again}", record.best_epoch)
}
