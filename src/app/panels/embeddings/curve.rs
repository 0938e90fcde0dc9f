//! A comparison's measures as curves over the number of neighbours.

use super::compare::colours;
use crate::app::kit::{plot, theme, widgets};
use crate::workspace::QueryComparison;
use egui::{RichText, Ui, Vec2};
use egui_plot::{Line, LineStyle, PlotPoints, VLine, uniform_grid_spacer};

/// The measure that a curve shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// Share of relevant neighbours of relevant images by A, by B, and by chance.
    Homophily,
    /// The same of neighbours that share words.
    Words,
    /// Share of neighbours that A and B have in common.
    Overlap,
}

/// The largest k of the curves.
const MAX_K: usize = 30;

/// Draws one curve over k = 1 … 30; `k` is the one in use.
pub fn curve_ui(ui: &mut Ui, quantity: Quantity, measures: &QueryComparison, k: usize, size: Vec2) {
    let palette = theme::palette(ui.visuals());
    let series = |value: &dyn Fn(usize) -> Option<f64>| -> PlotPoints<'_> {
        (1..=MAX_K).filter_map(|k| Some([k as f64, value(k)?])).collect()
    };
    let [a, b] = colours(palette);
    let lines: Vec<(&str, PlotPoints<'_>, egui::Color32, LineStyle)> = match quantity {
        Quantity::Homophily | Quantity::Words => vec![
            ("chance", series(&|k| Some(measures.both(k)?[0].chance)), palette.weak, LineStyle::dashed_loose()),
            ("A", series(&|k| Some(measures.both(k)?[0].share)), a, LineStyle::Solid),
            ("B", series(&|k| Some(measures.both(k)?[1].share)), b, LineStyle::Solid),
        ],
        Quantity::Overlap => {
            vec![("shared", series(&|k| Some(measures.agreement_at(k)?.overlap)), palette.text, LineStyle::Solid)]
        }
    };
    ui.vertical(|ui| {
        ui.set_width(size.x);
        let title = match quantity {
            Quantity::Homophily => "Relevant neighbours by k (chance dashed)",
            Quantity::Words => "Sharing words by k (chance dashed)",
            Quantity::Overlap => "Shared neighbours by k",
        };
        widgets::one_line(ui, RichText::new(title).small().color(palette.weak));
        plot::small_text(ui);
        plot::small(("comparison", quantity), "k", palette)
            .height((size.y - 20.0).max(80.0))
            .width(size.x)
            .allow_drag(false)
            .allow_zoom(false)
            .include_x(1.0)
            .include_x(MAX_K as f64)
            .include_y(0.0)
            .include_y(1.0)
            .y_grid_spacer(uniform_grid_spacer(|_| [0.25, 0.5, 1.0]))
            .show(ui, |plot| {
                for (name, points, colour, style) in lines {
                    plot.line(Line::new(name, points).color(colour).width(1.8).style(style));
                }
                let marker = VLine::new("k in use", k as f64).color(palette.weak.gamma_multiply(0.6)).width(1.0);
                plot.vline(marker);
            });
    });
}
