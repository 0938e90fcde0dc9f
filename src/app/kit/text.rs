//! Painted lines of text, truncated with “…”.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, FontId, Galley, Painter, Rect, pos2};
use std::sync::Arc;

/// One line of text, at most `width` points wide.
pub fn line(painter: &Painter, text: &str, font: FontId, colour: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = TextWrapping::truncate_at_width(width.max(1.0));
    painter.layout_job(job)
}

/// Paints one line, vertically centred in `rect` and aligned to its left or `right`; returns the line's right end.
pub fn paint_text(painter: &Painter, rect: Rect, text: &str, font: FontId, colour: Color32, right: bool) -> f32 {
    let galley = line(painter, text, font, colour, rect.width());
    let x = if right { rect.right() - galley.size().x } else { rect.left() };
    let end = x + galley.size().x;
    painter.galley(pos2(x, rect.center().y - galley.size().y * 0.5), galley, colour);
    end
}
