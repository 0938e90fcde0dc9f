//! The first images of the ranking, which changes as the player goes on.

use super::Played;
use crate::app::ctx::PanelCtx;
use crate::app::kit::mark::Mark;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::app::panels::ranking::{CAPTION, caption};
use crate::workspace::{SelectionAction, Session};
use egui::{Color32, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

/// Side of a picture.
const TILE: f32 = 44.0;

/// How far a picture that moves leaves its row, in points.
const LIFT: f32 = 7.0;

/// Height of the row, in points.
pub const HEIGHT: f32 = TILE + CAPTION + LIFT;

/// A picture of this moment.
struct Tile {
    candidate: usize,
    /// Its place in the row, between two ranks.
    place: f32,
    /// Ranks gained.
    gained: isize,
}

/// Draws the row.
pub fn strip_ui(ui: &mut Ui, session: &Session, played: &Played<'_>, ctx: &mut PanelCtx<'_>) {
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let Some((from, to, along)) = played.now() else { return };
    let (settled, pitch) = (played.settled(), TILE + GRID);
    let seen = (area.width() / pitch).ceil() as usize + 1;
    let tile = |&candidate: &usize| {
        let (before, after) = (from.ranking.ranks[candidate] as f32, to.ranking.ranks[candidate] as f32);
        Tile { candidate, place: before + (after - before) * settled, gained: (before - after) as isize }
    };
    let first = from.ranking.order.iter().take(seen);
    let entering = to.ranking.order.iter().take(seen).filter(|&&one| from.ranking.ranks[one] >= seen);
    let mut tiles: Vec<Tile> = first.chain(entering).map(tile).collect();
    // Those that rise pass in front of the others.
    tiles.sort_by_key(|tile| tile.gained);
    let lift = (settled * std::f32::consts::PI).sin();
    let painter = ui.painter().with_clip_rect(area);
    let palette = theme::palette(ui.visuals());
    // At rest a stage says what it changed.
    let (at, _, _) = played.head.between(played.stages.all.len());
    let before = at.checked_sub(1).and_then(|before| played.stages.all.get(before));
    for Tile { candidate, place, gained } in tiles {
        let raised = if gained > 0 { lift * LIFT } else { 0.0 };
        let corner = pos2(area.left() + 1.0 + place * pitch, area.top() + LIFT - raised);
        let rect = Rect::from_min_size(corner, vec2(TILE, TILE));
        if !rect.intersects(area) {
            continue;
        }
        let (index, image) = session.image(session.query(), candidate);
        let picture = ctx.pictures.small(index, image.file.as_deref());
        widgets::paint_cover(&painter, rect, picture, palette, Color32::WHITE);
        let mark = Mark::of(session.relevance(candidate), &session.scale, palette);
        mark.paint_frame(&painter, rect.shrink(1.0), 1.0);
        mark.paint_sign(&painter, rect.right_top() + vec2(-7.0, 7.0), 5.5, palette);
        let (rank, moved) = match (settled > 0.5, before) {
            (true, _) => (to.ranking.ranks[candidate], Some(gained)),
            (false, before) => {
                let rank = from.ranking.ranks[candidate];
                (
                    rank,
                    before
                        .filter(|_| along == 0.0)
                        .map(|before| before.ranking.ranks[candidate] as isize - rank as isize),
                )
            }
        };
        caption(&painter, rect, rank + 1, moved, palette);
        let response = ui.interact(rect.intersect(area), ui.scope_id().with(("played", candidate)), Sense::click());
        if session.candidate() == Some(candidate) || session.hovered() == Some(candidate) {
            let colour = if session.candidate() == Some(candidate) { palette.accent } else { palette.text };
            painter.rect_stroke(rect.expand(1.0), CornerRadius::same(5), Stroke::new(2.0, colour), StrokeKind::Inside);
        }
        let label = format!("Now rank {}: {}", rank + 1, image.name());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &label));
        // Pictures that pass under the pointer are not pointed at.
        if response.hovered() && along == 0.0 {
            ctx.act(SelectionAction::Hover(Some(candidate)));
        }
        if response.clicked() {
            ctx.act(SelectionAction::Candidate(Some(candidate)));
        }
    }
}
