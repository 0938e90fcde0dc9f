//! One image: its picture and what the judge said of it.

use super::shown::Shown;
use crate::app::kit::mark::Mark;
use crate::app::kit::theme::{self, Palette};
use crate::app::kit::widgets;
use crate::dataset::{Image, Relevance};
use crate::judge::Judgement;
use crate::workspace::Item;
use egui::{Align2, CornerRadius, Painter, Rect, Stroke, StrokeKind, vec2};

/// The image of an item, and its index.
pub fn image_of(shown: Shown<'_>, item: Item) -> (usize, &Image) {
    shown.session.image(item.query, item.candidate)
}

/// What the judge said, in words.
pub fn said(shown: Shown<'_>, label: Option<&Judgement>) -> String {
    let Some(label) = label else { return "not judged".to_owned() };
    let grade =
        label.grade.map_or_else(|| "not judged".to_owned(), |grade| shown.session.scale.name(grade).to_lowercase());
    let unsure = if label.unsure { ", unsure" } else { "" };
    let note = if label.note.as_deref().is_some_and(|note| !note.is_empty()) { ", with a note" } else { "" };
    format!("{grade}{unsure}{note}")
}

/// The accessible name of an image: position, title, judgement, and whether it is saved.
pub fn name(shown: Shown<'_>, position: usize, item: Item) -> String {
    let (_, image) = image_of(shown, item);
    let label = shown.label(position);
    let mut name =
        format!("Image {} of {}: {}, {}", position + 1, shown.queue.items().len(), image.name(), said(shown, label));
    if shown.queue.is_later(position) {
        name += ", later";
    }
    if shown.judging.is_pending(shown.session, shown.judge, item) {
        name += ", not saved yet";
    }
    name
}

/// Paints what was said of the image at a position over its picture, which fills `inner`.
pub fn paint_label(painter: &Painter, shown: Shown<'_>, position: usize, inner: Rect, palette: &Palette) {
    let Some(&item) = shown.queue.items().get(position) else { return };
    let label = shown.label(position);
    if let Some(label) = label {
        paint_grade(painter, shown, label, inner, palette);
    }
    let mut notes = Vec::new();
    if label.is_some_and(|label| label.note.as_deref().is_some_and(|note| !note.is_empty())) {
        notes.push("note");
    }
    if shown.queue.is_later(position) {
        notes.push("later");
    }
    if shown.judging.is_pending(shown.session, shown.judge, item) {
        notes.push("saving");
    }
    if !notes.is_empty() {
        let corner = inner.left_bottom() + vec2(4.0, -4.0);
        widgets::paint_badge(painter, corner, &notes.join(" · "), theme::SMALL, palette, 1.0);
    }
    if shown.judging.is_revealed() {
        paint_revealed(painter, shown, item, inner, palette);
    }
}

/// Paints whether the image at a position is the focused or a selected one.
pub fn paint_focus(painter: &Painter, shown: Shown<'_>, position: usize, tile: Rect, palette: &Palette) {
    let (is_focused, is_selected) = (shown.queue.focus() == position, shown.queue.selected().contains(&position));
    if is_focused || is_selected {
        let width = if is_focused { 3.0 } else { 2.0 };
        let stroke = Stroke::new(width, palette.accent);
        painter.rect_stroke(tile, CornerRadius::same(theme::RADIUS), stroke, StrokeKind::Inside);
    }
}

/// The grade as a frame and a sign in a corner; its number where there are more than two grades.
fn paint_grade(painter: &Painter, shown: Shown<'_>, label: &Judgement, inner: Rect, palette: &Palette) {
    let Some(grade) = label.grade else { return };
    let corner = inner.right_top() + vec2(-13.0, 13.0);
    if grade < 0 {
        painter.circle(corner, 9.0, palette.unjudged, Stroke::new(1.0, palette.panel));
        painter.text(corner, Align2::CENTER_CENTER, "?", theme::strong(12.0), palette.panel);
        return;
    }
    let mark = Mark::of(Some(Relevance(grade)), &shown.session.scale, palette);
    mark.paint_frame(painter, inner.shrink(1.0), 1.0);
    mark.paint_sign(painter, corner, 9.0, palette);
    let mut text = String::new();
    if shown.session.scale.grades().len() > 2 {
        text += &grade.to_string();
    }
    if label.unsure {
        text += if text.is_empty() { "unsure" } else { " unsure" };
    }
    if !text.is_empty() {
        widgets::paint_badge(painter, inner.left_top() + vec2(4.0, 20.0), &text, theme::SMALL, palette, 1.0);
    }
}

/// The rank in the best ranking, and the label of the files.
fn paint_revealed(painter: &Painter, shown: Shown<'_>, item: Item, inner: Rect, palette: &Palette) {
    let corner = inner.right_bottom() + vec2(-46.0, -4.0);
    let session = shown.session;
    let rank =
        session.best_ranking().filter(|_| session.query() == item.query).map(|ranking| ranking.ranks[item.candidate]);
    if let Some(rank) = rank {
        widgets::paint_badge(painter, corner, &format!("#{}", rank + 1), theme::SMALL, palette, 1.0);
    }
    let of_files = shown.judging.label(session, crate::judge::FILES, item).and_then(|label| label.grade);
    if let Some(grade) = of_files {
        let mark = Mark::of(Some(Relevance(grade)), &session.scale, palette);
        mark.paint_sign(painter, inner.right_bottom() + vec2(-9.0, -11.0), 6.0, palette);
    }
}
