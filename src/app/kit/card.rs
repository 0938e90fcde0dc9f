//! A card beside the pointer with what it points at. Unlike a tooltip it stays within its panel.

use super::theme::GRID;
use egui::{Area, AreaState, Frame, Id, Order, Pos2, Rect, Ui, UiKind, Vec2, pos2, vec2};

/// Width of a card's content.
const WIDTH: f32 = 264.0;

/// Distance from the pointer.
const GAP: f32 = 4.0 * GRID;

/// Draws a card within `bounds`, for as long as it is called. `id` is the same whatever the card shows.
pub fn show(ui: &Ui, id: Id, bounds: Rect, content: impl FnOnce(&mut Ui)) {
    let Some(pointer) = ui.ctx().pointer_hover_pos() else { return };
    let size = AreaState::load(ui.ctx(), id).and_then(|state| state.size).unwrap_or(Vec2::splat(WIDTH));
    let area = Area::new(id).kind(UiKind::Tooltip).order(Order::Tooltip).interactable(false).fade_in(false);
    area.fixed_pos(place(bounds, pointer, size)).constrain_to(bounds).show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_width(WIDTH.min(bounds.width() - 4.0 * GRID).max(80.0));
            content(ui);
        });
    });
}

/// The space for a picture on a card.
pub fn picture_size(ui: &Ui, bounds: Rect) -> Vec2 {
    vec2(ui.available_width(), (0.5 * bounds.height()).clamp(60.0, 200.0))
}

/// To the lower right of the pointer, or on the other side where there is no room.
fn place(bounds: Rect, pointer: Pos2, size: Vec2) -> Pos2 {
    let along = |at: f32, length: f32, low: f32, high: f32| {
        let before = at - GAP - length;
        if at + GAP + length <= high || before < low { at + GAP } else { before }
    };
    pos2(
        along(pointer.x, size.x, bounds.left(), bounds.right()),
        along(pointer.y, size.y, bounds.top(), bounds.bottom()),
    )
}

#[test]
fn a_card_turns_to_the_side_that_has_room() {
    let bounds = Rect::from_min_size(pos2(100.0, 100.0), vec2(400.0, 300.0));
    let size = vec2(100.0, 80.0);
    assert_eq!(place(bounds, pos2(120.0, 120.0), size), pos2(120.0 + GAP, 120.0 + GAP));
    assert_eq!(place(bounds, pos2(480.0, 380.0), size), pos2(380.0 - GAP, 300.0 - GAP));
}
