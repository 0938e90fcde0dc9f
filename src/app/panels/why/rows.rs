//! The parts one by one, those that matter most first.

use super::otherwise::toggles_ui;
use super::shown::{Shown, change, colour, kind_name};
use crate::app::ctx::PanelCtx;
use crate::app::kit::text::paint_text;
use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::{icons, widgets};
use crate::model::Source;
use crate::train::{NamedPart, PartKind};
use crate::workspace::SelectionAction;
use egui::{Align, Color32, FontId, Layout, Rect, Response, RichText, Sense, Ui, UiBuilder, pos2, vec2};

/// Rows shown unless all are asked for.
const SHOWN: usize = 10;
/// Height of a row.
const ROW: f32 = 32.0;
/// Widths of the columns for a part's bar, its value and its toggles.
const BAR: f32 = 48.0;
const VALUE: f32 = 50.0;
const TOGGLES: f32 = 56.0;
/// A panel without room for bars.
const NARROW: f32 = 280.0;

/// Draws the list.
pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>, shows_all: &mut bool, ctx: &mut PanelCtx<'_>) {
    let parts = shown.found.parts();
    // The bias, much the same for all images, would make the bars of the others invisible.
    let by_source = parts.iter().find(|part| part.kind != PartKind::Bias).or(parts.first());
    let largest = by_source.map_or(0.0, |part| part.value.abs());
    let count = if *shows_all || parts.len() <= SHOWN + 1 { parts.len() } else { SHOWN };
    ui.spacing_mut().item_spacing.y = 0.0;
    for part in &parts[..count] {
        row_ui(ui, shown, part, largest, ctx);
    }
    if parts.len() > SHOWN + 1 {
        let rest: f64 = parts[SHOWN..].iter().map(|part| part.value).sum();
        let text = match *shows_all {
            true => format!("{}  Only those that matter most", icons::DOWN),
            false => format!("{}  {} more  {}", icons::FOLDED, parts.len() - SHOWN, change(rest, largest)),
        };
        if ui.button(RichText::new(text).small()).clicked() {
            *shows_all = !*shows_all;
        }
    }
}

fn row_ui(ui: &mut Ui, shown: &Shown<'_>, part: &NamedPart, largest: f64, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let column = |from: f32, width: f32| Rect::from_min_size(pos2(from, row.top()), vec2(width, ROW));
    let toggles = column(row.right() - TOGGLES, TOGGLES);
    let value = column(toggles.left() - 2.0 * GRID - VALUE, VALUE);
    // A narrow panel has no room for bars.
    let bar = column(value.left(), 0.0).with_min_x(value.left() - if row.width() < NARROW { 0.0 } else { BAR });
    let name = Rect::from_min_max(row.min, pos2(bar.left() - GRID, row.bottom()));
    let named = name_ui(ui, shown, (part, name), palette, ctx);
    if let Some(candidate) = part.image() {
        if named.hovered() {
            ctx.act(SelectionAction::Hover(Some(candidate)));
        }
        if named.clicked() {
            ctx.act(SelectionAction::Candidate(Some(candidate)));
        }
    }
    paint_bar(ui, bar, part.value / largest.max(f64::MIN_POSITIVE), colour(part.kind, palette), palette);
    let text = change(part.value, largest);
    paint_text(ui.painter(), value, &text, FontId::proportional(theme::BODY), palette.text, true);
    let layout = Layout::left_to_right(Align::Center);
    let mut inner = ui.new_child(UiBuilder::new().max_rect(toggles).layout(layout));
    inner.spacing_mut().item_spacing.x = 0.0;
    toggles_ui(&mut inner, shown, part, ctx);
}

/// The picture or the colour of a part, its name, and what it is.
fn name_ui(
    ui: &mut Ui,
    shown: &Shown<'_>,
    (part, rect): (&NamedPart, Rect),
    palette: &Palette,
    ctx: &mut PanelCtx<'_>,
) -> Response {
    let sense = if part.image().is_some() { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, ui.scope_id().with(part.source), sense);
    let tile = Rect::from_center_size(pos2(rect.left() + 13.0, rect.center().y), vec2(26.0, 26.0));
    match part.image() {
        Some(candidate) => {
            let (index, _) = shown.image(candidate);
            let path = shown.session.data.dataset.images[index].file.as_deref();
            let picture = ctx.pictures.small(index, path);
            widgets::paint_cover(ui.painter(), tile, picture, palette, Color32::WHITE);
        }
        None => {
            let dot = Rect::from_center_size(tile.center(), vec2(12.0, 12.0));
            ui.painter().rect_filled(dot, 3, colour(part.kind, palette));
        }
    }
    let name = shown.name(part);
    let text = Rect::from_min_max(pos2(tile.right() + 6.0, rect.top()), rect.max);
    let is_plain = part.name == kind_name(part.kind);
    let line = |from: f32, to: f32| Rect::from_min_max(pos2(text.left(), from), pos2(text.right(), to));
    let above = if is_plain { text } else { line(text.top() + 2.0, text.top() + 18.0) };
    paint_text(ui.painter(), above, name, FontId::proportional(theme::BODY), palette.text, false);
    if !is_plain {
        let kind = match part.source {
            Source::Neighbour(image) if shown.is_reached_through_others(image) => "through neighbours",
            _ => kind_name(part.kind),
        };
        let below = line(text.top() + 17.0, text.bottom() - 2.0);
        paint_text(ui.painter(), below, kind, FontId::proportional(11.0), palette.weak, false);
    }
    response.widget_info(|| {
        let text = format!("{name}, {}: {}", kind_name(part.kind), change(part.value, part.value));
        let role = if part.image().is_some() { egui::accesskit::Role::Button } else { egui::accesskit::Role::Label };
        egui::WidgetInfo::labeled(role, true, text)
    });
    response.on_hover_text(name)
}

/// A value from −1 to 1 as a bar from the middle.
fn paint_bar(ui: &Ui, rect: Rect, value: f64, colour: Color32, palette: &Palette) {
    if rect.width() == 0.0 {
        return;
    }
    let middle = rect.center();
    let half = rect.width() / 2.0;
    let end = middle.x + half * value.clamp(-1.0, 1.0) as f32;
    let bar = Rect::from_two_pos(pos2(middle.x, middle.y - 4.0), pos2(end, middle.y + 4.0));
    ui.painter().rect_filled(bar, 1, colour);
    ui.painter().vline(middle.x, middle.y - 7.0..=middle.y + 7.0, (1.0, palette.line));
}
