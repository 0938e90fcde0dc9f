//! Studies: starting them, their progress and their results.

mod form;
mod matrix;
mod trials;

use super::PanelView;
use super::folders::folders_ui;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::workspace::{SavedStudy, StudiesAction, StudyResult};
use egui::{RichText, ScrollArea, Ui, vec2};
use std::path::PathBuf;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct StudiesPanel {
    form: form::StudyForm,
    selected: Option<PathBuf>,
}

/// Width from which the list is beside the result.
const WIDE: f32 = 760.0;

impl PanelView for StudiesPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        if ui.available_width() < WIDE {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                self.form.show(ui, ctx);
                self.list_ui(ui, ctx);
                self.result_ui(ui, ctx);
            });
            return;
        }
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(vec2(320.0, height), egui::Layout::top_down(egui::Align::Min), |ui| {
                ScrollArea::vertical().id_salt("studies").auto_shrink([false, false]).show(ui, |ui| {
                    ui.set_width(308.0);
                    self.form.show(ui, ctx);
                    self.list_ui(ui, ctx);
                });
            });
            ui.add_space(2.0 * GRID);
            ui.vertical(|ui| self.result_ui(ui, ctx));
        });
    }
}

impl StudiesPanel {
    fn list_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        widgets::section(ui, "Studies");
        let studies = ctx.workspace().studies();
        if let Some((progress, elapsed)) = studies.progress() {
            ui.add(egui::ProgressBar::new(progress.fraction().unwrap_or(0.0)).desired_height(6.0));
            ui.horizontal(|ui| {
                widgets::caption(ui, widgets::progress_text(progress, elapsed));
                if ui.small_button("Cancel study").clicked() {
                    ctx.act(StudiesAction::Cancel);
                }
            });
        }
        if studies.known().is_empty() {
            widgets::caption(
                ui,
                "None yet. A study trains many configurations in parallel on all cores and saves every trial.",
            );
        }
        folders_ui(ui, ctx);
        let studies = ctx.workspace().studies();
        for study in studies.known() {
            let running = studies.running() == Some(&study.path);
            self.study_ui(ui, study, running, ctx);
        }
    }

    fn study_ui(&mut self, ui: &mut Ui, study: &SavedStudy, running: bool, ctx: &mut PanelCtx<'_>) {
        let palette = theme::palette(ui.visuals());
        let selected = self.selected.as_ref() == Some(&study.path);
        let fill = if selected { palette.selected } else { palette.raised };
        egui::Frame::new().fill(fill).corner_radius(theme::RADIUS).inner_margin(6).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                let width = (ui.available_width() - 72.0).max(60.0);
                ui.scope(|ui| {
                    ui.set_max_width(width);
                    let name =
                        egui::Label::new(widgets::strong_text(study.name())).truncate().sense(egui::Sense::click());
                    let response = ui.add(name).on_hover_text(study.path.display().to_string());
                    if response.clicked() {
                        self.selected = Some(study.path.clone());
                    }
                });
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if !study.is_own {
                        return;
                    }
                    if widgets::icon_button(ui, icons::TRASH, &format!("Delete {}", study.name())).clicked() {
                        ctx.act(StudiesAction::Delete(study.path.clone()));
                    }
                    let resumable = study.result.is_none() && study.request.is_some() && !running;
                    if resumable && widgets::icon_button(ui, icons::PLAY, &format!("Resume {}", study.name())).clicked()
                    {
                        ctx.act(StudiesAction::Resume(study.path.clone()));
                    }
                });
            });
            let state = match (running, &study.result) {
                (true, _) => "running",
                (false, Some(_)) => "finished",
                (false, None) => "interrupted",
            };
            let place =
                if study.is_own { String::new() } else { format!("  ·  {}", widgets::short_path(&study.path)) };
            widgets::caption(ui, format!("{}  ·  {state}{place}", count(study.trials, "trial")));
        });
    }

    fn result_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let known = ctx.workspace().studies().known();
        let shown = known.iter().find(|study| Some(&study.path) == self.selected.as_ref());
        let Some(study) = shown.or_else(|| known.iter().find(|study| study.result.is_some())).or(known.first()) else {
            let text = "An ablation shows what each part of a configuration contributes, a cross-validation how well \
                        it does on every query, a sweep which values are best.";
            widgets::empty_state(ui, icons::TABLE, "No studies yet", text, None);
            return;
        };
        self.selected = Some(study.path.clone());
        let Some(result) = &study.result else {
            trials::trials_ui(ui, study, ctx);
            return;
        };
        heading_ui(ui, study, result, ctx);
        ui.push_id(&study.path, |ui| matrix::matrix_ui(ui, result, ctx));
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The study's name and size, and a link to its runs.
fn heading_ui(ui: &mut Ui, study: &SavedStudy, result: &StudyResult, ctx: &mut PanelCtx<'_>) {
    widgets::one_line(ui, widgets::strong_text(study.name()));
    ui.horizontal(|ui| {
        let folds = result.folds.map_or("the data set's split".to_owned(), |folds| format!("{folds} folds"));
        let parts = [
            result.dataset.clone(),
            count(result.rows.len(), "configuration"),
            folds,
            count(result.seeds, "seed"),
            format!("{} queries", result.queries),
        ];
        widgets::one_line(ui, RichText::new(parts.join("  ·  ")).small().color(theme::palette(ui.visuals()).weak));
    });
    trials::runs_button_ui(ui, study, ctx);
}
