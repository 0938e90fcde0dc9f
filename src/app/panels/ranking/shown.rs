//! One ranking of the current query as pictures.

use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::mark::Mark;
use crate::app::kit::picture::Picture;
use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::widgets;
use crate::workspace::{CutOff, Passing, Ranking, SelectionAction, Session};
use egui::{Align2, Color32, CornerRadius, FontId, Painter, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

/// Side of a picture in a ranking, in points.
const TILE: f32 = 45.0;

/// Space under a picture for its rank and movement.
pub const CAPTION: f32 = 15.0;

/// How strongly pictures after the end of a list are drawn.
const AFTER: f32 = 0.4;

/// Scrolls a newly selected image into view, once.
#[derive(Default)]
pub struct Reveal(Option<(usize, usize)>);

impl Reveal {
    /// The image to scroll to in this frame.
    pub fn next(&mut self, session: &Session) -> Option<usize> {
        let selected = session.candidate().map(|candidate| (session.query(), candidate));
        let is_new = selected != std::mem::replace(&mut self.0, selected);
        selected.filter(|_| is_new).map(|(_, candidate)| candidate)
    }
}

/// One ranking of the current query, for drawing.
pub struct ShownRanking<'a> {
    /// The open data set.
    pub session: &'a Session,
    /// The ranking's name, also for screen readers.
    pub name: &'a str,
    /// The ranking.
    pub ranking: &'a Ranking,
    /// The ranking that movements are relative to.
    pub before: Option<&'a Ranking>,
    /// The image to scroll to.
    pub reveal: Option<usize>,
    /// The images that pass the filter, if there is one.
    pub passing: Option<&'a Passing>,
    /// Where it is likely to end.
    pub cut_off: Option<&'a CutOff>,
}

impl ShownRanking<'_> {
    /// The images that pass the filter, best first; their ranks stay those among all.
    fn images(&self) -> impl Iterator<Item = usize> {
        let passes = |&candidate: &usize| self.passing.is_none_or(|passing| passing.is_shown[candidate]);
        self.ranking.order.iter().copied().filter(passes)
    }

    /// How many images pass the filter.
    fn count(&self) -> usize {
        self.passing.map_or(self.ranking.order.len(), |passing| passing.count)
    }

    /// Draws the ranking as a grid of pictures.
    pub fn grid_ui(&self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let gap = GRID;
        let per_row = (((ui.available_width() + gap) / (TILE + gap)).floor() as usize).max(1);
        let side = ((ui.available_width() + gap) / per_row as f32 - gap).min(2.0 * TILE);
        let rows = self.count().div_ceil(per_row);
        let step = vec2(side + gap, side + CAPTION + gap);
        let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), rows as f32 * step.y), Sense::hover());
        for (place, candidate) in self.images().enumerate() {
            let at = area.min + vec2((place % per_row) as f32 * step.x, (place / per_row) as f32 * step.y);
            self.tile_ui(ui, candidate, Rect::from_min_size(at, vec2(side, side)), ctx);
        }
    }

    /// Draws the ranking as one row of pictures.
    pub(super) fn strip_ui(&self, ui: &mut Ui, side: f32, ctx: &mut PanelCtx<'_>) {
        let step = side + GRID;
        let size = vec2(self.count() as f32 * step, side + CAPTION + GRID);
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        for (place, candidate) in self.images().enumerate() {
            let at = area.min + vec2(place as f32 * step, 2.0);
            self.tile_ui(ui, candidate, Rect::from_min_size(at, vec2(side, side)), ctx);
        }
    }

    fn tile_ui(&self, ui: &mut Ui, candidate: usize, tile: Rect, ctx: &mut PanelCtx<'_>) {
        let area = Rect::from_min_max(tile.min, pos2(tile.right(), tile.bottom() + CAPTION));
        if self.reveal == Some(candidate) && !ui.clip_rect().contains_rect(area) {
            ui.scroll_to_rect(area.expand(GRID), Some(egui::Align::Center));
        }
        if !ui.is_rect_visible(area) {
            return;
        }
        let dataset = &self.session.data.dataset;
        let known = &dataset.queries[self.session.query()].candidates[candidate];
        let image = &dataset.images[known.image];
        let response = ui.interact(area, ui.scope_id().with((self.name, candidate)), Sense::click());
        let picture = ctx.pictures.small(known.image, image.file.as_deref());
        self.paint(ui, candidate, tile, picture);
        let judged = self.session.scale.judged(self.session.relevance(candidate));
        let rank = self.ranking.ranks[candidate] + 1;
        let label = format!("{}: rank {rank}, {judged}, {}", self.name, image.name());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &label));
        if response.hovered() {
            ctx.act(SelectionAction::Hover(Some(candidate)));
        }
        if response.clicked() {
            ctx.act(SelectionAction::Candidate(Some(candidate)));
        }
        if response.double_clicked() {
            ctx.command(Command::ToggleLarge);
        }
        response.on_hover_text(label);
    }

    /// The picture with its judgement, outline, rank and movement.
    fn paint(&self, ui: &Ui, candidate: usize, tile: Rect, picture: Picture) {
        let palette = theme::palette(ui.visuals());
        let (session, painter) = (self.session, ui.painter());
        let mark = Mark::of(session.relevance(candidate), &session.scale, palette);
        let rank = self.ranking.ranks[candidate];
        let end = self.cut_off.filter(|cut_off| cut_off.is_sure && cut_off.end > 0).map(|cut_off| cut_off.end);
        let tint = match end {
            Some(end) if rank >= end => Color32::WHITE.gamma_multiply(AFTER),
            _ => Color32::WHITE,
        };
        widgets::paint_cover(painter, tile, picture, palette, tint);
        if end == Some(rank) && rank > 0 {
            let x = tile.left() - 0.5 * GRID;
            painter.vline(x, tile.y_range(), Stroke::new(2.0, palette.accent));
        }
        mark.paint_frame(painter, tile.shrink(1.0), 1.0);
        mark.paint_sign(painter, tile.right_top() + vec2(-7.0, 7.0), 5.5, palette);
        let outline = if session.candidate() == Some(candidate) {
            Some(Stroke::new(2.5, palette.accent))
        } else if session.hovered() == Some(candidate) {
            Some(Stroke::new(1.5, palette.text))
        } else {
            None
        };
        if let Some(stroke) = outline {
            painter.rect_stroke(tile.expand(1.0), CornerRadius::same(5), stroke, StrokeKind::Middle);
        }
        let moved = self.before.map(|before| before.ranks[candidate] as isize - rank as isize);
        caption(painter, tile, rank + 1, moved, palette);
    }
}

/// The rank on the left, the movement on the right.
pub fn caption(painter: &Painter, tile: Rect, rank: usize, moved: Option<isize>, palette: &Palette) {
    let font = FontId::proportional(10.5);
    let y = tile.bottom() + CAPTION * 0.5 + 1.0;
    painter.text(pos2(tile.left() + 1.0, y), Align2::LEFT_CENTER, rank.to_string(), font.clone(), palette.weak);
    let (text, colour) = match moved {
        Some(up) if up > 0 => (format!("▲{up}"), palette.relevant),
        Some(down) if down < 0 => (format!("▼{}", -down), palette.irrelevant),
        _ => return,
    };
    painter.text(pos2(tile.right() - 1.0, y), Align2::RIGHT_CENTER, text, font, colour);
}
