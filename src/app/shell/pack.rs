//! The dialog that asks where to pack the open collection.

use super::system_dialog::{SystemDialog, WAITING};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::GRID;
use crate::app::kit::{icons, obstacle, widgets};
use crate::index::Packing;
use crate::workspace::{SearchAction, Workspace};
use egui::{Context, Id, Key, Modal, RichText, TextEdit};
use std::path::{Path, PathBuf};

/// The dialog's state.
#[derive(Default)]
pub struct PackDialog {
    shown: bool,
    typed: String,
    packing: Packing,
    system: SystemDialog,
}

impl PackDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.shown
    }

    /// Opens it, with a file beside the open collection if none was typed.
    pub fn open(&mut self, workspace: &Workspace) {
        let Some(open) = workspace.searching().open() else { return };
        let folder = open.collection.folder();
        let name = folder.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let beside = Path::new(self.typed.trim()).parent().filter(|folder| !folder.as_os_str().is_empty());
        let beside = beside.or(folder.parent()).unwrap_or(folder);
        self.typed = beside.join(format!("{name}.tar")).display().to_string();
        (self.shown, self.packing) = (true, Packing::default());
    }

    /// Draws the dialog.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        let Some(open) = ctx.workspace().searching().open().filter(|_| self.shown) else {
            self.shown = false;
            return;
        };
        if let Some(path) = self.system.poll() {
            self.typed = path.display().to_string();
            // The system's dialog has asked.
            self.packing.replace = true;
        }
        let why = match self.typed.trim() {
            _ if ctx.workspace().searching().is_packing() => Some("A collection is being packed already."),
            _ if ctx.workspace().searching().is_collecting() => Some("The collection is being read."),
            "" => Some("Type a file, or choose one."),
            _ => None,
        };
        let away = (!open.has_pictures).then_some("The folder of the pictures is gone.");
        let mut is_done = false;
        let modal = Modal::new(Id::unique("pack")).show(egui, |ui| {
            ui.set_width(540.0);
            ui.label(RichText::new("Pack collection").heading());
            let text = "Words, vectors, queries and judgements as one tar archive, which “crossrank unpack” makes a \
                        collection again, here or elsewhere.";
            widgets::caption(ui, text);
            ui.add_space(GRID);
            ui.horizontal(|ui| {
                let width = ui.available_width() - 66.0;
                let field = TextEdit::singleline(&mut self.typed).hint_text("/path/to/photos.tar").desired_width(width);
                let field = ui.add(field).accessible_name("File to pack into");
                if field.changed() {
                    self.packing.replace = false;
                }
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                let pack = obstacle::add_unless(ui, why, egui::Button::new("Pack"));
                is_done = pack.clicked() || (entered && why.is_none());
            });
            let pictures = egui::Checkbox::new(&mut self.packing.pictures, "With the pictures");
            obstacle::add_unless(ui, away, pictures).on_hover_text(
                "Also the texts and tables that speak of them. Without them, the file says where they were.",
            );
            ui.checkbox(&mut self.packing.replace, "Replace a file of this name");
            ui.add_space(GRID);
            ui.horizontal(|ui| {
                let choose = self.system.is_open().then_some(WAITING);
                let button = egui::Button::new(format!("{}  Choose a file…", icons::OPEN));
                if obstacle::add_unless(ui, choose, button).clicked() {
                    self.browse(ctx.workspace());
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.button("Cancel").clicked() {
                        ui.close();
                    }
                });
            });
        });
        if is_done {
            ctx.act(SearchAction::Pack { file: PathBuf::from(self.typed.trim()), packing: self.packing });
        }
        if is_done || modal.should_close() {
            self.shown = false;
        }
    }

    fn browse(&mut self, workspace: &Workspace) {
        let typed = PathBuf::from(self.typed.trim());
        self.system.ask(workspace.wake(), move |dialog| {
            let mut dialog = dialog.add_filter("Archives", &["tar"]);
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
