//! Three rankings side by side, and how images moved between them.

mod cut_off;
mod shown;
mod trust;

pub use shown::{CAPTION, Reveal, ShownRanking, caption};

use super::{PanelView, epoch};
use crate::app::ctx::PanelCtx;
use crate::app::filter;
use crate::app::kit::obstacle::obstacle_line;
use crate::app::kit::restart::{self, Listed};
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::eval::Measure;
use crate::workspace::{FilterAction, Order, Ranking, Session};
use cut_off::CutOffLine;
use egui::{RichText, ScrollArea, Ui, vec2};

/// What the panel remembers between frames.
#[derive(Default)]
pub struct RankingPanel {
    reveal: Reveal,
    /// The data set's generation and the query.
    listed: Listed<(u64, usize)>,
    cut_off: CutOffLine,
}

impl PanelView for RankingPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let Some(session) = ctx.session() else {
            widgets::empty_state(ui, icons::IMAGE, "No ranking yet", "Open a data set to see its rankings.", None);
            return;
        };
        filter::chips_ui(ui, false, ctx);
        epoch::chip_ui(ui, ctx);
        self.cut_off.show(ui, session, ctx);
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
        let cut_offs = ctx.workspace().cut_offs();
        let shown = |order: Order| {
            let before = previous(session, order);
            let ranking = session.ranking(order)?;
            let cut_off = cut_offs.of(order);
            Some(ShownRanking { session, name: order.name(), ranking, before, reveal, passing, cut_off })
        };
        if ui.available_width() > 2.2 * ui.available_height() {
            rows_ui(ui, session, &shown, is_new, ctx);
        } else {
            columns_ui(ui, session, &shown, is_new, ctx);
        }
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
    if let (Order::Feedback | Order::Untrained, Some(why)) = (order, session.look_failure()) {
        obstacle_line(ui, &format!("The images could not be compared: {why}"));
        return;
    }
    widgets::caption(
        ui,
        match order {
            Order::Model => "Appears after the first epoch of training (Ctrl+Enter).",
            Order::Feedback | Order::Untrained if session.is_building() => "Appears once the images are compared.",
            Order::Feedback | Order::Untrained if session.vectors().is_some() => {
                "Ranks what words find: search for some."
            }
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
        widgets::one_line(ui, RichText::new("Unjudged").small().color(palette.weak));
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
