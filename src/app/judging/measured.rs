//! The frame of a dialog whose content is measured in the background.

use crate::app::kit::theme::GRID;
use crate::app::kit::widgets;
use egui::{Context, Id, Modal, RichText, Ui, vec2};

/// What a dialog is called, and the state of its measurement.
pub struct Measured<'a, T> {
    /// The heading, which also identifies the dialog.
    pub title: &'a str,
    /// A line below it; may be empty.
    pub about: &'a str,
    /// The width it takes if the window is wide enough, in points.
    pub width: f32,
    /// What was measured, if it was.
    pub found: Option<T>,
    /// Whether it is being measured.
    pub is_running: bool,
    /// Whether labels have changed since.
    pub is_stale: bool,
    /// What stands there if nothing can be measured.
    pub missing: &'a str,
}

/// What was asked for with the buttons of the frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// To measure again.
    pub again: bool,
    /// To close the dialog.
    pub close: bool,
}

impl<T> Measured<'_, T> {
    /// Draws the dialog with `body` for what was measured.
    pub fn show(self, egui: &Context, body: impl FnOnce(&mut Ui, T)) -> Asked {
        let mut asked = Asked::default();
        let modal = Modal::new(Id::unique(self.title)).show(egui, |ui| {
            // The same size before and after measuring, or the result would have no room.
            let content = ui.ctx().content_rect().size();
            let size = vec2((content.x - 80.0).clamp(300.0, self.width), (content.y - 170.0).clamp(160.0, 520.0));
            ui.set_width(size.x);
            ui.label(RichText::new(self.title).heading());
            if !self.about.is_empty() {
                widgets::caption(ui, self.about);
            }
            ui.allocate_ui(size, |ui| {
                ui.set_min_size(size);
                match self.found {
                    _ if self.is_running => {
                        ui.horizontal(|ui| {
                            ui.spinner();
                            ui.label("Measuring, with intervals…");
                        });
                    }
                    Some(found) => body(ui, found),
                    None => {
                        ui.label(self.missing);
                    }
                }
            });
            ui.add_space(GRID);
            ui.horizontal(|ui| {
                asked.again = self.is_stale && ui.button("Measure again").clicked();
                if ui.button("Close").clicked() {
                    ui.close();
                }
            });
        });
        asked.close = modal.should_close();
        asked
    }
}
