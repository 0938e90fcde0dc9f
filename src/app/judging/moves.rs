//! How the measures of the open rankings moved as labels came in.

use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{plot, widgets};
use crate::workspace::{Move, Moves, Order};
use egui::{RichText, Ui};
use egui_plot::{Line, PlotPoints};

/// Height of the plot.
const HEIGHT: f32 = 96.0;

/// Draws the curves, with each ranking's name and value.
pub fn show(ui: &mut Ui, moves: &Moves) {
    let palette = theme::palette(ui.visuals());
    let points = moves.points();
    let colours = [palette.weak, palette.curves[3], palette.curves[0]];
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0 * GRID;
        widgets::caption(ui, "MAP over the judged queries:");
        let last = points.last().map(|last| last.map).unwrap_or_default();
        for ((at, order), (value, colour)) in Order::USUAL.into_iter().enumerate().zip(last.into_iter().zip(colours)) {
            if let Some(value) = value {
                let moved = value - points.iter().find_map(|point| point.map[at]).unwrap_or(value);
                let text = format!("{}  {} ({})", order.name(), widgets::decimal(value), widgets::change(moved));
                ui.label(RichText::new(text).small().color(colour));
            }
        }
    });
    ui.scope(|ui| {
        plot::small_text(ui);
        plot::small("moves of the measures", "labels", palette).height(HEIGHT).show(ui, |plot| {
            for ((at, order), colour) in Order::USUAL.into_iter().enumerate().zip(colours) {
                let point = |point: &Move| Some([point.labels as f64, point.map[at]?]);
                let line: PlotPoints<'_> = points.iter().filter_map(point).collect();
                plot.line(Line::new(order.name(), line).color(colour).width(1.6));
            }
        });
    });
}
