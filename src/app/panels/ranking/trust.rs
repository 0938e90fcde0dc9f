//! What is promised of lists that end, against what judges say.

use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::{plot, widgets};
use crate::base::sentence;
use crate::eval::calibration::{Calibration, Promise};
use egui::{Grid, RichText, Ui, vec2};
use egui_plot::{Line, LineStyle, PlotPoints, Points, uniform_grid_spacer};

/// Width and height of the reliability diagram: a square within its axes.
const DIAGRAM: [f32; 2] = [188.0, 176.0];

/// Draws the reliability diagram and, beside it, what lists at each precision held.
pub fn show(ui: &mut Ui, calibration: &Calibration, precision: f64) {
    let palette = theme::palette(ui.visuals());
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * GRID;
        ui.vertical(|ui| {
            ui.set_width(DIAGRAM[0]);
            widgets::caption(ui, "Share relevant by probability");
            diagram_ui(ui, calibration, palette);
        });
        ui.vertical(|ui| {
            widgets::caption(ui, "Lists that end");
            promises_ui(ui, calibration, precision, palette);
        });
    });
    widgets::caption(
        ui,
        format!(
            "{} of {}, from {} judged images of {} queries. All figures are of queries left out in turn; probabilities are \
             off by {} on average.",
            sentence(calibration.shape.name()),
            calibration.scale.name(),
            widgets::count(calibration.images),
            widgets::count(calibration.queries),
            widgets::decimal(calibration.error),
        ),
    );
}

fn diagram_ui(ui: &mut Ui, calibration: &Calibration, palette: &Palette) {
    let points: Vec<[f64; 2]> = calibration.reliability.iter().map(|bin| [bin.promised, bin.relevant]).collect();
    ui.scope(|ui| {
        plot::small_text(ui);
        plot::small("reliability", "probability", palette)
            .width(DIAGRAM[0])
            .height(DIAGRAM[1])
            .allow_drag(false)
            .allow_zoom(false)
            .include_x(0.0)
            .include_x(1.0)
            .include_y(0.0)
            .include_y(1.0)
            .x_grid_spacer(uniform_grid_spacer(|_| [0.25, 0.5, 1.0]))
            .y_grid_spacer(uniform_grid_spacer(|_| [0.25, 0.5, 1.0]))
            .x_axis_formatter(|mark, _| tick(mark.value))
            .label_formatter(|position| match position {
                egui_plot::HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => Some(
                    format!("promised {}, {} relevant", widgets::decimal(position.x), widgets::decimal(position.y)),
                ),
                _ => None,
            })
            .show(ui, |plot| {
                let diagonal = Line::new("", PlotPoints::from(vec![[0.0, 0.0], [1.0, 1.0]]));
                plot.line(diagonal.color(palette.weak).style(LineStyle::dashed_loose()).width(1.0));
                plot.points(Points::new("share relevant", points).color(palette.curves[0]).radius(3.0));
            });
    });
}

/// A quarter, as the other axis has it.
fn tick(value: f64) -> String {
    match value {
        value if value < 0.1 => "0".to_owned(),
        value if value > 0.9 => "1".to_owned(),
        value => widgets::decimal(value).trim_end_matches('0').to_owned(),
    }
}

fn promises_ui(ui: &mut Ui, calibration: &Calibration, precision: f64, palette: &Palette) {
    let current = calibration.promise(precision).map(|promise| promise.precision);
    Grid::new("promises").num_columns(3).spacing(vec2(10.0, 1.0)).min_row_height(15.0).show(ui, |ui| {
        for (name, hint) in [
            ("at", "The precision that is promised"),
            ("judged", "The share relevant of what was kept, of queries left out; the mean over queries"),
            ("recall", "The share kept of what is relevant"),
        ] {
            ui.label(RichText::new(name).small().color(palette.weak)).on_hover_text(hint);
        }
        ui.end_row();
        for promise in &calibration.promises {
            let colour = match Some(promise.precision) == current {
                true => palette.accent,
                false => palette.text,
            };
            row_ui(ui, promise, colour, palette);
            ui.end_row();
        }
    });
}

fn row_ui(ui: &mut Ui, promise: &Promise, colour: egui::Color32, palette: &Palette) {
    let small = |text: String| RichText::new(text).small();
    ui.label(small(widgets::percent(promise.precision)).color(colour));
    let Some(kept) = promise.kept else {
        ui.label(small("nothing kept".to_owned()).color(palette.weak));
        ui.label("");
        return;
    };
    let interval = promise.interval.unwrap_or_default();
    let text = format!("{:.0} [{:.0}, {:.0}]", 100.0 * kept, 100.0 * interval.low, 100.0 * interval.high);
    let kept = if promise.holds() { colour } else { palette.warning };
    ui.label(small(text).color(kept))
        .on_hover_text(format!("Something is kept of {} of {} queries", promise.queries, promise.of));
    ui.label(small(widgets::percent(promise.recall)).color(palette.weak));
}
