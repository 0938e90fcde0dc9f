//! The dialog that asks where the pictures of the open collection are now.

use super::path_field::{PathAsked, PathField, PathKind};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::GRID;
use crate::app::kit::{obstacle, widgets};
use crate::workspace::SearchAction;
use egui::{Align, Context, Id, Layout, Modal, RichText};

/// The dialog's state.
#[derive(Default)]
pub struct RelinkDialog {
    shown: bool,
    pictures: PathField,
}

impl RelinkDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.shown
    }

    /// Opens it.
    pub fn open(&mut self) {
        self.shown = true;
    }

    /// Draws the dialog.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        let Some(open) = ctx.workspace().searching().open().filter(|_| self.shown) else {
            self.shown = false;
            return;
        };
        let is_collecting = ctx.workspace().searching().is_collecting();
        let before = format!("They were in {}.", open.collection.pictures().display());
        let mut is_done = false;
        let modal = Modal::new(Id::unique("relink")).show(egui, |ui| {
            ui.set_width(540.0);
            ui.label(RichText::new("Relink pictures").heading());
            widgets::caption(ui, &before);
            widgets::caption(
                ui,
                "Words, vectors, queries and judgements stay: they name pictures by their paths in the folder.",
            );
            ui.add_space(GRID);
            ui.horizontal(|ui| {
                let asked = PathAsked {
                    name: "Folder where the pictures are now",
                    hint: "/path/to/photos",
                    button: "Choose the folder…",
                    kind: PathKind::Folder,
                    takes_focus: true,
                };
                let width = ui.available_width() - 72.0;
                let change = self.pictures.ui(ui, width, &asked, &ctx.workspace().wake());
                let why = match self.pictures.path() {
                    _ if is_collecting => Some("A collection is being made already."),
                    None => Some("Type or choose the folder where the pictures are now."),
                    Some(_) => None,
                };
                let relink = obstacle::add_unless(ui, why, egui::Button::new("Relink"));
                is_done = relink.clicked() || (change.is_entered && why.is_none());
            });
            ui.add_space(GRID);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button("Cancel").clicked() {
                    ui.close();
                }
                self.pictures.waiting_ui(ui);
            });
        });
        if let Some(pictures) = self.pictures.path().filter(|_| is_done) {
            ctx.act(SearchAction::Relink(pictures));
        }
        if is_done || modal.should_close() {
            *self = Self::default();
        }
    }
}
