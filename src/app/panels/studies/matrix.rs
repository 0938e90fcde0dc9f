//! The ablation matrix: one row per configuration, one column per measure, each cell the change against the first row.

use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::text::paint_text;
use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::widgets;
use crate::app::panels::experiments::{RunsView, save_button};
use crate::base::Spread;
use crate::dataset::Split;
use crate::eval::significance::Interval;
use crate::eval::{Measure, STANDARD};
use crate::export::chart::Chart;
use crate::export::chart::matrix_chart;
use crate::study::Paired;
use crate::workspace::{Pair, RunsAction, Side, StudyResult, StudyRow};
use egui::{Color32, FontId, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2};

/// Height of a row.
const HEIGHT: f32 = 28.0;

/// Width of a measure's column.
const COLUMN: f32 = 96.0;

/// Significance level: changes with a lower p are marked.
const LEVEL: f64 = 0.05;

/// The split and the measure that a column shows.
type Column = (Split, Measure);

/// Draws a study's rows; a click on a row compares it with the first.
pub(super) fn matrix_ui(ui: &mut Ui, result: &StudyResult, ctx: &mut PanelCtx<'_>) {
    let is_matrix = result.rows.iter().any(|row| !row.against.is_empty());
    let note = if is_matrix {
        "Test queries: the first row's means, then changes against them. ∗ p < .05. Click a row to compare by query."
    } else {
        "Mean ± standard deviation over trials, best on validation first."
    };
    ui.horizontal_wrapped(|ui| {
        widgets::caption(ui, note);
        if is_matrix && save_button(ui) {
            ctx.command(Command::SaveChart { name: "ablation", chart: Box::new(chart(result)) });
        }
    });
    // A sweep selects by validation MAP; the other columns are for information.
    let objective = (!is_matrix).then_some((Split::Validation, Measure::Map));
    let columns: Vec<Column> = objective.into_iter().chain(STANDARD.map(|measure| (Split::Test, measure))).collect();
    let names = (ui.available_width() - columns.len() as f32 * COLUMN - 3.0 * GRID).clamp(150.0, 360.0);
    let width = names + columns.len() as f32 * COLUMN;
    let changes = result.rows.iter().flat_map(|row| row.against.values()).map(|change| change.delta.abs());
    let largest = changes.fold(1e-6, f64::max);
    ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
        ui.set_width(width.max(ui.available_width()));
        ui.spacing_mut().item_spacing.y = 0.0;
        heading_ui(ui, names, &columns);
        ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, HEIGHT, result.rows.len(), |ui, range| {
            for index in range {
                let row = &result.rows[index];
                let line = Line { row, names, columns: &columns, largest, first: index == 0 };
                line.show(ui, result, ctx);
            }
        });
    });
}

/// The matrix as a chart, without the first row.
fn chart(result: &StudyResult) -> Chart {
    let rows: Vec<&StudyRow> = result.rows.iter().skip(1).collect();
    let delta = |row: &StudyRow, measure| row.against.get(measure).map(|change| change.delta);
    let values = rows.iter().map(|row| STANDARD.into_iter().map(|measure| delta(row, measure)).collect());
    let columns = STANDARD.iter().map(|measure| measure.label()).collect();
    matrix_chart(rows.iter().map(|row| row.name.clone()).collect(), columns, values.collect())
}

fn heading_ui(ui: &mut Ui, names: f32, columns: &[Column]) {
    let palette = theme::palette(ui.visuals());
    let size = vec2(names + columns.len() as f32 * COLUMN, theme::ROW);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    for (at, &(split, measure)) in columns.iter().enumerate() {
        let cell = cell(rect, names, at).shrink2(vec2(2.0 * GRID, 0.0));
        let split = if columns.len() == STANDARD.len() {
            ""
        } else if split == Split::Test {
            "Test "
        } else {
            "Val "
        };
        let text = format!("{split}{}", measure.label());
        paint_text(ui.painter(), cell, &text, FontId::proportional(theme::SMALL), palette.weak, true);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 1.0, Stroke::new(1.0, palette.line));
}

fn cell(row: Rect, names: f32, at: usize) -> Rect {
    Rect::from_min_size(row.min + vec2(names + at as f32 * COLUMN, 0.0), vec2(COLUMN, row.height()))
}

struct Line<'a> {
    row: &'a StudyRow,
    names: f32,
    columns: &'a [Column],
    /// The largest change in the matrix.
    largest: f64,
    first: bool,
}

impl Line<'_> {
    fn show(&self, ui: &mut Ui, result: &StudyResult, ctx: &mut PanelCtx<'_>) {
        let palette = theme::palette(ui.visuals());
        let row = self.row;
        let size = vec2(self.names + self.columns.len() as f32 * COLUMN, HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, theme::RADIUS, palette.raised);
        }
        let name = Rect::from_min_size(rect.min + vec2(6.0, 0.0), vec2(self.names - 12.0, HEIGHT));
        let font = if self.first { theme::strong(12.5) } else { FontId::proportional(12.5) };
        let failed = if row.failures > 0 { format!("  ({} failed)", row.failures) } else { String::new() };
        paint_text(ui.painter(), name, &format!("{}{failed}", row.name), font, palette.text, false);
        for (at, &(split, measure)) in self.columns.iter().enumerate() {
            let cell = cell(rect, self.names, at);
            let is_test = split == Split::Test;
            let spreads = if is_test { &row.test } else { &row.validation };
            match row.against.get(measure).filter(|_| is_test && !self.first) {
                Some(change) => self.change_ui(ui, cell, measure, change),
                None => spread_ui(ui, cell, spreads.get(measure), palette),
            }
        }
        let label = format!("Configuration {}", row.name);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Row, true, &label));
        if response.clicked() {
            compare(result, self, ctx);
        }
    }

    fn change_ui(&self, ui: &mut Ui, cell: Rect, measure: Measure, change: Paired) {
        let (row, largest) = (&self.row.name, self.largest);
        let palette = theme::palette(ui.visuals());
        let tile = cell.shrink(1.5);
        let strength = 0.08 + 0.42 * (change.delta.abs() / largest) as f32;
        let colour = if change.delta < 0.0 { palette.irrelevant } else { palette.relevant };
        let fill = if change.delta.abs() < 0.0005 { Color32::TRANSPARENT } else { colour.gamma_multiply(strength) };
        ui.painter().rect_filled(tile, 3, fill);
        let significant = change.p.is_some_and(|p| p < LEVEL);
        let text = format!("{}{}", widgets::change(change.delta), if significant { "∗" } else { "" });
        let font = if significant { theme::strong(12.5) } else { FontId::proportional(12.5) };
        paint_text(ui.painter(), tile.shrink2(vec2(1.5 * GRID, 0.0)), &text, font, palette.text, true);
        let response = ui.interact(tile, ui.scope_id().with((row, measure)), Sense::hover());
        if response.hovered() {
            ui.painter().rect_stroke(tile, 3, Stroke::new(1.0, palette.text), StrokeKind::Inside);
        }
        let label = format!("{row}, {}: {}", measure.label(), widgets::change(change.delta));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Cell, true, &label));
        response.on_hover_ui(|ui| {
            ui.label(widgets::strong_text(format!("{row}  ·  {}", measure.label())));
            ui.label(interval(change.delta, change.interval));
            ui.label(probability(change.p));
            let counts = format!(
                "{} better, {} equal, {} worse of {} queries",
                change.wins, change.ties, change.losses, change.queries
            );
            ui.label(RichText::new(counts).small().color(palette.weak));
        });
    }
}

/// Shows the comparison of a row's trials with those of the first row.
fn compare(result: &StudyResult, line: &Line<'_>, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let known = |paths: &[std::path::PathBuf]| {
        let paths: Vec<_> = paths.iter().filter(|path| workspace.experiments().run(path).is_some()).cloned().collect();
        (!paths.is_empty()).then_some(Side::Runs(paths))
    };
    let (Some(a), Some(first)) = (known(&line.row.trials), result.rows.first().and_then(|row| known(&row.trials)))
    else {
        return;
    };
    let b = if line.first { Side::Text } else { first };
    let pair = Pair { a, b, split: Some(Split::Test), measure: Measure::Map };
    ctx.act(RunsAction::Compare(Some(Box::new(pair))));
    ctx.command(Command::ShowRuns(RunsView::Compare));
}

fn spread_ui(ui: &Ui, cell: Rect, spread: Option<Spread>, palette: &Palette) {
    let Some(spread) = spread else { return };
    let cell = cell.shrink2(vec2(2.0 * GRID, 0.0));
    let deviation = if spread.n > 1 { format!("±{}", widgets::decimal(spread.deviation)) } else { String::new() };
    paint_text(ui.painter(), cell, &deviation, FontId::proportional(theme::SMALL), palette.weak, true);
    let left = cell.with_max_x(cell.right() - if deviation.is_empty() { 0.0 } else { 36.0 });
    paint_text(ui.painter(), left, &widgets::decimal(spread.mean), FontId::proportional(12.5), palette.text, true);
}

/// `Δ +.012, 95 % interval +.002 to +.022`.
fn interval(delta: f64, interval: Option<Interval>) -> String {
    match interval {
        Some(Interval { low, high }) => {
            format!("Δ {}, 95 % interval {} to {}", widgets::change(delta), widgets::change(low), widgets::change(high))
        }
        None => format!("Δ {}", widgets::change(delta)),
    }
}

fn probability(p: Option<f64>) -> String {
    match p {
        Some(p) => format!("{} (paired t-test over queries)", widgets::probability(p)),
        None => "Not tested".to_owned(),
    }
}
