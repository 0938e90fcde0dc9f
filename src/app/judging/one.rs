//! One image, as large as there is room.

use super::painted::Painted;
use super::shown::Shown;
use super::tile;
use crate::app::ctx::PanelCtx;
use crate::app::kit::lens::Lens;
use crate::app::kit::picture::Picture;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use egui::accesskit::Role;
use egui::{Color32, Rect, Response, RichText, Sense, Ui, WidgetInfo, vec2};

/// How many pictures are decoded ahead, and how many of those left behind are not dropped.
const AHEAD: [usize; 2] = [6, 2];

/// Height of the lines below the picture.
const CAPTION: f32 = 40.0;

/// How much nearer a double-click goes.
const CLOSER: f32 = 3.0;

/// Draws the focused image.
pub fn show(ui: &mut Ui, shown: Shown<'_>, lens: &mut Lens, painted: &mut Painted, ctx: &mut PanelCtx<'_>) {
    let focus = shown.queue.focus();
    if shown.queue.focused().is_none() {
        return;
    }
    let size = ui.available_size();
    let side = size.max_elem() * ui.pixels_per_point();
    look(ui, shown, &[(focus, lens.zoom())], side, ctx);
    let (area, response) = ui.allocate_exact_size(vec2(size.x, size.y - CAPTION), Sense::click_and_drag());
    let panel = area.shrink2(vec2(2.0 * GRID, GRID));
    picture_ui(ui, shown, focus, panel, lens, painted, ctx, &response);
    caption_ui(ui, shown, focus);
}

/// Asks for some pictures, each with its zoom, and for those that come next.
pub fn look(ui: &Ui, shown: Shown<'_>, positions: &[(usize, f32)], side: f32, ctx: &mut PanelCtx<'_>) {
    let (first, last) = (positions.first().map_or(0, |one| one.0), positions.last().map_or(0, |one| one.0));
    let after = (last + 1..shown.queue.items().len()).take(AHEAD[0]);
    let before = (0..first).rev().take(AHEAD[1]);
    let rest = after.chain(before).map(|position| (position, 1.0));
    let wanted = positions.iter().copied().chain(rest).map(|(position, zoom)| {
        let (at, image) = tile::image_of(shown, shown.queue.items()[position]);
        // Steps of two, so that turning the wheel does not decode at every notch.
        ((at, image.file.as_deref()), side * zoom.log2().ceil().exp2())
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
    let painter = ui.painter().with_clip_rect(panel);
    let mut is_moved = false;
    let inner = match picture {
        Picture::Ready { texture, uv, aspect } => {
            is_moved = lens.update(ui, response, aspect);
            if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.double_clicked()) {
                match lens.is_fit() {
                    true => lens.zoom_at(panel, aspect, pointer, CLOSER),
                    false => *lens = Lens::default(),
                }
                is_moved = true;
            }
            let placed = lens.placed(panel, aspect);
            painter.image(texture, placed, uv, Color32::WHITE);
            placed.intersect(panel)
        }
        other => widgets::paint_contain(&painter, panel.shrink(GRID), other, palette),
    };
    if !matches!(picture, Picture::Loading) {
        painted.add(item);
    }
    tile::paint_label(&painter, shown, position, inner, palette);
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
        widgets::one_line(ui, widgets::strong_text(tile::title(image)));
        widgets::one_line(ui, RichText::new(text).small().color(palette.weak));
    });
}
