//! The dialog that asks where to pack the open collection.

use super::path_field::{PathAsked, PathField, PathKind};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::GRID;
use crate::app::kit::{obstacle, widgets};
use crate::index::Packing;
use crate::workspace::{SearchAction, Workspace};
use egui::{Context, Id, Modal, RichText};
use std::path::Path;

/// The dialog's state.
#[derive(Default)]
pub struct PackDialog {
    shown: bool,
    file: PathField,
    packing: Packing,
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
        let before = self.file.path();
        let beside = before.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
        let beside = beside.or(folder.parent()).unwrap_or(folder);
        self.file.set(&beside.join(format!("{name}.tar")));
        (self.shown, self.packing) = (true, Packing::default());
    }

    /// Draws the dialog.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        let Some(open) = ctx.workspace().searching().open().filter(|_| self.shown) else {
            self.shown = false;
            return;
        };
        let searching = ctx.workspace().searching();
        let (is_packing, is_collecting) = (searching.is_packing(), searching.is_collecting());
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
                let asked = PathAsked {
                    name: "File to pack into",
                    hint: "/path/to/photos.tar",
                    button: "Choose a file…",
                    kind: PathKind::Archive,
                    takes_focus: false,
                };
                let width = ui.available_width() - 62.0;
                let change = self.file.ui(ui, width, &asked, &ctx.workspace().wake());
                // The system's dialog has asked whether a file is to be replaced.
                self.packing.replace = change.is_chosen || (self.packing.replace && !change.is_typed);
                let why = match self.file.path() {
                    _ if is_packing => Some("A collection is being packed already."),
                    _ if is_collecting => Some("The collection is being read."),
                    None => Some("Type a file, or choose one."),
                    Some(_) => None,
                };
                let pack = obstacle::add_unless(ui, why, egui::Button::new("Pack"));
                is_done = pack.clicked() || (change.is_entered && why.is_none());
            });
            let pictures = egui::Checkbox::new(&mut self.packing.pictures, "With the pictures");
            obstacle::add_unless(ui, away, pictures).on_hover_text(
                "Also the texts and tables that speak of them. Without them, the file says where they were.",
            );
            ui.checkbox(&mut self.packing.replace, "Replace a file of this name");
            ui.add_space(GRID);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.button("Cancel").clicked() {
                    ui.close();
                }
                self.file.waiting_ui(ui);
            });
        });
        if let Some(file) = self.file.path().filter(|_| is_done) {
            ctx.act(SearchAction::Pack { file, packing: self.packing });
        }
        if is_done || modal.should_close() {
            self.shown = false;
        }
    }
}
