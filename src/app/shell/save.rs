//! The save dialog for plots: a field for a path, and a button for the system's dialog.

use super::system_dialog::SystemDialog;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, obstacle, widgets};
use crate::export::chart::{Chart, Theme};
use crate::jobs::Wake;
use crate::workspace::ExportAction;
use egui::{Context, Id, Modal, RichText};
use std::path::{Path, PathBuf};

/// The dialog's state.
#[derive(Default)]
pub struct SaveDialog {
    chart: Option<Box<Chart>>,
    typed: String,
    theme: Theme,
    system: SystemDialog,
}

impl SaveDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.chart.is_some()
    }

    /// Asks where to save a plot; `name` is the suggested file name, without extension.
    pub fn open(&mut self, name: &str, chart: Box<Chart>) {
        let folder = Path::new(self.typed.trim()).parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.map(Path::to_owned).or_else(|| std::env::current_dir().ok()).unwrap_or_default();
        self.typed = folder.join(format!("{name}.svg")).display().to_string();
        self.chart = Some(chart);
    }

    /// Draws the dialog.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        if let Some(path) = self.system.poll() {
            self.typed = path.display().to_string();
        }
        if self.chart.is_none() {
            return;
        }
        let mut save = false;
        let modal = Modal::new(Id::unique("save plot")).show(egui, |ui| {
            ui.set_width(520.0);
            ui.label(RichText::new("Save plot").heading());
            ui.add_space(GRID);
            ui.horizontal(|ui| {
                let width = ui.available_width() - 66.0;
                let field = egui::TextEdit::singleline(&mut self.typed).hint_text("/path/to/plot.svg");
                let field = ui.add(field.desired_width(width)).accessible_name("Plot path");
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                let problem = problem(&self.typed);
                let button = obstacle::add_unless(ui, problem, egui::Button::new("Save"));
                save = button.clicked() || (entered && problem.is_none());
            });
            let palette = theme::palette(ui.visuals());
            let exists = Path::new(self.typed.trim()).exists();
            let note = problem(&self.typed).unwrap_or(if exists { "The existing file will be replaced." } else { " " });
            ui.label(RichText::new(note).small().color(palette.warning));
            let themes = [
                (Theme::Light, "Light", "White background, for print"),
                (Theme::Dark, "Dark", "Dark background, for slides"),
            ];
            widgets::field(ui, "Background", "The plot's colours", |ui| {
                widgets::segmented(ui, &mut self.theme, &themes)
            });
            ui.horizontal(|ui| {
                let obstacle = self.system.is_open().then_some("The file dialog is open.");
                let button = egui::Button::new(format!("{}  Browse…", icons::OPEN));
                if obstacle::add_unless(ui, obstacle, button).clicked() {
                    self.ask(ctx.workspace().wake());
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.button("Cancel").clicked() {
                        ui.close();
                    }
                });
            });
        });
        if save && let Some(chart) = self.chart.take() {
            let path = PathBuf::from(self.typed.trim());
            ctx.act(ExportAction::SaveChart { chart, theme: self.theme, path });
        } else if modal.should_close() {
            self.chart = None;
        }
    }

    fn ask(&mut self, wake: Wake) {
        let typed = PathBuf::from(self.typed.trim());
        self.system.ask(wake, move |dialog| {
            let mut dialog = dialog.add_filter("Plots", &["svg", "png"]);
            if let Some(folder) = typed.parent() {
                dialog = dialog.set_directory(folder);
            }
            if let Some(name) = typed.file_name() {
                dialog = dialog.set_file_name(name.to_string_lossy());
            }
            dialog.save_file()
        });
    }
}

fn problem(typed: &str) -> Option<&'static str> {
    let path = Path::new(typed.trim());
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_lowercase);
    match extension.as_deref() {
        Some("svg" | "png") => {}
        _ => return Some("The file name must end in .svg or .png."),
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.is_some_and(|folder| !folder.is_dir()).then_some("No such folder.")
}
