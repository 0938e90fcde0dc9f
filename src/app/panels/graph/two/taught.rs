//! What a similarity has learned: heavy dimensions with their pictures, pairs that came nearer or went farther apart.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::workspace::{Moved, SelectionAction, Session, Taught};
use egui::{Color32, Rect, RichText, ScrollArea, Sense, Ui, vec2};

/// Side of a picture.
const TILE: f32 = 36.0;

/// Height of the whole, in points.
const HEIGHT: f32 = 190.0;

/// Draws it as three columns.
pub fn taught_ui(ui: &mut Ui, session: &Session, taught: &Taught, ctx: &mut PanelCtx<'_>) {
    let weak = theme::palette(ui.visuals()).weak;
    ScrollArea::both().id_salt("taught").max_height(HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                widgets::section(ui, "Heaviest dimensions");
                for ((dimension, weight), examples) in taught.dimensions.iter().zip(&taught.examples) {
                    ui.horizontal(|ui| {
                        let text = RichText::new(format!("{dimension}  ×{weight:.2}")).color(weak);
                        ui.add_sized([88.0, TILE], egui::Label::new(text));
                        examples.iter().take(5).for_each(|&candidate| tile_ui(ui, session, candidate, ctx));
                    });
                }
            });
            for (title, pairs) in [("Came nearer", &taught.nearer), ("Went farther", &taught.farther)] {
                ui.add_space(3.0 * GRID);
                ui.vertical(|ui| {
                    widgets::section(ui, title);
                    pairs.iter().for_each(|moved| pair_ui(ui, session, moved, ctx));
                });
            }
        });
    });
}

fn pair_ui(ui: &mut Ui, session: &Session, moved: &Moved, ctx: &mut PanelCtx<'_>) {
    let weak = theme::palette(ui.visuals()).weak;
    ui.horizontal(|ui| {
        tile_ui(ui, session, moved.pair.0, ctx);
        tile_ui(ui, session, moved.pair.1, ctx);
        let signed = |value: f32| widgets::signed(f64::from(value));
        let text = format!("{} → {} σ", signed(moved.cosine), signed(moved.learned));
        ui.label(RichText::new(text).color(weak)).on_hover_text(
            "Similarity by the cosine, and as learned, in standard deviations from the mean of all pairs of the query",
        );
    });
}

fn tile_ui(ui: &mut Ui, session: &Session, candidate: usize, ctx: &mut PanelCtx<'_>) {
    let (index, image) = session.image(session.query(), candidate);
    let (rect, response) = ui.allocate_exact_size(vec2(TILE, TILE), Sense::click());
    let picture = ctx.pictures.small(index, image.file.as_deref());
    let palette = theme::palette(ui.visuals());
    widgets::paint_cover(ui.painter(), Rect::from_min_size(rect.min, rect.size()), picture, palette, Color32::WHITE);
    let name = image.name().to_owned();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &name));
    if response.hovered() {
        ctx.act(SelectionAction::Hover(Some(candidate)));
    }
    if response.clicked() {
        ctx.act(SelectionAction::Candidate(Some(candidate)));
    }
    response.on_hover_text(name);
}
