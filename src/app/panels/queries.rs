//! The list of queries.

use super::{PanelView, epoch};
use crate::app::ctx::PanelCtx;
use crate::app::kit::restart::Listed;
use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::{icons, text, widgets};
use crate::dataset::Split;
use crate::eval::Measure;
use crate::workspace::{QuerySort, SelectionAction, Session, SettingsAction};
use egui::{Align2, FontId, Painter, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};

/// Height of one query's row.
const HEIGHT: f32 = 41.0;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct QueriesPanel {
    filter: String,
    split: Option<Split>,
    listed: Listed<(u64, usize, String, Option<Split>, QuerySort)>,
}

impl PanelView for QueriesPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let Some(session) = ctx.session() else {
            widgets::empty_state(ui, icons::SEARCH, "No queries", "Open a data set to list its queries.", None);
            return;
        };
        self.controls_ui(ui, ctx);
        epoch::chip_ui(ui, ctx);
        let rows = self.rows(session, ctx.settings().query_sort);
        let total = session.data.dataset.queries.len();
        let counts = format!("{} of {}", widgets::count(rows.len()), widgets::count(total));
        let is_judged = !session.summary.judgements.is_empty();
        widgets::caption(ui, if is_judged { format!("{counts}  ·  AP and gain over text") } else { counts });
        if rows.is_empty() {
            let text = "No query has these words in this split.";
            if widgets::empty_state(ui, icons::SEARCH, "No matching query", text, Some("Clear filter")) {
                self.filter.clear();
                self.split = None;
            }
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut area = ScrollArea::vertical().auto_shrink([false, false]);
        let sort = ctx.settings().query_sort;
        if self.listed.changes_to((session.generation, session.query(), self.filter.clone(), self.split, sort)) {
            let row = rows.iter().position(|&query| query == session.query()).unwrap_or(0);
            let middle = row as f32 * HEIGHT - ui.available_height() * 0.5;
            area = area.vertical_scroll_offset(middle.max(0.0));
        }
        area.show_rows(ui, HEIGHT, rows.len(), |ui, range| {
            for &query in &rows[range] {
                row_ui(ui, session, query, ctx);
            }
        });
    }
}

impl QueriesPanel {
    fn controls_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(icons::SEARCH).color(theme::palette(ui.visuals()).weak));
            let clear = if self.filter.is_empty() { 0.0 } else { theme::ROW + 3.0 * GRID };
            let width = (ui.available_width() - 2.0 * GRID - clear).max(60.0);
            ui.add(egui::TextEdit::singleline(&mut self.filter).hint_text("Filter queries").desired_width(width))
                .accessible_name("Filter queries");
            if !self.filter.is_empty() && widgets::icon_button(ui, icons::CROSS, "Clear filter of queries").clicked() {
                self.filter.clear();
            }
        });
        // Wraps in a narrow panel: a row that is too wide would widen the list below it.
        ui.horizontal_wrapped(|ui| {
            let mut sort = ctx.settings().query_sort;
            widgets::choices(ui, "Sort queries", sort.name(), |ui| {
                for choice in QuerySort::ALL {
                    if ui.selectable_value(&mut sort, choice, choice.name()).changed() {
                        ctx.act(SettingsAction::SetQuerySort(choice));
                    }
                }
            });
            let name = self.split.map_or("All splits", Split::name);
            widgets::choices(ui, "Split", name, |ui| {
                ui.selectable_value(&mut self.split, None, "All splits");
                for split in Split::ALL {
                    ui.selectable_value(&mut self.split, Some(split), split.name());
                }
            });
        });
    }

    /// The queries to list, in order.
    fn rows(&self, session: &Session, sort: QuerySort) -> Vec<usize> {
        let needle = self.filter.trim().to_lowercase();
        let matches = |&query: &usize| {
            let known = &session.data.dataset.queries[query];
            let found = needle.is_empty()
                || known.text.to_lowercase().contains(&needle)
                || known.id.as_str().to_lowercase().contains(&needle);
            found && self.split.is_none_or(|split| session.splits()[query] == split)
        };
        let mut rows: Vec<usize> = (0..session.data.dataset.queries.len()).filter(matches).collect();
        let measures = |&query: &usize| measures(session, query);
        match sort {
            QuerySort::Files => {}
            QuerySort::Text => rows.sort_by_key(|&query| session.data.dataset.queries[query].text.to_lowercase()),
            QuerySort::Figure => rows.sort_by(|a, b| measures(a).0.total_cmp(&measures(b).0)),
            QuerySort::Gain => rows.sort_by(|a, b| measures(b).1.total_cmp(&measures(a).1)),
            QuerySort::Loss => rows.sort_by(|a, b| measures(a).1.total_cmp(&measures(b).1)),
        }
        rows
    }
}

/// A query's average precision in its best ranking, and its change against the text signal, or against the initial
/// order without one.
fn measures(session: &Session, query: usize) -> (f64, f64) {
    let baselines = &session.baselines;
    let row = baselines.text.get(query).or_else(|| baselines.initial.get(query));
    let text = row.and_then(|row| row.get(Measure::Map)).unwrap_or(0.0);
    match session.model_measures(query).and_then(|row| row.get(Measure::Map)) {
        Some(model) => (model, model - text),
        None => (text, 0.0),
    }
}

fn row_ui(ui: &mut Ui, session: &Session, query: usize, ctx: &mut PanelCtx<'_>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    let palette = theme::palette(ui.visuals());
    let known = &session.data.dataset.queries[query];
    let chosen = session.query() == query;
    let ground = rect.shrink2(vec2(0.0, 1.0));
    if chosen {
        ui.painter().rect_filled(ground, theme::RADIUS, palette.selected);
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(ground, theme::RADIUS, palette.raised);
    }
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let inner = rect.shrink2(vec2(6.0, 5.0));
    let title = if known.text.is_empty() { known.id.as_str() } else { &known.text };
    let judged = session.data.judgements.of(query).iter().flatten();
    let is_judged = session.data.judgements.is_judged(query);
    let relevant = judged.filter(|grade| grade.is_relevant()).count();
    let count = known.candidates.len();
    let found = if is_judged { format!("{relevant}/{count} relevant") } else { format!("{count} images, not judged") };
    let facts = format!("{}  ·  {found}", session.splits()[query].name());
    // The right side shows the measures, which a query without judgements lacks.
    let (beside_title, beside_facts) = if is_judged { (70.0, 36.0) } else { (0.0, 0.0) };
    let font = FontId::proportional(theme::BODY);
    let galley = text::line(&painter, title, font, palette.text, inner.width() - beside_title);
    painter.galley(inner.left_top(), galley, palette.text);
    let font = FontId::proportional(theme::SMALL);
    let galley = text::line(&painter, &facts, font, palette.weak, inner.width() - beside_facts);
    painter.galley(pos2(inner.left(), inner.bottom() - galley.size().y), galley, palette.weak);
    let label = if is_judged {
        let (precision, change) = measures(session, query);
        let change = session.model_measures(query).map(|_| change);
        paint_measures(&painter, inner, precision, change, palette);
        format!("Query {title}: average precision {}", widgets::decimal(precision))
    } else {
        format!("Query {title}: not judged")
    };
    response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::ListBoxOption, true, chosen, &label));
    if response.clicked() {
        ctx.act(SelectionAction::Query(query));
    }
    response.on_hover_text(title);
}

/// Average precision as a bar and a number, with the change below.
fn paint_measures(painter: &Painter, inner: Rect, precision: f64, change: Option<f64>, palette: &Palette) {
    let font = FontId::proportional(12.0);
    painter.text(inner.right_top(), Align2::RIGHT_TOP, widgets::decimal(precision), font, palette.text);
    let bar = Rect::from_min_size(pos2(inner.right() - 64.0, inner.top() + 5.0), vec2(32.0, 5.0));
    painter.rect_filled(bar, 2, palette.hovered);
    let filled = Rect::from_min_size(bar.min, vec2(bar.width() * precision.clamp(0.0, 1.0) as f32, bar.height()));
    painter.rect_filled(filled, 2, palette.accent);
    if let Some(change) = change {
        let font = FontId::proportional(theme::SMALL);
        let colour = palette.change(change);
        painter.text(inner.right_bottom(), Align2::RIGHT_BOTTOM, widgets::change(change), font, colour);
    }
}
