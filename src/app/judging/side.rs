//! Two to four images beside each other, which zoom and move together; with Shift, one alone.

use super::painted::Painted;
use super::shown::Shown;
use super::{one, tile};
use crate::app::ctx::PanelCtx;
use crate::app::kit::lens::Lens;
use crate::app::kit::theme::{self, GRID};
use crate::workspace::JudgingAction;
use egui::{Rect, Sense, Ui, pos2, vec2};

/// Draws the selected images if they are two to four, else the group that the focused one is in.
pub fn show(ui: &mut Ui, shown: Shown<'_>, lenses: &mut [Lens; 4], painted: &mut Painted, ctx: &mut PanelCtx<'_>) {
    let positions = beside(shown, ctx.settings().judging.beside);
    if positions.is_empty() {
        return;
    }
    let (area, _) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let columns = if positions.len() == 4 { 2 } else { positions.len() };
    let rows = positions.len().div_ceil(columns);
    let cell = vec2(
        (area.width() - GRID * (columns - 1) as f32) / columns as f32,
        (area.height() - GRID * (rows - 1) as f32) / rows as f32,
    );
    let asked: Vec<(usize, f32)> = positions.iter().zip(&*lenses).map(|(&at, lens)| (at, lens.sharpness())).collect();
    one::look(ui, shown, &asked, cell.max_elem() * ui.pixels_per_point(), ctx);
    for (index, &position) in positions.iter().enumerate() {
        let at = area.min + vec2((index % columns) as f32, (index / columns) as f32) * (cell + vec2(GRID, GRID));
        let panel = Rect::from_min_size(pos2(at.x.round(), at.y.round()), cell);
        let id = ui.scope_id().with(("beside", index));
        let response = ui.interact(panel, id, Sense::click_and_drag());
        let before = lenses[index];
        if one::picture_ui(ui, shown, position, panel, &mut lenses[index], painted, ctx, &response) {
            let after = lenses[index];
            if !ui.input(|input| input.modifiers.shift) {
                let others = lenses.iter_mut().enumerate().filter(|(other, _)| *other != index);
                others.for_each(|(_, lens)| lens.follow(before, after));
            }
        }
        tile::paint_focus(ui.painter(), shown, position, panel, theme::palette(ui.visuals()));
        if response.clicked() {
            ctx.act(JudgingAction::GoTo(position));
        }
    }
}

fn beside(shown: Shown<'_>, count: usize) -> Vec<usize> {
    let selected = shown.queue.selected();
    if (2..=4).contains(&selected.len()) {
        return selected.iter().copied().collect();
    }
    let first = shown.queue.focus() - shown.queue.focus() % count.max(1);
    (first..shown.queue.items().len()).take(count).collect()
}
