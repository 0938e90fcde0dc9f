//! The dialog for a run's name, note and tags.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::GRID;
use crate::app::kit::widgets;
use crate::study::runs::RunLabel;
use crate::workspace::{RunsAction, Workspace};
use egui::{Context, Id, Modal, RichText, TextEdit};
use std::path::PathBuf;

/// The dialog's state.
#[derive(Default)]
pub struct LabelDialog {
    /// The run's folder, while the dialog is open.
    run: Option<PathBuf>,
    label: RunLabel,
    tags: String,
}

impl LabelDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.run.is_some()
    }

    /// Opens it for a run.
    pub fn open(&mut self, run: PathBuf, workspace: &Workspace) {
        let known = workspace.experiments().run(&run).map(|run| &run.saved);
        self.label = known.map(|run| run.label.clone()).unwrap_or_default();
        self.tags = self.label.tags.join(", ");
        self.run = known.map(|run| run.path.clone());
    }

    /// Draws the dialog.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        let Some(run) = self.run.clone() else { return };
        let folder = run.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut is_done = false;
        let modal = Modal::new(Id::unique("label")).show(egui, |ui| {
            ui.set_width(440.0);
            ui.label(RichText::new("Name, note and tags").heading());
            widgets::caption(ui, format!("Saved beside the run {folder}, which stays as it is."));
            ui.add_space(GRID);
            let width = ui.available_width() - 100.0;
            let entered = widgets::field(ui, "Name", "Shown instead of the folder's name", |ui| {
                let name = TextEdit::singleline(&mut self.label.name).hint_text(&folder).desired_width(width);
                let name = ui.add(name).accessible_name("Name of the run");
                name.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
            });
            widgets::field(ui, "Tags", "Words to filter by, separated by commas: tag=baseline", |ui| {
                let tags = TextEdit::singleline(&mut self.tags).hint_text("baseline, paper").desired_width(width);
                ui.add(tags).accessible_name("Tags of the run");
            });
            widgets::field(ui, "Note", "Any text; the filter finds its words", |ui| {
                let note = TextEdit::multiline(&mut self.label.note).desired_rows(4).desired_width(width);
                ui.add(note).accessible_name("Note on the run");
            });
            ui.add_space(GRID);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                is_done = ui.button("Save").clicked() || entered;
                if ui.button("Cancel").clicked() {
                    ui.close();
                }
            });
        });
        if is_done {
            let label = RunLabel {
                name: self.label.name.trim().to_owned(),
                note: self.label.note.trim().to_owned(),
                tags: RunLabel::tags_in(&self.tags),
            };
            ctx.act(RunsAction::SetLabel { run, label });
        }
        if is_done || modal.should_close() {
            self.run = None;
        }
    }
}
