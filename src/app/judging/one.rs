//! One image, as large as there is room.

use super::painted::Painted;
use super::shown::Shown;
use super::tile;
use crate::app::ctx::PanelCtx;
use crate::app::kit::lens::Lens;
use crate::app::kit::picture::Picture;
use crate::app::kit::sharp::AHEAD;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use egui::accesskit::Role;
use egui::{Rect, Response, RichText, Sense, Ui, WidgetInfo, vec2};

/// Height of the lines below the picture.
const CAPTION: f32 = 40.0;

/// Draws the focused image.
pub fn show(ui: &mut Ui, shown: Shown<'_>, lens: &mut Lens, painted: &mut Painted, ctx: &mut PanelCtx<'_>) {
    let focus = shown.queue.focus();
    if shown.queue.focused().is_none() {
        return;
    }
    let size = ui.available_size();
    let side = size.max_elem() * ui.pixels_per_point();
    look(ui, shown, &[(focus, lens.sharpness())], side, ctx);
    let (area, response) = ui.allocate_exact_size(vec2(size.x, size.y - CAPTION), Sense::click_and_drag());
    let panel = area.shrink2(vec2(2.0 * GRID, GRID));
    picture_ui(ui, shown, focus, panel, lens, painted, ctx, &response);
    caption_ui(ui, shown, focus);
}

/// Asks for some pictures, each with its sharpness, and for those that come next.
pub fn look(ui: &Ui, shown: Shown<'_>, positions: &[(usize, f32)], side: f32, ctx: &mut PanelCtx<'_>) {
    let (first, last) = (positions.first().map_or(0, |one| one.0), positions.last().map_or(0, |one| one.0));
    let after = (last + 1..shown.queue.items().len()).take(AHEAD[0]);
    let before = (0..first).rev().take(AHEAD[1]);
    let rest = after.chain(before).map(|position| (position, 1.0));
    let wanted = positions.iter().copied().chain(rest).map(|(position, sharpness)| {
        let (at, image) = tile::image_of(shown, shown.queue.items()[position]);
        ((at, image.file.as_deref()), side * sharpness)
    });
    ctx.pictures.sharp.look(ui.ctx(), wanted);
}

/// Draws the image at a position; whether the lens was moved.
#[allow(clippy::too_many_arguments, reason = "what is drawn, where, how, and what came of it")]
pub fn picture_ui(
    ui: &Ui,
    shown: Shown<'_>,
    position: usize,
    panel: Rect,
    lens: &mut Lens,
    painted: &mut Painted,
    ctx: &mut PanelCtx<'_>,
    response: &Response,
) -> bool {
    let item = shown.queue.items()[position];
    let (at, image) = tile::image_of(shown, item);
    let palette = theme::palette(ui.visuals());
    let picture = ctx.pictures.sharp.picture(at).unwrap_or_else(|| ctx.pictures.small(at, image.file.as_deref()));
    let (inner, is_moved) = lens.show(ui, response, panel, picture);
    if !matches!(picture, Picture::Loading) {
        painted.add(item);
    }
    tile::paint_label(&ui.painter().with_clip_rect(panel), shown, position, inner, palette);
    let name = tile::name(shown, position, item);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    is_moved
}

/// Title and text of the image.
pub fn caption_ui(ui: &mut Ui, shown: Shown<'_>, position: usize) {
    let (_, image) = tile::image_of(shown, shown.queue.items()[position]);
    let palette = theme::palette(ui.visuals());
    let text = if image.description == image.title { "" } else { &image.description };
    egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 2)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        widgets::one_line(ui, widgets::strong_text(image.name()));
        widgets::one_line(ui, RichText::new(text).small().color(palette.weak));
    });
}
