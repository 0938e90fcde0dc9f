//! Many images at once. Only what is in sight is drawn and decoded.

use super::painted::Painted;
use super::shown::Shown;
use super::tile;
use crate::app::ctx::PanelCtx;
use crate::app::kit::picture::Picture;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::workspace::{JudgingAction, JudgingView, SettingsAction};
use egui::accesskit::Role;
use egui::{Align, Modifiers, Rect, Response, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use std::ops::Range;

/// Up to this side, in pixels, the small pictures are sharp enough.
const SMALL: f32 = 96.0;

/// Where the images of a grid lie.
#[derive(Clone, Copy)]
struct Lattice {
    origin: egui::Pos2,
    columns: usize,
    side: f32,
}

impl Lattice {
    fn step(&self) -> f32 {
        self.side + GRID
    }

    fn tile(&self, position: usize) -> Rect {
        let (row, column) = (position / self.columns, position % self.columns);
        let at = self.origin + vec2(column as f32, row as f32) * self.step();
        Rect::from_min_size(at, vec2(self.side, self.side))
    }

    /// The positions in the rows that a part of the screen meets.
    fn within(&self, area: Rect, count: usize) -> Range<usize> {
        let row = |y: f32| ((y - self.origin.y) / self.step()).floor().max(0.0) as usize;
        let first = row(area.top()) * self.columns;
        let last = (row(area.bottom()) + 1) * self.columns;
        first.min(count)..last.min(count)
    }
}

/// Draws the grid; scrolls to the focus if it is new.
pub fn show(ui: &mut Ui, shown: Shown<'_>, is_new: bool, painted: &mut Painted, ctx: &mut PanelCtx<'_>) {
    let columns = ctx.settings().judging.columns.max(1);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        let width = ui.available_width() - GRID;
        let side = ((width + GRID) / columns as f32 - GRID).floor().max(16.0);
        let count = shown.queue.items().len();
        let rows = count.div_ceil(columns);
        let size = vec2(width, rows as f32 * (side + GRID));
        let (area, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let lattice = Lattice { origin: area.min + vec2(2.0, 0.0), columns, side };
        if is_new {
            let focus = lattice.tile(shown.queue.focus());
            if !ui.clip_rect().contains_rect(focus) {
                ui.scroll_to_rect(focus.expand(GRID), Some(Align::Center));
            }
        }
        let visible = lattice.within(ui.clip_rect(), count);
        look(ui, shown, lattice, visible.clone(), ctx);
        for position in visible {
            tile_ui(ui, shown, position, lattice.tile(position), painted, ctx);
        }
        boxed(ui, &response, lattice, count, ctx);
    });
}

/// Asks for the pictures in sight and of the row that follows.
fn look(ui: &Ui, shown: Shown<'_>, lattice: Lattice, visible: Range<usize>, ctx: &mut PanelCtx<'_>) {
    let side = lattice.side * ui.pixels_per_point();
    if side <= SMALL {
        return;
    }
    let ahead = (visible.end + lattice.columns).min(shown.queue.items().len());
    let wanted = (visible.start..ahead).map(|position| {
        let (at, image) = tile::image_of(shown, shown.queue.items()[position]);
        ((at, image.file.as_deref()), side)
    });
    ctx.pictures.sharp.look(ui.ctx(), wanted);
}

fn tile_ui(ui: &mut Ui, shown: Shown<'_>, position: usize, rect: Rect, painted: &mut Painted, ctx: &mut PanelCtx<'_>) {
    let item = shown.queue.items()[position];
    let (at, image) = tile::image_of(shown, item);
    let palette = theme::palette(ui.visuals());
    let small = lattice_is_small(ui, rect);
    let sharp = if small { None } else { ctx.pictures.sharp.picture(at) };
    let file = image.file.as_deref();
    // To decode a small picture, too, would take as long as the sharp one.
    let picture = match small {
        true => ctx.pictures.small(at, file),
        false => sharp.unwrap_or_else(|| ctx.pictures.small_if_ready(at, file)),
    };
    let is_selected = shown.queue.selected().contains(&position);
    let painter = ui.painter();
    painter.rect_filled(rect, theme::RADIUS, if is_selected { palette.selected } else { palette.raised });
    let inner = widgets::paint_contain(painter, rect.shrink(GRID), picture, palette);
    // A tile of which only an edge is in sight has not been seen.
    if !matches!(picture, Picture::Loading) && ui.clip_rect().contains(rect.center()) {
        painted.add(item);
    }
    tile::paint_label(painter, shown, position, inner, palette);
    tile::paint_focus(painter, shown, position, rect, palette);
    let response = ui.interact(rect, ui.scope_id().with(("judged", position)), Sense::click());
    let name = tile::name(shown, position, item);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    clicked(ui, &response, position, ctx);
    response.on_hover_text(name);
}

fn lattice_is_small(ui: &Ui, rect: Rect) -> bool {
    rect.width() * ui.pixels_per_point() <= SMALL
}

fn clicked(ui: &Ui, response: &Response, position: usize, ctx: &mut PanelCtx<'_>) {
    if response.double_clicked() {
        let mut settings = ctx.settings().judging.clone();
        settings.view = JudgingView::One;
        ctx.act(JudgingAction::GoTo(position));
        ctx.act(SettingsAction::SetJudging(Box::new(settings)));
    } else if response.clicked() {
        let Modifiers { shift, command, .. } = ui.input(|input| input.modifiers);
        ctx.act(match (shift, command) {
            (true, _) => JudgingAction::ExtendTo(position),
            (false, true) => JudgingAction::Toggle(position),
            (false, false) => JudgingAction::GoTo(position),
        });
    }
}

/// Selects the images that a box touches, which is drawn from between them.
fn boxed(ui: &Ui, response: &Response, lattice: Lattice, count: usize, ctx: &mut PanelCtx<'_>) {
    let Some((from, to)) = ui.input(|input| Some((input.pointer.press_origin()?, input.pointer.latest_pos()?))) else {
        return;
    };
    let drawn = Rect::from_two_pos(from, to);
    if response.dragged() && drawn.size().max_elem() > GRID {
        let palette = theme::palette(ui.visuals());
        ui.painter().rect_filled(drawn, 0, palette.accent.gamma_multiply(0.18));
    }
    if response.drag_stopped() && drawn.size().max_elem() > GRID {
        let touched = lattice.within(drawn, count).filter(|&position| lattice.tile(position).intersects(drawn));
        ctx.act(JudgingAction::Select(touched.collect()));
    }
}

#[test]
fn the_rows_in_sight_are_those_that_are_drawn() {
    use egui::pos2;
    let lattice = Lattice { origin: pos2(0.0, 100.0), columns: 5, side: 96.0 };
    let area = |top: f32, bottom: f32| Rect::from_min_max(pos2(0.0, top), pos2(500.0, bottom));
    assert_eq!(lattice.within(area(0.0, 150.0), 100_000), 0..5);
    assert_eq!(lattice.within(area(250.0, 350.0), 100_000), 5..15);
    assert_eq!(lattice.within(area(250.0, 350.0), 7), 5..7);
    assert_eq!(lattice.within(area(9e5, 9e6), 7), 7..7);
}
