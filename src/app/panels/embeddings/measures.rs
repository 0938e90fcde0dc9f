//! Two embeddings by measures: for the current query, for all queries, by k, and query by query.

use super::curve::{self, Quantity};
use super::queries::{QueryList, QueryTable};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::widgets;
use crate::graph::Homophily;
use crate::workspace::{QueryComparison, Session};
use egui::{Align2, Grid, RichText, ScrollArea, Sense, Ui, vec2};

/// What the view remembers between frames.
#[derive(Default)]
pub struct MeasuresView {
    all: bool,
    list: QueryList,
}

/// Width from which the list of queries is beside the measures.
const WIDE: f32 = 860.0;

/// Height of the list of queries when it is below.
const LIST: f32 = 320.0;

/// Minimum and maximum height of a curve.
const CURVE: std::ops::RangeInclusive<f32> = 160.0..=280.0;

/// Height of everything above the curves.
const ABOVE: f32 = 340.0;

/// The measures to show, and the number of neighbours.
#[derive(Clone, Copy)]
struct Shown<'a> {
    /// The current query.
    query: &'a QueryComparison,
    /// The mean over all queries.
    mean: &'a QueryComparison,
    k: usize,
    /// Whether homophily is of words, as nothing is judged.
    is_by_words: bool,
    /// Height of the curves.
    curve: f32,
}

impl MeasuresView {
    /// Draws the view.
    pub fn show(&mut self, ui: &mut Ui, k: usize, session: &Session, ctx: &mut PanelCtx<'_>) {
        let Some(result) = ctx.workspace().embedding().comparison().result() else { return };
        let Some(query) = result.queries.get(session.query()) else { return };
        let curve = (ui.available_height() - ABOVE).clamp(*CURVE.start(), *CURVE.end());
        let shown = Shown { query, mean: &result.mean, k, is_by_words: result.is_by_words, curve };
        let table = QueryTable { session, result, k };
        if ui.available_width() < WIDE {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                self.summary_ui(ui, shown);
                ui.allocate_ui(vec2(ui.available_width(), LIST), |ui| self.list.show(ui, &table, ctx));
            });
            return;
        }
        let size = ui.available_size();
        let left = (size.x * 0.55).clamp(460.0, 640.0);
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(vec2(left, size.y), egui::Layout::top_down(egui::Align::Min), |ui| {
                ScrollArea::vertical().id_salt("measures").auto_shrink([false, false]).show(ui, |ui| {
                    ui.set_width(left - 2.0 * GRID);
                    self.summary_ui(ui, shown);
                });
            });
            ui.add_space(GRID);
            ui.vertical(|ui| self.list.show(ui, &table, ctx));
        });
    }

    fn summary_ui(&mut self, ui: &mut Ui, shown: Shown<'_>) {
        let Shown { query, mean, k, is_by_words, curve } = shown;
        let (title, text) = match is_by_words {
            true => (
                "Neighbours that share words",
                format!("Nothing is judged yet: share of an image's {k} nearest that have a word in common with it"),
            ),
            false => (
                "Relevant neighbours",
                format!(
                    "Share of relevant images among a relevant image's {k} nearest (homophily@{k}), and its gain over chance"
                ),
            ),
        };
        widgets::section(ui, title);
        widgets::caption(ui, text);
        homophily_ui(ui, k, [query, mean]);
        widgets::section(ui, "Shared neighbours");
        widgets::caption(ui, format!("Share of an image's {k} nearest by A that are also among its {k} nearest by B"));
        agreement_ui(ui, k, [query, mean]);
        ui.add_space(GRID);
        let scopes = [
            (false, "This query", "Curves of the current query"),
            (true, "All queries", "Mean curves over all queries"),
        ];
        widgets::segmented(ui, &mut self.all, &scopes);
        let drawn = if self.all { mean } else { query };
        let width = (ui.available_width() - 2.0 * GRID) / 2.0;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0 * GRID;
            let homophily = if is_by_words { Quantity::Words } else { Quantity::Homophily };
            for quantity in [homophily, Quantity::Overlap] {
                let size = vec2(width, curve);
                ui.allocate_ui(size, |ui| curve::curve_ui(ui, quantity, drawn, k, size));
            }
        });
    }
}

fn homophily_ui(ui: &mut Ui, k: usize, scopes: [&QueryComparison; 2]) {
    let palette = theme::palette(ui.visuals());
    let both = scopes.map(|measures| measures.both(k));
    Grid::new("homophily").num_columns(7).min_col_width(40.0).spacing(vec2(14.0, 2.0)).show(ui, |ui| {
        ui.label("");
        for name in ["This query", "", "", "All queries", "", ""] {
            spanning_ui(ui, name);
        }
        ui.end_row();
        ui.label("");
        for _ in &scopes {
            for name in ["A", "B", "B − A"] {
                ui.label(RichText::new(name).small().color(palette.weak));
            }
        }
        ui.end_row();
        row(ui, palette, "Share", &both, |homophily| homophily.share);
        row(ui, palette, "By chance", &both, |homophily| homophily.chance);
        row(ui, palette, "Gain over chance", &both, Homophily::lift);
    });
}

/// A heading that spans columns: it takes no width itself.
fn spanning_ui(ui: &mut Ui, text: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(1.0, 18.0), Sense::hover());
    if !text.is_empty() {
        let colour = theme::palette(ui.visuals()).text;
        ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, text, theme::strong(theme::BODY), colour);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, text));
    }
}

fn row(
    ui: &mut Ui,
    palette: &Palette,
    name: &str,
    both: &[Option<[Homophily; 2]>; 2],
    value: impl Fn(&Homophily) -> f64,
) {
    ui.label(RichText::new(name).color(palette.weak));
    for sides in both {
        let Some([a, b]) = sides else {
            for _ in 0..3 {
                ui.label(RichText::new("–").color(palette.weak));
            }
            continue;
        };
        let (a, b) = (value(a), value(b));
        ui.label(widgets::signed(a));
        ui.label(widgets::signed(b));
        ui.label(RichText::new(widgets::change(b - a)).color(palette.change(b - a)));
    }
    ui.end_row();
}

fn agreement_ui(ui: &mut Ui, k: usize, scopes: [&QueryComparison; 2]) {
    let palette = theme::palette(ui.visuals());
    let values = scopes.map(|measures| measures.agreement_at(k));
    Grid::new("agreement").num_columns(3).spacing(vec2(14.0, 2.0)).show(ui, |ui| {
        ui.label("");
        ui.label(RichText::new("This query").small().color(palette.weak));
        ui.label(RichText::new("All queries").small().color(palette.weak));
        ui.end_row();
        let decimal = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), widgets::decimal);
        ui.label(RichText::new(format!("Overlap@{k}")).color(palette.weak));
        values.iter().for_each(|value| drop(ui.label(decimal(value.map(|value| value.overlap)))));
        ui.end_row();
        ui.label(RichText::new(format!("Jaccard@{k}")).color(palette.weak));
        values.iter().for_each(|value| drop(ui.label(decimal(value.map(|value| value.jaccard)))));
        ui.end_row();
    });
}
