//! All parts as one bar: to the right of zero what raises the score, to the left what lowers it.

use super::shown::{Shown, change, colour, kind_name, number};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::train::{NamedPart, PartKind};
use crate::workspace::SelectionAction;
use egui::{Align2, Color32, FontId, Rect, Response, Sense, Ui, pos2, vec2};
use std::fmt::Write;

/// Height of the bar.
const HEIGHT: f32 = 26.0;
/// Side of a picture above it, and the height of the lines from the pictures to the bar.
const TILE: f32 = 28.0;
const LINE: f32 = 5.0;
/// The widest piece of the bias, which is much the same for all images; a longer one is drawn broken.
const WIDEST_BIAS: f32 = 56.0;

/// A part's piece of the bar.
struct Piece<'a> {
    part: &'a NamedPart,
    rect: Rect,
    /// Whether it is shorter than its value.
    is_broken: bool,
}

/// Draws the bar, and above it the pictures of the images that add or take away most.
pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    let parts = shown.found.parts();
    let has_images = parts.iter().any(|part| part.image().is_some());
    let above = if has_images { TILE + LINE } else { 0.0 };
    let size = vec2(ui.available_width(), above + HEIGHT + 2.0 * GRID);
    let (area, response) = ui.allocate_exact_size(size, Sense::click());
    let bar = Rect::from_min_max(pos2(area.left(), area.top() + above), pos2(area.right(), area.bottom() - 2.0 * GRID));
    let (pieces, zero) = pieces(parts, bar);
    let painter = ui.painter_at(area);
    painter.rect_filled(bar, theme::RADIUS, palette.raised);
    for Piece { part, rect, is_broken } in &pieces {
        let fill = colour(part.kind, palette);
        // A gap between pieces, where there is room for one.
        let inner = if rect.width() > 3.0 { rect.shrink2(vec2(0.5, 0.0)) } else { *rect };
        painter.rect_filled(inner, if rect.width() > 6.0 { 2 } else { 0 }, fill);
        let font = FontId::proportional(11.0);
        let text = painter.layout_no_wrap(shown.name(part).to_owned(), font, palette.text_on(fill));
        if part.image().is_none() && text.size().x + 6.0 < rect.width() {
            let at = Align2::CENTER_CENTER.anchor_size(rect.center(), text.size()).min;
            painter.galley(at, text, palette.text_on(fill));
        }
        if *is_broken {
            let inner = if part.value < 0.0 { rect.right() - 9.0 } else { rect.left() + 5.0 };
            for x in [inner, inner + 4.0] {
                let line = [pos2(x + 3.0, rect.top()), pos2(x - 3.0, rect.bottom())];
                painter.line_segment(line, (1.5, palette.panel));
            }
        }
    }
    let pictures = pictures(&pieces, Rect::from_min_size(area.min, vec2(area.width(), TILE)));
    for (Piece { part, rect, .. }, tile) in &pictures {
        let Some(candidate) = part.image() else { continue };
        let (index, _) = shown.image(candidate);
        let path = shown.session.data.dataset.images[index].file.as_deref();
        widgets::paint_cover(&painter, *tile, ctx.pictures.small(index, path), palette, Color32::WHITE);
        let line = [tile.center_bottom(), pos2(rect.center().x, bar.top())];
        painter.line_segment(line, (1.5, colour(part.kind, palette)));
    }
    painter.vline(zero, bar.top() - 2.0..=bar.bottom() + 2.0 * GRID, (1.5, palette.text));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Image, true, spoken(shown)));
    pointed(&response, (&pieces, &pictures), shown, ctx);
}

/// The pictures above the bar, of the strongest parts, as many as there is room for: their pieces, and where they are.
fn pictures<'a, 'b>(pieces: &'b [Piece<'a>], area: Rect) -> Vec<(&'b Piece<'a>, Rect)> {
    let mut strongest: Vec<&Piece<'_>> = pieces.iter().filter(|piece| piece.part.image().is_some()).collect();
    strongest.sort_by(|a, b| b.rect.width().total_cmp(&a.rect.width()));
    let mut placed: Vec<(&Piece<'_>, Rect)> = Vec::new();
    for piece in strongest {
        let from = (piece.rect.center().x - TILE / 2.0).clamp(area.left(), (area.right() - TILE).max(area.left()));
        if placed.iter().all(|(_, other)| (other.left() - from).abs() >= TILE + 2.0) {
            placed.push((piece, Rect::from_min_size(pos2(from, area.top()), vec2(TILE, TILE))));
        }
    }
    placed
}

/// What the pointer is at: a picture, or a piece of the bar.
fn pointed(
    response: &Response,
    (pieces, pictures): (&[Piece<'_>], &[(&Piece<'_>, Rect)]),
    shown: &Shown<'_>,
    ctx: &mut PanelCtx<'_>,
) {
    let Some(at) = response.hover_pos() else { return };
    let picture = pictures.iter().find(|(_, tile)| tile.contains(at)).map(|(piece, _)| *piece);
    let piece = || pieces.iter().find(|piece| piece.rect.contains(at));
    let Some(Piece { part, .. }) = picture.or_else(piece) else { return };
    let value = change(part.value, shown.found.total());
    let text = format!("{} ({}): {value}", shown.name(part), kind_name(part.kind));
    response.clone().on_hover_text_at_pointer(text);
    if let Some(candidate) = part.image() {
        ctx.act(SelectionAction::Hover(Some(candidate)));
        if response.clicked() {
            ctx.act(SelectionAction::Candidate(Some(candidate)));
        }
    }
}

/// The parts' places in the bar, and where zero is. Each side begins at zero with the kinds in the order of the formula.
fn pieces(parts: &[NamedPart], area: Rect) -> (Vec<Piece<'_>>, f32) {
    let all: f64 = parts.iter().map(|part| part.value.abs()).sum();
    let bias: f64 = parts.iter().filter(|part| part.kind == PartKind::Bias).map(|part| part.value.abs()).sum();
    let (width, widest) = (f64::from(area.width()), f64::from(WIDEST_BIAS));
    let is_long = all > bias && bias / all * width > widest;
    let scale = match is_long {
        true => (width - widest).max(0.0) / (all - bias),
        false if all > 0.0 => width / all,
        false => 0.0,
    };
    let is_broken = |part: &NamedPart| is_long && part.kind == PartKind::Bias;
    let length = |part: &NamedPart| if is_broken(part) { WIDEST_BIAS } else { (part.value.abs() * scale) as f32 };
    let zero = area.left() + parts.iter().filter(|part| part.value < 0.0).map(length).sum::<f32>();
    let (mut right, mut left) = (zero, zero);
    let mut pieces = Vec::with_capacity(parts.len());
    for kind in PartKind::ALL {
        for part in parts.iter().filter(|part| part.kind == kind) {
            let width = length(part);
            let from = if part.value < 0.0 {
                left -= width;
                left
            } else {
                right += width;
                right - width
            };
            let rect = Rect::from_min_size(pos2(from, area.top()), vec2(width, area.height()));
            pieces.push(Piece { part, rect, is_broken: is_broken(part) });
        }
    }
    (pieces, zero)
}

/// The bar in words.
fn spoken(shown: &Shown<'_>) -> String {
    let total = shown.found.total();
    let what = if shown.found.compared.is_some() { "Difference" } else { "Score" };
    let mut text = format!("{what} {}", number(total, total));
    for (at, part) in shown.found.parts().iter().take(5).enumerate() {
        let before = if at == 0 { ", most by" } else { "," };
        // Writing to a text cannot fail.
        let _ = write!(text, "{before} {} {}", shown.name(part), change(part.value, total));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Source;

    fn part(source: Source, value: f64) -> NamedPart {
        NamedPart { kind: PartKind::of(source), name: String::new(), value, source }
    }

    #[test]
    fn pieces_begin_at_zero_and_fill_the_bar() {
        let parts = [part(Source::Neighbour(1), 2.0), part(Source::Feature(0), 1.0), part(Source::Bias, -1.0)];
        let (pieces, zero) = pieces(&parts, Rect::from_min_size(pos2(10.0, 0.0), vec2(80.0, 20.0)));
        assert_eq!(zero, 30.0);
        let ranges: Vec<_> = pieces.iter().map(|piece| (piece.rect.left(), piece.rect.right())).collect();
        assert_eq!(ranges, [(30.0, 50.0), (50.0, 90.0), (10.0, 30.0)], "signals first, then neighbours");
        let parts = [part(Source::Feature(0), 1.0), part(Source::Bias, -9.0)];
        let (broken, zero) = super::pieces(&parts, Rect::from_min_size(pos2(0.0, 0.0), vec2(156.0, 20.0)));
        assert_eq!((broken[0].rect.width(), zero, broken[1].is_broken), (100.0, WIDEST_BIAS, true));
        let none = super::pieces(&[], Rect::from_min_size(pos2(10.0, 0.0), vec2(80.0, 20.0)));
        assert_eq!((none.0.len(), none.1), (0, 10.0));
    }
}
