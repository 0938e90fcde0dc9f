//! The three rankings side by side, with what moved.

use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::{icons, widgets};
use crate::eval::STANDARD;
use crate::workspace::{Action, Order, Ranking, Session, Workspace};
use egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2,
    vec2,
};

/// Side of a picture in a ranking, in points.
const TILE: f32 = 45.0;

/// Room under a picture for its rank and movement.
const CAPTION: f32 = 15.0;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct RankingPanel {
    revealed: Option<(usize, usize)>,
}

/// Draws the panel.
pub fn ranking_ui(
    ui: &mut Ui,
    panel: &mut RankingPanel,
    workspace: &Workspace,
    pictures: &mut Thumbnails,
    actions: &mut Vec<Action>,
) {
    let Some(session) = workspace.session() else {
        widgets::empty_state(ui, icons::IMAGE, "No ranking yet", "Open a data set to see its rankings.", None);
        return;
    };
    let wanted = session.candidate().map(|candidate| (session.query(), candidate));
    let reveal = wanted.filter(|wanted| panel.revealed != Some(*wanted));
    panel.revealed = wanted;
    let reveal = reveal.map(|(_, candidate)| candidate);
    if ui.available_width() > 2.2 * ui.available_height() {
        rows_ui(ui, session, pictures, reveal, actions);
    } else {
        columns_ui(ui, session, pictures, reveal, actions);
    }
}

fn columns_ui(
    ui: &mut Ui,
    session: &Session,
    pictures: &mut Thumbnails,
    reveal: Option<usize>,
    actions: &mut Vec<Action>,
) {
    let gap = 2.0 * GRID;
    let width = ((ui.available_width() - 2.0 * gap) / 3.0).floor();
    let height = ui.available_height();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for order in Order::ALL {
            ui.allocate_ui(vec2(width, height), |ui| {
                ui.push_id(order.name(), |ui| {
                    ui.set_width(width);
                    ui.vertical(|ui| {
                        heading_ui(ui, session, order, false);
                        let Some(ranking) = session.ranking(order) else {
                            untrained(ui);
                            return;
                        };
                        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                            let before = previous(order).and_then(|before| session.ranking(before));
                            grid_ui(ui, session, order.name(), ranking, before, pictures, reveal, actions);
                        });
                    });
                });
            });
        }
    });
}

fn rows_ui(
    ui: &mut Ui,
    session: &Session,
    pictures: &mut Thumbnails,
    reveal: Option<usize>,
    actions: &mut Vec<Action>,
) {
    // Three strips fill the panel: what is left of a third after heading, captions and scroll bar.
    let side = (ui.available_height() / 3.0 - theme::ROW - CAPTION - 6.0 * GRID).clamp(44.0, 140.0);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        for order in Order::ALL {
            ui.push_id(order.name(), |ui| {
                heading_ui(ui, session, order, true);
                let Some(ranking) = session.ranking(order) else {
                    untrained(ui);
                    return;
                };
                ScrollArea::horizontal().auto_shrink([false, true]).show(ui, |ui| {
                    strip_ui(ui, session, order, ranking, side, pictures, reveal, actions);
                });
            });
        }
    });
}

fn untrained(ui: &mut Ui) {
    widgets::caption(ui, "Appears with the first epoch of training (Ctrl+Enter).");
}

/// The ranking's name, its figures, and their change against the ranking to its left.
fn heading_ui(ui: &mut Ui, session: &Session, order: Order, one_line: bool) {
    if one_line {
        ui.horizontal(|ui| {
            ui.label(widgets::strong_text(order.name()));
            headline_ui(ui, session, order);
        });
    } else {
        ui.label(widgets::strong_text(order.name()));
        ui.vertical(|ui| headline_ui(ui, session, order));
    }
}

fn headline_ui(ui: &mut Ui, session: &Session, order: Order) {
    let palette = theme::palette(ui.visuals());
    let Some(ranking) = session.ranking(order) else { return };
    if !session.data.judgements.is_judged(session.query()) {
        widgets::caption(ui, "Not judged: no figures");
        return;
    }
    let before = previous(order).and_then(|order| session.ranking(order));
    for index in [0, 2] {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing = vec2(5.0, 0.0);
            ui.spacing_mut().interact_size.y = 15.0;
            let name = if index == 0 { "AP".to_owned() } else { STANDARD[index].label() };
            ui.label(RichText::new(name).small().color(palette.weak));
            ui.label(RichText::new(widgets::figure(ranking.measures[index])).small());
            if let Some(before) = before {
                let delta = ranking.measures[index] - before.measures[index];
                ui.label(RichText::new(widgets::change(delta)).small().color(palette.change(delta)));
            }
        })
        .response
        .on_hover_ui(|ui| figures_ui(ui, ranking, before));
    }
}

fn figures_ui(ui: &mut Ui, ranking: &Ranking, before: Option<&Ranking>) {
    let palette = theme::palette(ui.visuals());
    egui::Grid::new("figures").num_columns(3).show(ui, |ui| {
        for (index, measure) in STANDARD.iter().enumerate() {
            ui.label(measure.label());
            ui.label(widgets::figure(ranking.measures[index]));
            if let Some(before) = before {
                let delta = ranking.measures[index] - before.measures[index];
                ui.label(RichText::new(widgets::change(delta)).color(palette.change(delta)));
            }
            ui.end_row();
        }
    });
}

/// The ranking that a ranking's movements are counted against.
fn previous(order: Order) -> Option<Order> {
    match order {
        Order::Initial => None,
        Order::Text => Some(Order::Initial),
        Order::Model => Some(Order::Text),
    }
}

/// A ranking of the current query as a grid of pictures, with each one's movement against `before`.
#[expect(clippy::too_many_arguments, reason = "one grid is drawn from many independent facts")]
pub(super) fn grid_ui(
    ui: &mut Ui,
    session: &Session,
    name: &str,
    ranking: &Ranking,
    before: Option<&Ranking>,
    pictures: &mut Thumbnails,
    reveal: Option<usize>,
    actions: &mut Vec<Action>,
) {
    let gap = GRID;
    let per_row = (((ui.available_width() + gap) / (TILE + gap)).floor() as usize).max(1);
    let side = ((ui.available_width() + gap) / per_row as f32 - gap).min(2.0 * TILE);
    let rows = ranking.order.len().div_ceil(per_row);
    let step = vec2(side + gap, side + CAPTION + gap);
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), rows as f32 * step.y), Sense::hover());
    for (rank, &candidate) in ranking.order.iter().enumerate() {
        let at = area.min + vec2((rank % per_row) as f32 * step.x, (rank / per_row) as f32 * step.y);
        let tile = Rect::from_min_size(at, vec2(side, side));
        tile_ui(ui, session, name, ranking, before, candidate, tile, pictures, reveal == Some(candidate), actions);
    }
}

#[expect(clippy::too_many_arguments, reason = "one strip is drawn from many independent facts")]
fn strip_ui(
    ui: &mut Ui,
    session: &Session,
    order: Order,
    ranking: &Ranking,
    side: f32,
    pictures: &mut Thumbnails,
    reveal: Option<usize>,
    actions: &mut Vec<Action>,
) {
    let step = side + GRID;
    let size = vec2(ranking.order.len() as f32 * step, side + CAPTION + GRID);
    let (area, _) = ui.allocate_exact_size(size, Sense::hover());
    for (rank, &candidate) in ranking.order.iter().enumerate() {
        let tile = Rect::from_min_size(area.min + vec2(rank as f32 * step, 2.0), vec2(side, side));
        let before = previous(order).and_then(|before| session.ranking(before));
        let revealed = reveal == Some(candidate);
        tile_ui(ui, session, order.name(), ranking, before, candidate, tile, pictures, revealed, actions);
    }
}

#[expect(clippy::too_many_arguments, reason = "one tile is drawn from many independent facts")]
fn tile_ui(
    ui: &mut Ui,
    session: &Session,
    name: &str,
    ranking: &Ranking,
    before: Option<&Ranking>,
    candidate: usize,
    tile: Rect,
    pictures: &mut Thumbnails,
    reveal: bool,
    actions: &mut Vec<Action>,
) {
    let whole = Rect::from_min_max(tile.min, pos2(tile.right(), tile.bottom() + CAPTION));
    if reveal && !ui.clip_rect().contains_rect(whole) {
        ui.scroll_to_rect(whole.expand(GRID), Some(egui::Align::Center));
    }
    if !ui.is_rect_visible(whole) {
        return;
    }
    let known = &session.data.dataset.queries[session.query()].candidates[candidate];
    let image = &session.data.dataset.images[known.image];
    let palette = theme::palette(ui.visuals());
    let response = ui.interact(whole, ui.scope_id().with((name, candidate)), Sense::click());
    let picture = pictures.small(known.image, image.file.as_deref());
    let relevance = session.relevance(candidate);
    let painter = ui.painter();
    widgets::paint_cover(painter, tile, picture, palette, Color32::WHITE);
    widgets::paint_frame(painter, tile.shrink(1.0), relevance, palette, 1.0);
    widgets::paint_judgement(painter, tile.right_top() + vec2(-7.0, 7.0), 5.5, relevance, palette);
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
    let moved = before.map(|before| before.place[candidate] as isize - ranking.place[candidate] as isize);
    caption(painter, tile, ranking.place[candidate] + 1, moved, palette);
    let title = if image.title.is_empty() { image.id.as_str() } else { &image.title };
    let told =
        format!("{name}: rank {}, {}, {title}", ranking.place[candidate] + 1, widgets::judgement_name(relevance));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &told));
    if response.hovered() {
        actions.push(Action::HoverCandidate(Some(candidate)));
    }
    if response.clicked() {
        actions.push(Action::SelectCandidate(Some(candidate)));
    }
    response.on_hover_text(told);
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
