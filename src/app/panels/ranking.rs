//! Three rankings side by side, and how images moved between them.

use super::PanelView;
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::filter;
use crate::app::kit::mark::Mark;
use crate::app::kit::picture::Picture;
use crate::app::kit::restart::{self, Listed};
use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::{icons, widgets};
use crate::eval::Measure;
use crate::workspace::{FilterAction, Order, Passing, Ranking, SelectionAction, Session};
use egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2,
    vec2,
};

/// Side of a picture in a ranking, in points.
const TILE: f32 = 45.0;

/// Space under a picture for its rank and movement.
const CAPTION: f32 = 15.0;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct RankingPanel {
    reveal: Reveal,
    /// The data set's generation and the query.
    listed: Listed<(u64, usize)>,
}

impl PanelView for RankingPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let Some(session) = ctx.session() else {
            widgets::empty_state(ui, icons::IMAGE, "No ranking yet", "Open a data set to see its rankings.", None);
            return;
        };
        filter::chips_ui(ui, false, ctx);
        let reveal = self.reveal.next(session);
        let is_new = self.listed.changes_to((session.generation, session.query()));
        let passing = ctx.workspace().passing();
        if passing.is_some_and(|passing| passing.count == 0) {
            let text = "No image of this query meets all conditions.";
            if widgets::empty_state(ui, icons::FILTER, "No matching image", text, Some("Clear filter")) {
                ctx.act(FilterAction::Clear);
            }
            return;
        }
        let shown = |order: Order| {
            let before = previous(session, order);
            let ranking = session.ranking(order)?;
            Some(ShownRanking { session, name: order.name(), ranking, before, reveal, passing })
        };
        if ui.available_width() > 2.2 * ui.available_height() {
            rows_ui(ui, session, &shown, is_new, ctx);
        } else {
            columns_ui(ui, session, &shown, is_new, ctx);
        }
    }
}

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

/// The ranking of an order, if there is one.
type Shown<'a, 'b> = dyn Fn(Order) -> Option<ShownRanking<'b>> + 'a;

fn columns_ui(ui: &mut Ui, session: &Session, shown: &Shown<'_, '_>, is_new: bool, ctx: &mut PanelCtx<'_>) {
    let gap = 2.0 * GRID;
    let width = ((ui.available_width() - 2.0 * gap) / 3.0).floor();
    let height = ui.available_height();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for order in session.orders() {
            ui.allocate_ui(vec2(width, height), |ui| {
                ui.push_id(order.name(), |ui| {
                    ui.set_width(width);
                    ui.vertical(|ui| {
                        heading_ui(ui, session, order, false);
                        let Some(shown) = shown(order) else {
                            missing_ui(ui, session, order);
                            return;
                        };
                        let area = ScrollArea::vertical().auto_shrink([false, false]);
                        let area = if is_new { restart::at_start(area) } else { area };
                        area.show(ui, |ui| shown.grid_ui(ui, ctx));
                    });
                });
            });
        }
    });
}

fn rows_ui(ui: &mut Ui, session: &Session, shown: &Shown<'_, '_>, is_new: bool, ctx: &mut PanelCtx<'_>) {
    // Three strips fill the panel: a third of it, less heading, captions and scroll bar.
    let side = (ui.available_height() / 3.0 - theme::ROW - CAPTION - 6.0 * GRID).clamp(44.0, 140.0);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        for order in session.orders() {
            ui.push_id(order.name(), |ui| {
                heading_ui(ui, session, order, true);
                let Some(shown) = shown(order) else {
                    missing_ui(ui, session, order);
                    return;
                };
                let area = ScrollArea::horizontal().auto_shrink([false, true]);
                let area = if is_new { restart::at_start(area) } else { area };
                area.show(ui, |ui| shown.strip_ui(ui, side, ctx));
            });
        }
    });
}

/// Why an order is missing.
fn missing_ui(ui: &mut Ui, session: &Session, order: Order) {
    widgets::caption(
        ui,
        match order {
            Order::Model => "Appears after the first epoch of training (Ctrl+Enter).",
            Order::Feedback | Order::Untrained if session.is_building() => "Appears once the images are compared.",
            Order::Feedback | Order::Untrained => "Ranks what a search finds. It needs visual vectors.",
            Order::Initial | Order::Text => "No signal of this data set compares words.",
        },
    );
}

/// Height of a column's heading: the same for all, so that their images are level.
const HEAD: f32 = 54.0;

/// Width of a column from which a measure's change is beside it.
const CHANGES: f32 = 92.0;

/// The ranking's name, its measures, and their change against the ranking to its left.
fn heading_ui(ui: &mut Ui, session: &Session, order: Order, one_line: bool) {
    if one_line {
        ui.horizontal(|ui| {
            ui.label(widgets::strong_text(order.name()));
            headline_ui(ui, session, order);
        });
        return;
    }
    let size = vec2(ui.available_width(), HEAD);
    ui.allocate_ui_with_layout(size, egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.y = 1.0;
        widgets::one_line(ui, widgets::strong_text(order.name()));
        headline_ui(ui, session, order);
    });
}

fn headline_ui(ui: &mut Ui, session: &Session, order: Order) {
    let palette = theme::palette(ui.visuals());
    let Some(ranking) = session.ranking(order) else { return };
    if !session.data.judgements.is_judged(session.query()) {
        widgets::one_line(ui, RichText::new("No judgements").small().color(palette.weak));
        return;
    }
    let before = previous(session, order);
    let has_room = ui.available_width() >= CHANGES;
    ui.spacing_mut().interact_size.y = 15.0;
    for (name, measure) in [("AP", Measure::Map), ("P@20", Measure::PrecisionAt(20))] {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing = vec2(5.0, 0.0);
            let (value, delta) = (ranking.measures.get(measure), delta(ranking, before, measure));
            ui.label(RichText::new(name).small().color(palette.weak));
            ui.label(RichText::new(value.map_or_else(String::new, widgets::decimal)).small());
            if let Some(delta) = delta.filter(|_| has_room) {
                ui.label(RichText::new(widgets::change(delta)).small().color(palette.change(delta)));
            }
        })
        .response
        .on_hover_ui(|ui| measures_ui(ui, ranking, before));
    }
}

fn measures_ui(ui: &mut Ui, ranking: &Ranking, before: Option<&Ranking>) {
    let palette = theme::palette(ui.visuals());
    egui::Grid::new("measures").num_columns(3).show(ui, |ui| {
        for (measure, value) in ranking.measures.iter() {
            ui.label(measure.label());
            ui.label(widgets::decimal(value));
            if let Some(delta) = delta(ranking, before, measure) {
                ui.label(RichText::new(widgets::change(delta)).color(palette.change(delta)));
            }
            ui.end_row();
        }
    });
}

/// A ranking's gain over another by a measure.
fn delta(ranking: &Ranking, before: Option<&Ranking>, measure: Measure) -> Option<f64> {
    Some(ranking.measures.get(measure)? - before?.measures.get(measure)?)
}

/// The ranking that movements in `order` are relative to: the one to its left.
fn previous(session: &Session, order: Order) -> Option<&Ranking> {
    match order {
        Order::Initial => None,
        Order::Text => session.ranking(Order::Initial),
        Order::Feedback | Order::Untrained => session.ranking(Order::Initial),
        Order::Model if session.is_collection() => session.ranking(Order::Initial),
        Order::Model => session.ranking(Order::Text).or(session.ranking(Order::Initial)),
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
    fn strip_ui(&self, ui: &mut Ui, side: f32, ctx: &mut PanelCtx<'_>) {
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
        widgets::paint_cover(painter, tile, picture, palette, Color32::WHITE);
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
        let rank = self.ranking.ranks[candidate];
        let moved = self.before.map(|before| before.ranks[candidate] as isize - rank as isize);
        caption(painter, tile, rank + 1, moved, palette);
    }
}

/// The rank on the left, the movement on the right.
fn caption(painter: &Painter, tile: Rect, rank: usize, moved: Option<isize>, palette: &Palette) {
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
