//! The comparison of two embeddings, query by query.

use crate::app::ctx::PanelCtx;
use crate::app::kit::restart::Listed;
use crate::app::kit::theme::{self, Palette};
use crate::app::kit::{icons, widgets};
use crate::workspace::{EmbeddingComparison, QueryComparison, SelectionAction, Session};
use egui::{Align2, Color32, FontId, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};

/// The column that the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum By {
    Query,
    Overlap,
    A,
    B,
    #[default]
    Change,
}

impl By {
    /// The columns from left to right, with name and explanation.
    const ALL: [(By, &'static str, &'static str); 5] = [
        (By::Query, "Query", "Alphabetically by query"),
        (By::Overlap, "Shared", "Neighbours that A and B have in common (overlap@k)"),
        (By::A, "A", "Relevant neighbours by A, or without judgements those that share words, over chance"),
        (By::B, "B", "Relevant neighbours by B, or without judgements those that share words, over chance"),
        (By::Change, "B − A", "Gain of B over A"),
    ];
}

/// What the list remembers between frames.
#[derive(Default)]
pub struct QueryList {
    by: By,
    ascending: bool,
    listed: Listed<(By, bool)>,
}

/// Height of a row.
const HEIGHT: f32 = 22.0;

/// Width of a column of numbers.
const NUMBER: f32 = 64.0;

struct Row<'a> {
    query: usize,
    title: &'a str,
    /// Overlap, A, B, B − A.
    values: [Option<f64>; 4],
}

/// The data of the list.
pub struct QueryTable<'a> {
    /// The open data set.
    pub session: &'a Session,
    /// The comparison.
    pub result: &'a EmbeddingComparison,
    /// Number of neighbours of each image.
    pub k: usize,
}

impl QueryList {
    /// Draws the list; a click on a row selects its query.
    pub fn show(&mut self, ui: &mut Ui, table: &QueryTable<'_>, ctx: &mut PanelCtx<'_>) {
        let mut rows = rows(table);
        self.sort(&mut rows);
        ui.horizontal(|ui| {
            widgets::section(ui, "Query by query");
            if widgets::icon_button(ui, icons::COPY, "Copy the list as CSV").clicked() {
                ui.ctx().copy_text(csv(&rows, table.k));
            }
        });
        ui.spacing_mut().item_spacing.y = 0.0;
        self.heading_ui(ui);
        let area = ScrollArea::vertical().id_salt("query by query").auto_shrink([false, false]);
        self.listed.scrolled(area, (self.by, self.ascending)).show_rows(ui, HEIGHT, rows.len(), |ui, range| {
            for row in &rows[range] {
                row_ui(ui, row, table.session.query() == row.query, ctx);
            }
        });
    }

    /// Queries without a value come last in either direction.
    fn sort(&self, rows: &mut [Row<'_>]) {
        let column = match self.by {
            By::Query => {
                rows.sort_by_key(|row| row.title.to_lowercase());
                if !self.ascending {
                    return;
                }
                rows.reverse();
                return;
            }
            By::Overlap => 0,
            By::A => 1,
            By::B => 2,
            By::Change => 3,
        };
        let last = if self.ascending { f64::INFINITY } else { f64::NEG_INFINITY };
        let key = |row: &Row<'_>| row.values[column].unwrap_or(last);
        rows.sort_by(|a, b| if self.ascending { key(a).total_cmp(&key(b)) } else { key(b).total_cmp(&key(a)) });
    }

    fn heading_ui(&mut self, ui: &mut Ui) {
        let palette = theme::palette(ui.visuals());
        // As wide as the rows, which leave room for the scroll bar.
        let width = ui.available_width() - ui.spacing().scroll.allocated_width();
        let (rect, _) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
        for (column, (by, name, hint)) in By::ALL.into_iter().enumerate() {
            let lane = lane(rect, column);
            let response = ui.interact(lane, ui.scope_id().with(("sort queries", name)), Sense::click());
            let chosen = self.by == by;
            let mark = match (chosen, self.ascending) {
                (false, _) => "",
                (true, true) => " ▲",
                (true, false) => " ▼",
            };
            let colour = if chosen || response.hovered() { palette.text } else { palette.weak };
            text(ui, lane, column, &format!("{name}{mark}"), theme::SMALL, colour);
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, format!("Sort queries by {name}"))
            });
            if response.on_hover_text(hint).clicked() {
                self.ascending = chosen && !self.ascending;
                self.by = by;
            }
        }
        ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, palette.line));
    }
}

fn rows<'a>(table: &QueryTable<'a>) -> Vec<Row<'a>> {
    let QueryTable { session, result, k } = *table;
    let row = |(index, measures): (usize, &QueryComparison)| {
        let query = &session.data.dataset.queries[index];
        let lifts = measures.both(k).map(|both| both.map(|side| side.lift()));
        let values = [
            measures.agreement_at(k).map(|agreement| agreement.overlap),
            lifts.map(|[a, _]| a),
            lifts.map(|[_, b]| b),
            lifts.map(|[a, b]| b - a),
        ];
        Row { query: index, title: if query.text.is_empty() { query.id.as_str() } else { &query.text }, values }
    };
    result.queries.iter().enumerate().take(session.data.dataset.queries.len()).map(row).collect()
}

fn csv(rows: &[Row<'_>], k: usize) -> String {
    let mut text = format!("query,overlap@{k},gain over chance A,gain over chance B,B - A\n");
    for row in rows {
        text += &format!("\"{}\"", row.title.replace('"', "\"\""));
        row.values.iter().for_each(|value| text += &value.map_or(",".to_owned(), |value| format!(",{value:.6}")));
        text.push('\n');
    }
    text
}

/// A column's part of a row: the name takes what the numbers leave.
fn lane(row: Rect, column: usize) -> Rect {
    let right = row.right() - 4.0 - (4 - column) as f32 * NUMBER;
    match column {
        0 => Rect::from_min_max(row.min, pos2(right, row.bottom())),
        _ => Rect::from_min_max(pos2(right - NUMBER, row.top()), pos2(right, row.bottom())),
    }
}

fn text(ui: &Ui, lane: Rect, column: usize, text: &str, size: f32, colour: Color32) {
    let (at, align) = match column {
        0 => (lane.left_center() + vec2(6.0, 0.0), Align2::LEFT_CENTER),
        _ => (lane.right_center(), Align2::RIGHT_CENTER),
    };
    let clip = if column == 0 { lane.intersect(ui.clip_rect()) } else { ui.clip_rect() };
    ui.painter().with_clip_rect(clip).text(at, align, text, FontId::proportional(size), colour);
}

fn row_ui(ui: &mut Ui, row: &Row<'_>, chosen: bool, ctx: &mut PanelCtx<'_>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    let palette = theme::palette(ui.visuals());
    if chosen {
        ui.painter().rect_filled(rect, theme::RADIUS, palette.selected);
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::RADIUS, palette.raised);
    }
    text(ui, lane(rect, 0), 0, row.title, theme::BODY, palette.text);
    for (index, value) in row.values.iter().enumerate() {
        let (shown, colour) = shown(*value, index == 3, palette);
        text(ui, lane(rect, index + 1), index + 1, &shown, 12.0, colour);
    }
    let gain = row.values[3].map_or_else(|| "not judged".to_owned(), |change| format!("B gains {change:.3}"));
    let label = format!("Comparison of {}: {gain}", row.title);
    response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::ListBoxOption, true, chosen, &label));
    if response.clicked() {
        ctx.act(SelectionAction::Query(row.query));
    }
    response.on_hover_ui(|ui| {
        ui.label(RichText::new(row.title));
    });
}

fn shown(value: Option<f64>, is_change: bool, palette: &Palette) -> (String, Color32) {
    match value {
        None => ("–".to_owned(), palette.weak),
        Some(value) if is_change => (widgets::change(value), palette.change(value)),
        Some(value) => (widgets::signed(value), palette.text),
    }
}
