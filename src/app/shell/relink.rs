//! The dialog that asks where the pictures of the open collection are now.

use super::system_dialog::{SystemDialog, WAITING};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::GRID;
use crate::app::kit::{icons, obstacle, widgets};
use crate::workspace::SearchAction;
use egui::{Align, Context, Id, Key, Layout, Modal, RichText, TextEdit};
use std::path::PathBuf;

/// The dialog's state.
#[derive(Default)]
pub struct RelinkDialog {
    shown: bool,
    typed: String,
    system: SystemDialog,
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
        if let Some(path) = self.system.poll() {
            self.typed = path.display().to_string();
        }
        let why = match self.typed.trim() {
            _ if ctx.workspace().searching().is_collecting() => Some("A collection is being made already."),
            "" => Some("Type or choose the folder where the pictures are now."),
            _ => None,
        };
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
                let width = ui.available_width() - 110.0;
                let field = TextEdit::singleline(&mut self.typed).hint_text("/path/to/photos").desired_width(width);
                let field = ui.add(field).accessible_name("Folder where the pictures are now");
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if self.typed.is_empty() && ui.memory(|memory| memory.focused().is_none()) {
                    field.request_focus();
                }
                let choose = self.system.is_open().then_some(WAITING);
                if widgets::icon_button_unless(ui, choose, icons::OPEN, "Choose the folder…").clicked() {
                    self.system.ask(ctx.workspace().wake(), |dialog| dialog.pick_folder());
                }
                let relink = obstacle::add_unless(ui, why, egui::Button::new("Relink"));
                is_done = relink.clicked() || (entered && why.is_none());
            });
            ui.add_space(GRID);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button("Cancel").clicked() {
                    ui.close();
                }
                if self.system.is_open() {
                    widgets::caption(ui, WAITING);
                }
            });
        });
        if is_done {
            ctx.act(SearchAction::Relink(PathBuf::from(self.typed.trim())));
        }
        if is_done || modal.should_close() {
            *self = Self::default();
        }
    }
}
