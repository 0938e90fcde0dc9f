//! A note on a judgement.

use crate::app::ctx::PanelCtx;
use crate::app::kit::widgets;
use crate::workspace::JudgingAction;
use egui::{Align, Context, Id, Layout, Modal, RichText, TextEdit};

/// The note being written.
#[derive(Default)]
pub struct NoteEditor {
    /// The image's position in the queue, while it is open.
    position: Option<usize>,
    title: &'static str,
    text: String,
}

impl NoteEditor {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.position.is_some()
    }

    /// Opens it for an image.
    pub fn open(&mut self, title: &'static str, position: usize, text: &str) {
        self.position = Some(position);
        self.title = title;
        text.clone_into(&mut self.text);
    }

    /// Closes it without saving.
    pub fn close(&mut self) {
        self.position = None;
    }

    /// Draws it; Ctrl+Enter saves, Esc does not.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        let Some(position) = self.position else { return };
        let mut is_done = false;
        let modal = Modal::new(Id::unique("judging note")).show(egui, |ui| {
            ui.set_width(380.0);
            ui.label(RichText::new(self.title).heading());
            let field = TextEdit::multiline(&mut self.text).desired_rows(3).desired_width(f32::INFINITY);
            let field = ui.add(field).accessible_name("Note on the judgement");
            field.request_focus();
            widgets::caption(ui, "Ctrl+Enter saves, Esc does not.");
            let entered = ui.input(|input| input.modifiers.command && input.key_pressed(egui::Key::Enter));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                is_done = ui.button("Save").clicked() || entered;
                if ui.button("Cancel").clicked() {
                    ui.close();
                }
            });
        });
        if is_done {
            ctx.act(JudgingAction::Note(position, std::mem::take(&mut self.text)));
        }
        if is_done || modal.should_close() {
            self.position = None;
        }
    }
}
