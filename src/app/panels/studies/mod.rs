//! Studies: starting them, their progress and their results.

mod matrix;

use super::PanelView;
use super::experiments::RunsView;
use super::folders::folders_ui;
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::workspace::{SavedStudy, SettingsAction, StudiesAction, StudyKind, StudyRequest, StudyResult};
use egui::{RichText, ScrollArea, Ui, vec2};
use std::path::PathBuf;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct StudiesPanel {
    request: StudyRequest,
    selected: Option<PathBuf>,
}

/// Width from which the list is beside the result.
const WIDE: f32 = 760.0;

impl PanelView for StudiesPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        if ui.available_width() < WIDE {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                self.new_ui(ui, ctx);
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
                    self.new_ui(ui, ctx);
                    self.list_ui(ui, ctx);
                });
            });
            ui.add_space(2.0 * GRID);
            ui.vertical(|ui| self.result_ui(ui, ctx));
        });
    }
}

impl StudiesPanel {
    fn new_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        widgets::section(ui, "New study");
        let request = &mut self.request;
        let kinds = [
            (StudyKind::Ablation, "Ablation", "The configuration in Tune against variants with one part removed"),
            (StudyKind::CrossValidation, "Cross-validation", "The configuration in Tune on every fold"),
            (StudyKind::Sweep, "Sweep", "Several values for some parameters, the rest as in Tune"),
        ];
        widgets::segmented(ui, &mut request.kind, &kinds);
        widgets::field(
            ui,
            "Folds",
            "Folds of the cross-validation over queries; 1 uses the data set's own split",
            |ui| {
                ui.add(egui::DragValue::new(&mut request.folds).range(1..=50).speed(0.05)).accessible_name("Folds");
                if request.folds < 2 {
                    widgets::caption(ui, "the data set's split");
                }
            },
        );
        widgets::field(ui, "Seeds", "Number of seeds for every configuration", |ui| {
            ui.add(egui::DragValue::new(&mut request.seeds).range(1..=100).speed(0.05)).accessible_name("Seeds");
        });
        let mut problem = None;
        if request.kind == StudyKind::Sweep {
            problem = sweep_ui(ui, request);
        }
        let ready = problem.is_none() && ctx.workspace().can_train() && ctx.workspace().studies().running().is_none();
        ui.horizontal(|ui| {
            let hint = "Requires a data set with visual vectors, valid values, and no other study running";
            if widgets::primary_button(ui, ready, icons::PLAY, "Start study").on_disabled_hover_text(hint).clicked() {
                let experiment = ctx.workspace().settings().experiment.clone();
                let mut request = self.request.clone();
                request.experiment = experiment;
                ctx.act(StudiesAction::Start(Box::new(request)));
            }
            let epochs = ctx.workspace().settings().experiment.training.epochs;
            widgets::caption(ui, format!("up to {epochs} epochs per trial"));
        });
    }

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
            let text = "Results appear once all trials have finished. Finished trials are listed in the Experiments \
                        panel.";
            widgets::empty_state(ui, icons::CHART, "Not finished yet", text, None);
            return;
        };
        heading_ui(ui, study, result, ctx);
        matrix::matrix_ui(ui, result, ctx);
    }
}

/// The sweep's parameters; returns what is wrong with them.
fn sweep_ui(ui: &mut Ui, request: &mut StudyRequest) -> Option<String> {
    widgets::caption(ui, "One parameter per line, with its values: graph.k = 5, 10, 20");
    ui.add(
        egui::TextEdit::multiline(&mut request.values)
            .font(egui::TextStyle::Monospace)
            .desired_rows(3)
            .desired_width(f32::INFINITY),
    )
    .accessible_name("Parameters and values");
    widgets::field(ui, "Samples", "Number of random combinations; 0 tries all", |ui| {
        ui.add(egui::DragValue::new(&mut request.samples).range(0..=10_000).speed(0.1))
            .accessible_name("Random combinations");
        widgets::caption(ui, if request.samples == 0 { "all combinations" } else { "at random" });
    });
    let palette = theme::palette(ui.visuals());
    match request.configurations() {
        Ok(count) => {
            let trials = count * request.seeds.max(1) * request.folds.max(1);
            widgets::caption(ui, format!("{count} configurations, {trials} trials"));
            None
        }
        Err(error) => {
            let message = error.to_string();
            ui.add(egui::Label::new(RichText::new(&message).small().color(palette.warning)).wrap());
            Some(message)
        }
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The study's name and size, and a link to its runs.
fn heading_ui(ui: &mut Ui, study: &SavedStudy, result: &StudyResult, ctx: &mut PanelCtx<'_>) {
    ui.horizontal(|ui| {
        ui.label(widgets::strong_text(study.name()));
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
    if ui.small_button("Show runs").on_hover_text("List the trials in the Experiments panel").clicked() {
        let mut table = ctx.settings().run_table.clone();
        table.filter = format!("study={}", study.name());
        ctx.act(SettingsAction::SetRunTable(Box::new(table)));
        ctx.command(Command::ShowRuns(RunsView::Table));
    }
}
