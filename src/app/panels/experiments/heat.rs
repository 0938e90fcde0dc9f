//! The heat map of two parameters: a measure's mean for each pair of values.

use super::controls::save_button;
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::text::paint_text;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::export::chart::heat_chart;
use crate::study::runs::{Filter, ParamValue, Pivot, PivotCell, RunTable, asked, short_name, with_term};
use egui::{Align2, FontId, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

/// What the plot remembers between frames.
#[derive(Default)]
pub struct Heat {
    x: Option<String>,
    y: Option<String>,
}

/// Width of the row names.
const NAMES: f32 = 96.0;

impl Heat {
    /// Draws the plot.
    pub fn show(&mut self, ui: &mut Ui, wanted: &mut RunTable, ctx: &mut PanelCtx<'_>) {
        let experiments = ctx.workspace().experiments();
        let varying = experiments.varying();
        if varying.len() < 2 {
            let text = "A heat map needs runs that differ in two parameters, such as the number of layers and of \
                        neighbours.";
            widgets::empty_state(ui, icons::TABLE, "Fewer than two parameters vary", text, None);
            return;
        }
        let [x, y] = chosen(self, varying);
        let save = ui.horizontal_wrapped(|ui| {
            for (name, slot, current, other) in [("Across", &mut self.x, &x, &y), ("Down", &mut self.y, &y, &x)] {
                widgets::caption(ui, name);
                let layout = egui::Layout::left_to_right(egui::Align::Center);
                ui.allocate_ui_with_layout(vec2(140.0, theme::ROW), layout, |ui| {
                    widgets::choices(ui, name, title(current), |ui| {
                        for choice in varying.iter().filter(|choice| *choice != other) {
                            if ui.selectable_label(choice == current, title(choice)).clicked() {
                                *slot = Some(choice.clone());
                            }
                        }
                    });
                });
            }
            widgets::caption(ui, format!("Mean {}  ·  click a cell to see its runs", wanted.objective.name()));
            save_button(ui)
        });
        let pivot = Pivot::of(
            experiments.runs(),
            experiments.scope(),
            &wanted.filter,
            [x.as_str(), y.as_str()],
            wanted.objective,
        );
        let Some(range) = pivot.range() else {
            let text = "Choose another measure above, or remove a term from the filter.";
            widgets::empty_state(ui, icons::SEARCH, "No run has this measure", text, None);
            return;
        };
        if save.inner {
            let chart = heat_chart(&pivot, [&title(&x), &title(&y)], &wanted.objective.name());
            ctx.command(Command::SaveChart { name: "heat-map", chart: Box::new(chart) });
        }
        HeatCells { pivot: &pivot, names: [&x, &y], range }.show(ui, wanted);
    }
}

fn title(name: &str) -> String {
    short_name(name).replace('_', " ")
}

/// The two parameters: those chosen if they still vary, else k across and layers down as in the paper, else the first
/// two.
fn chosen(state: &Heat, varying: &[String]) -> [String; 2] {
    let varies = |name: &Option<String>| name.clone().filter(|name| varying.contains(name));
    let named = |name: &str| varying.iter().find(|varying| *varying == name).cloned();
    let x = varies(&state.x).or_else(|| named("graph.k"));
    let x =
        x.unwrap_or_else(|| varying.iter().find(|name| Some(*name) != state.y.as_ref()).unwrap_or(&varying[0]).clone());
    let y = varies(&state.y).or_else(|| named("model.conv_layers")).filter(|y| *y != x);
    let y = y.unwrap_or_else(|| varying.iter().find(|name| **name != x).unwrap_or(&varying[0]).clone());
    [x, y]
}

/// The cells of a heat map.
struct HeatCells<'a> {
    pivot: &'a Pivot,
    /// The parameters across and down.
    names: [&'a str; 2],
    /// The lowest and the highest mean.
    range: (f64, f64),
}

impl HeatCells<'_> {
    fn show(&self, ui: &mut Ui, wanted: &mut RunTable) {
        let Self { pivot, names, .. } = *self;
        let palette = theme::palette(ui.visuals());
        let area = ui.available_rect_before_wrap();
        ui.allocate_rect(area, Sense::hover());
        let (columns, rows) = (pivot.xs.len().max(1) as f32, pivot.ys.len().max(1) as f32);
        let space = vec2(area.width() - NAMES - GRID, area.height() - 44.0);
        let cell = vec2((space.x / columns).clamp(28.0, 180.0), (space.y / rows).clamp(16.0, 64.0));
        let corner = area.min + vec2(NAMES, GRID);
        let painter = ui.painter_at(area);
        let small = FontId::proportional(theme::SMALL);
        for (row, y) in pivot.ys.iter().rev().enumerate() {
            let at = corner + vec2(0.0, row as f32 * cell.y);
            let name = Rect::from_min_size(pos2(area.left(), at.y), vec2(NAMES - 2.0 * GRID, cell.y));
            paint_text(&painter, name, &y.to_string(), small.clone(), palette.text, true);
            for (column, x) in pivot.xs.iter().enumerate() {
                let rect = Rect::from_min_size(at + vec2(column as f32 * cell.x, 0.0), cell).shrink(1.0);
                match &pivot.cells[pivot.ys.len() - 1 - row][column] {
                    Some(cell) => self.cell_ui(ui, rect, cell, [x, y], wanted),
                    None => {
                        painter.rect_stroke(rect, 3, Stroke::new(1.0, palette.line), StrokeKind::Inside);
                    }
                }
            }
        }
        let bottom = corner.y + rows * cell.y;
        for (column, x) in pivot.xs.iter().enumerate() {
            let name = pos2(corner.x + (column as f32 + 0.5) * cell.x, bottom + 3.0);
            let slot = Rect::from_center_size(name + vec2(0.0, 7.0), vec2(cell.x - 4.0, 14.0));
            let galley = painter.layout_no_wrap(x.to_string(), small.clone(), palette.text);
            if galley.size().x <= slot.width() {
                painter.galley(slot.center() - galley.size() * 0.5, galley, palette.text);
            } else {
                paint_text(&painter, slot, &x.to_string(), small.clone(), palette.text, false);
            }
        }
        let middle = corner.x + columns * cell.x * 0.5;
        painter.text(pos2(middle, bottom + 20.0), Align2::CENTER_TOP, title(names[0]), small.clone(), palette.weak);
        let centre = pos2(area.left(), corner.y + rows * cell.y * 0.5);
        painter.text(centre, Align2::LEFT_CENTER, title(names[1]), small, palette.weak);
    }

    /// One cell: the runs with one value of each parameter.
    fn cell_ui(&self, ui: &mut Ui, rect: Rect, cell: &PivotCell, values: [&ParamValue; 2], wanted: &mut RunTable) {
        let palette = theme::palette(ui.visuals());
        let at = [(self.names[0], values[0]), (self.names[1], values[1])];
        let range = self.range;
        let response =
            ui.interact(rect, ui.scope_id().with((at[0].1.to_string(), at[1].1.to_string())), Sense::click());
        let share = if range.1 > range.0 { (cell.spread.mean - range.0) / (range.1 - range.0) } else { 0.5 };
        let fill = palette.ramp(share as f32);
        ui.painter().rect_filled(rect, 3, fill);
        let font = FontId::proportional(12.0);
        ui.painter().text(
            rect.center(),
            Align2::CENTER_CENTER,
            widgets::decimal(cell.spread.mean),
            font,
            palette.text_on(fill),
        );
        let is_asked = |(name, value): &(&str, &ParamValue)| {
            let key = short_name(name);
            asked(&wanted.filter, key).is_some_and(|asked| Filter::parse(&format!("{key}={asked}")).accepts(key, value))
        };
        let selected = at.iter().all(is_asked);
        if selected || response.hovered() || response.has_focus() {
            let colour = if selected { palette.accent } else { palette.text };
            ui.painter().rect_stroke(rect, 3, Stroke::new(2.0, colour), StrokeKind::Outside);
        }
        let parts: Vec<String> = at.iter().map(|(name, value)| format!("{} {value}", title(name))).collect();
        let label = format!("{}: {}", parts.join(", "), widgets::decimal(cell.spread.mean));
        response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, selected, &label));
        if response.clicked() {
            for (name, value) in at {
                let value = value.to_string();
                wanted.filter = with_term(&wanted.filter, short_name(name), (!selected).then_some(value.as_str()));
            }
        }
        response.on_hover_ui(|ui| {
            ui.label(parts.join("  ·  "));
            let spread = &cell.spread;
            ui.label(match spread.n {
                1 => format!("{} (one run)", widgets::decimal(spread.mean)),
                n => {
                    format!("{} ± {} over {n} runs", widgets::decimal(spread.mean), widgets::decimal(spread.deviation))
                }
            });
        });
    }
}
