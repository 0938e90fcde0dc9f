//! The frame of a dialog whose content is measured in the background, and its tables.

use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::eval::significance::Interval;
use egui::{Context, Grid, Id, Modal, RichText, Ui, vec2};

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

/// A table under a heading.
pub fn table(ui: &mut Ui, name: &str, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let palette = theme::palette(ui.visuals());
    widgets::section(ui, name);
    Grid::new(name).num_columns(head.len()).spacing(vec2(24.0, 3.0)).show(ui, |ui| {
        for title in head {
            ui.label(RichText::new(*title).small().color(palette.weak));
        }
        ui.end_row();
        for row in rows {
            for cell in row {
                ui.label(cell);
            }
            ui.end_row();
        }
    });
}

/// `.412 to .633`; nothing without an interval.
pub fn range(interval: Option<Interval>) -> String {
    let text = |interval: Interval| format!("{} to {}", widgets::signed(interval.low), widgets::signed(interval.high));
    interval.map_or_else(String::new, text)
}
