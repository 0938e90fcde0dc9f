//! The stages in a row, to walk along by dragging.

use super::{Played, words};
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::eval::Measure;
use crate::workspace::{Session, Stage};
use egui::{Align2, FontId, Key, Rect, Sense, Stroke, Ui, pos2, vec2};

/// Height of the row, in points.
pub const HEIGHT: f32 = 44.0;

/// Draws the row; a place that was asked for.
pub fn timeline_ui(ui: &mut Ui, session: &Session, played: &Played<'_>) -> Option<f32> {
    let palette = theme::palette(ui.visuals());
    let stages = &played.stages.all;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click_and_drag());
    let last = stages.len().saturating_sub(1);
    let step = rect.width() / stages.len().max(1) as f32;
    let (left, y) = (rect.left() + 0.5 * step, rect.top() + 8.0);
    let x = |at: f32| left + at * step;
    let painter = ui.painter().with_clip_rect(rect.expand2(vec2(2.0, 0.0)));
    let at = played.head.at.min(last as f32);
    painter.hline(x(0.0)..=x(last as f32), y, Stroke::new(2.0, palette.line));
    painter.hline(x(0.0)..=x(at), y, Stroke::new(2.0, palette.accent));
    let is_judged = session.data.judgements.is_judged(played.stages.query);
    for (index, stage) in stages.iter().enumerate() {
        let (is_past, is_near) = (at >= index as f32, played.head.nearest(stages.len()) == index);
        let centre = pos2(x(index as f32), y);
        painter.circle(
            centre,
            3.5,
            if is_past { palette.accent } else { palette.panel },
            Stroke::new(1.5, palette.weak),
        );
        let (name, figure) = (words::name(stage.kind), is_judged.then(|| figure(stage)));
        let colour = if is_near { palette.text } else { palette.weak };
        let text = |line: f32, text: String, colour| {
            let mut job = egui::text::LayoutJob::simple_singleline(text, FontId::proportional(theme::SMALL), colour);
            job.wrap = egui::text::TextWrapping::truncate_at_width(step - GRID);
            let galley = painter.layout_job(job);
            let size = galley.size();
            let top = Align2::CENTER_TOP.anchor_size(pos2(centre.x, y + 6.0 + line), size);
            painter.galley(top.min, galley, colour);
        };
        text(0.0, name, colour);
        if let Some(figure) = figure {
            text(14.0, figure, palette.weak);
        }
    }
    painter.circle(pos2(x(at), y), 6.0, palette.accent, Stroke::new(2.0, palette.text));
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.0, palette.accent), egui::StrokeKind::Inside);
    }
    let label = format!("Stages of the ranking: {}", words::label(played));
    response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(at), &label));
    asked(ui, &response, Rect::from_min_max(pos2(left, rect.top()), rect.max), (step, at))
}

/// A place that was pointed at, or asked for by keys.
fn asked(ui: &Ui, response: &egui::Response, row: Rect, (step, at): (f32, f32)) -> Option<f32> {
    if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged() || response.clicked()) {
        let place = ((pointer.x - row.left()) / step).max(0.0);
        // A click means the stage, a drag any place.
        return Some(if response.clicked() { place.round() } else { place });
    }
    if !response.has_focus() {
        return None;
    }
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let by = [(Key::ArrowLeft, -0.1), (Key::ArrowRight, 0.1)].into_iter().find(|(key, _)| pressed(*key))?.1;
    Some((at + by).max(0.0))
}

fn figure(stage: &Stage) -> String {
    let map = stage.ranking.measures.get(Measure::Map).unwrap_or_default();
    format!("AP {}", widgets::decimal(map))
}
