//! Which image is explained, and with which other one it is compared.

use super::shown::{Shown, weak};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::workspace::{ExplainAction, Order};
use egui::containers::menu::MenuButton;
use egui::{Color32, Rect, RichText, ScrollArea, Sense, Ui, vec2};

/// Side of a picture in the heading.
const TILE: f32 = 34.0;

/// Draws the heading: the image, its rank, and the other one, if there is one.
pub(super) fn heading_ui(ui: &mut Ui, shown: &Shown<'_>, ctx: &mut PanelCtx<'_>) {
    let found = shown.found;
    ui.horizontal_top(|ui| {
        tile_ui(ui, shown, found.request.image, ctx);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let (_, name) = shown.image(found.request.image);
            widgets::one_line(ui, RichText::new(name).font(theme::strong(14.0)));
            let rank = format!("rank {} of {}  ·  {}", found.place.rank, found.place.of, found.kind.label());
            widgets::one_line(ui, weak(ui, rank));
        });
    });
    if let Some(compared) = &found.compared {
        let where_to = if found.place.rank < compared.place.rank { "above" } else { "below" };
        ui.horizontal_top(|ui| {
            tile_ui(ui, shown, compared.image, ctx);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                let (_, name) = shown.image(compared.image);
                widgets::one_line(ui, RichText::new(format!("is {where_to} {name}")).font(theme::strong(14.0)));
                widgets::one_line(ui, weak(ui, format!("rank {}: why, part by part", compared.place.rank)));
            });
        });
    }
    ui.horizontal_wrapped(|ui| {
        choice_ui(ui, shown, ctx);
        if shown.request.other.is_some() && ui.button("Stop comparing").clicked() {
            ctx.act(ExplainAction::Compare(None));
        }
    });
    ui.add_space(GRID);
}

fn tile_ui(ui: &mut Ui, shown: &Shown<'_>, candidate: usize, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(TILE, TILE), Sense::hover());
    let (index, _) = shown.image(candidate);
    let path = shown.session.data.dataset.images[index].file.as_deref();
    let picture = ctx.pictures.small(index, path);
    widgets::paint_cover(ui.painter(), rect, picture, palette, Color32::WHITE);
}

/// A list of the ranking to choose the other image from.
fn choice_ui(ui: &mut Ui, shown: &Shown<'_>, ctx: &mut PanelCtx<'_>) {
    const ROW: f32 = 28.0;
    let Some(ranking) = shown.session.ranking(Order::Model) else { return };
    let button = egui::Button::new(RichText::new(format!("Compare with…  {}", icons::DOWN)).small());
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_width(260.0);
        let area = ScrollArea::vertical().max_height(320.0);
        area.show_rows(ui, ROW, ranking.order.len(), |ui, rows| {
            for rank in rows {
                let candidate = ranking.order[rank];
                let (index, name) = shown.image(candidate);
                let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
                let palette = theme::palette(ui.visuals());
                let is_itself = candidate == shown.request.image;
                if response.hovered() && !is_itself {
                    ui.painter().rect_filled(rect, theme::RADIUS, palette.hovered);
                }
                let colour = if is_itself { palette.weak } else { palette.text };
                let tile = Rect::from_min_size(rect.min + vec2(34.0, 2.0), vec2(ROW - 4.0, ROW - 4.0));
                let path = shown.session.data.dataset.images[index].file.as_deref();
                let picture = ctx.pictures.small(index, path);
                widgets::paint_cover(ui.painter(), tile, picture, palette, Color32::WHITE);
                let left = rect.left_center();
                let font = egui::FontId::proportional(theme::BODY);
                let number = format!("{}", rank + 1);
                ui.painter().text(
                    left + vec2(28.0, 0.0),
                    egui::Align2::RIGHT_CENTER,
                    number,
                    font.clone(),
                    palette.weak,
                );
                let clipped = ui.painter().with_clip_rect(rect);
                clipped.text(left + vec2(64.0, 0.0), egui::Align2::LEFT_CENTER, name, font, colour);
                response.widget_info(|| {
                    let text = format!("Compare with rank {}, {name}", rank + 1);
                    egui::WidgetInfo::labeled(egui::accesskit::Role::Button, !is_itself, text)
                });
                if response.clicked() && !is_itself {
                    ctx.act(ExplainAction::Compare(Some(candidate)));
                    ui.close();
                }
            }
        });
    });
    response.on_hover_text("Why this image is above or below another one of the ranking");
}
