//! The dialog that asks where to export a run.

use super::system_dialog::SystemDialog;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, obstacle, widgets};
use crate::workspace::{ExportAction, Workspace};
use egui::{Context, Id, Modal, RichText, TextEdit};
use std::path::{Path, PathBuf};

/// The dialog's state.
#[derive(Default)]
pub struct ExportDialog {
    /// The run's folder, while the dialog is open.
    run: Option<PathBuf>,
    typed: String,
    /// Whether a run whose data have changed since is exported all the same.
    adopt: bool,
    system: SystemDialog,
}

impl ExportDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.run.is_some()
    }

    /// Opens it for a run.
    pub fn open(&mut self, run: PathBuf, workspace: &Workspace) {
        let name = run.file_name().unwrap_or_default();
        let beside = Path::new(self.typed.trim()).parent().filter(|folder| folder.is_dir()).map(Path::to_owned);
        let folder = beside.unwrap_or_else(|| workspace.store().runs().with_file_name("exports"));
        self.typed = folder.join(name).display().to_string();
        self.adopt = false;
        self.run = Some(run);
    }

    /// Draws the dialog.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        if let Some(path) = self.system.poll() {
            self.typed = path.display().to_string();
        }
        let Some(run) = self.run.clone() else { return };
        let mut is_done = false;
        let modal = Modal::new(Id::unique("export run")).show(egui, |ui| {
            ui.set_width(520.0);
            ui.label(RichText::new("Export run").heading());
            widgets::caption(ui, "Tables, curves, rankings, TensorBoard events and a manifest, in one folder.");
            ui.add_space(GRID);
            let problem = problem(&self.typed);
            ui.horizontal(|ui| {
                let width = ui.available_width() - 76.0;
                let field = TextEdit::singleline(&mut self.typed).hint_text("/path/to/a/folder").desired_width(width);
                ui.add(field).accessible_name("Folder to export to");
                is_done = obstacle::add_unless(ui, problem, egui::Button::new("Export")).clicked();
            });
            let palette = theme::palette(ui.visuals());
            let exists = Path::new(self.typed.trim()).is_dir();
            let note = problem.unwrap_or(if exists { "Files of the same names will be replaced." } else { " " });
            ui.label(RichText::new(note).small().color(palette.warning));
            ui.checkbox(&mut self.adopt, "Even if its data have changed")
                .on_hover_text("Otherwise refused; the manifest names what changed since the training");
            ui.add_space(GRID);
            ui.horizontal(|ui| {
                let waiting = self.system.is_open().then_some("The file dialog is open.");
                let button = egui::Button::new(format!("{}  Choose a folder…", icons::OPEN));
                if obstacle::add_unless(ui, waiting, button).clicked() {
                    self.system.ask(ctx.workspace().wake(), rfd::FileDialog::pick_folder);
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.button("Cancel").clicked() {
                        ui.close();
                    }
                });
            });
        });
        if is_done {
            let (folder, adopt) = (PathBuf::from(self.typed.trim()), self.adopt);
            ctx.act(ExportAction::SaveRun { run, folder, adopt });
        }
        if is_done || modal.should_close() {
            self.run = None;
        }
    }
}

fn problem(typed: &str) -> Option<&'static str> {
    let path = Path::new(typed.trim());
    if typed.trim().is_empty() {
        Some("Type a folder, or choose one.")
    } else if path.is_file() {
        Some("This is a file.")
    } else {
        None
    }
}
