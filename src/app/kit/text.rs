//! Painted lines of text, cut with “…” where they are too long.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, FontId, Galley, Painter, Rect, pos2};
use std::sync::Arc;

/// One line at most `room` points wide.
pub fn line(painter: &Painter, text: &str, font: FontId, colour: Color32, room: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = TextWrapping::truncate_at_width(room.max(1.0));
    painter.layout_job(job)
}

/// Paints one line in the middle of `place`'s height, at its left or `right`; gives back the line's right end.
pub fn paint_text(painter: &Painter, place: Rect, text: &str, font: FontId, colour: Color32, right: bool) -> f32 {
    let galley = line(painter, text, font, colour, place.width());
    let x = if right { place.right() - galley.size().x } else { place.left() };
    let end = x + galley.size().x;
    painter.galley(pos2(x, place.center().y - galley.size().y * 0.5), galley, colour);
    end
}
