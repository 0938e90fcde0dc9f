//! Overlaid curves of the selected runs.

use super::controls::{measure_ui, save_button};
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::text::paint_text;
use crate::app::kit::theme::{self, GRID, ROW};
use crate::app::kit::{icons, obstacle, plot, widgets};
use crate::dataset::Split;
use crate::eval::Measure;
use crate::export::chart::{Curve, Lines, curves_chart};
use crate::study::runs::{Entry, RunTable};
use crate::train::{EpochReport, phases};
use crate::workspace::{Experiments, RunsAction};
use egui::{FontId, Rect, ScrollArea, Sense, Slider, Ui, pos2, vec2};
use egui_plot::{Line, LineStyle, PlotPoints, VLine};

/// What the plot remembers between frames.
pub struct Overlay {
    loss: bool,
    measure: Measure,
    split: Split,
    smoothing: f64,
    epoch: Option<usize>,
}

impl Default for Overlay {
    fn default() -> Self {
        Self { loss: false, measure: Measure::Map, split: Split::Validation, smoothing: 0.6, epoch: None }
    }
}

impl Overlay {
    /// Draws the plot.
    pub fn show(&mut self, ui: &mut Ui, wanted: &RunTable, ctx: &mut PanelCtx<'_>) {
        let experiments = ctx.workspace().experiments();
        if experiments.chosen().is_empty() {
            let text = "Tick runs in the table to overlay their curves.";
            let next = (!experiments.entries().is_empty()).then_some("Select first five rows");
            if widgets::empty_state(ui, icons::CHART, "No runs selected", text, next) {
                let first = experiments.entries().iter().take(5).flat_map(|entry| entry.facts(experiments.runs()));
                ctx.act(RunsAction::Choose(first.map(|run| run.saved.path.clone()).collect()));
            }
            return;
        }
        let save = self.controls_ui(ui);
        let entries = experiments.chosen_entries(wanted.grouped);
        let curves: Vec<Curve> = entries.iter().map(|entry| self.curve(experiments, entry)).collect();
        let legend = (ui.available_width() * 0.28).clamp(140.0, 280.0);
        let size = vec2(ui.available_width() - legend - 3.0 * GRID, ui.available_height());
        ui.horizontal_top(|ui| {
            ui.allocate_ui(size, |ui| self.plot_ui(ui, &curves, size));
            ui.add_space(GRID);
            ui.vertical(|ui| self.legend_ui(ui, &curves));
        });
        if save {
            let label = if self.loss { "loss".to_owned() } else { self.measure.label() };
            let chart = Box::new(curves_chart(&format!("{} {label}", self.split.name()), &curves));
            ctx.command(Command::SaveChart { name: "curves", chart });
        }
    }

    /// Measure, split and smoothing; `true` once the save button is clicked.
    fn controls_ui(&mut self, ui: &mut Ui) -> bool {
        ui.horizontal_wrapped(|ui| {
            widgets::segmented(
                ui,
                &mut self.loss,
                &[(false, "Measure", "A measure of the rankings"), (true, "Loss", "What training minimises")],
            );
            let obstacle = self.loss.then_some("The curves show the loss.");
            let layout = egui::Layout::left_to_right(egui::Align::Center);
            ui.allocate_ui_with_layout(vec2(112.0, ROW), layout, |ui| {
                obstacle::enabled_unless(ui, obstacle, |ui| measure_ui(ui, "Measure of the curves", &mut self.measure));
            });
            let splits: &[(Split, &str, &str)] = if self.loss {
                &[(Split::Train, "Train", "While training"), (Split::Validation, "Validation", "After each epoch")]
            } else {
                &[
                    (Split::Validation, "Validation", "On the validation queries"),
                    (Split::Test, "Test", "On the test queries"),
                ]
            };
            if !splits.iter().any(|(split, ..)| *split == self.split) {
                self.split = Split::Validation;
            }
            widgets::segmented(ui, &mut self.split, splits);
            ui.add_space(GRID);
            widgets::caption(ui, "Smoothing");
            let layout = egui::Layout::left_to_right(egui::Align::Center);
            ui.allocate_ui_with_layout(vec2(146.0, ROW), layout, |ui| {
                ui.spacing_mut().slider_width = 84.0;
                ui.add(Slider::new(&mut self.smoothing, 0.0..=0.95).fixed_decimals(2))
                    .on_hover_text("Exponential moving average; raw values are drawn faintly behind it")
                    .accessible_name("Smoothing");
            });
            save_button(ui)
        })
        .inner
    }

    fn value(&self, report: &EpochReport) -> Option<f64> {
        let value = match (self.loss, self.split) {
            (true, Split::Train) => report.train_loss,
            (true, _) => report.validation_loss,
            (false, Split::Test) => report.test.as_ref()?.get(self.measure)?,
            (false, _) => report.validation.get(self.measure)?,
        };
        value.is_finite().then_some(value)
    }

    fn curve(&self, experiments: &Experiments, entry: &Entry) -> Curve {
        let facts = entry.facts(experiments.runs());
        let details: Vec<_> = facts.iter().filter_map(|run| experiments.reader().details(&run.saved.path)).collect();
        let [first, second] = [0, 1].map(|phase| {
            let of_phase = |history| self.line(phases(history)[phase]);
            self.lines(details.iter().map(|details| of_phase(&details.history)).collect())
        });
        Curve { name: experiments.name(entry), first, second }
    }

    fn line(&self, reports: &[EpochReport]) -> Vec<[f64; 2]> {
        reports.iter().filter_map(|report| Some([report.epoch as f64, self.value(report)?])).collect()
    }

    /// One training of several runs. They may stop at different epochs: the mean covers the epochs that all of them
    /// have, and a second training lies, on average, where theirs do.
    fn lines(&self, raw: Vec<Vec<[f64; 2]>>) -> Lines {
        let shortest = raw.iter().map(Vec::len).min().unwrap_or(0);
        let average = |at: usize, part: usize| raw.iter().map(|line| line[at][part]).sum::<f64>() / raw.len() as f64;
        let mean: Vec<[f64; 2]> = (0..shortest).map(|at| [average(at, 0), average(at, 1)]).collect();
        Lines { smooth: smooth(&mean, self.smoothing), mean, raw }
    }

    fn plot_ui(&mut self, ui: &mut Ui, curves: &[Curve], size: egui::Vec2) {
        let palette = theme::palette(ui.visuals());
        let plot = plot::small("curves of runs", "epoch", palette)
            .width(size.x)
            .height(size.y)
            .grid_color(palette.unjudged)
            .include_x(1.0);
        ui.style_mut().text_styles.insert(egui::TextStyle::Body, FontId::proportional(theme::SMALL));
        // Runs of as many epochs share a band, which would otherwise darken with every one of them.
        let mut bands: Vec<[f64; 2]> = curves.iter().filter_map(|curve| plot::ends(&curve.second.mean)).collect();
        bands.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        bands.dedup();
        let shade = palette.weak.gamma_multiply(1.0 / bands.len().max(1) as f32);
        let shown = plot.show(ui, |plot| {
            for band in bands {
                plot.add(plot::retrained(band, shade));
            }
            for (index, curve) in curves.iter().enumerate() {
                let colour = palette.series(index);
                // Once all colours are used, they repeat as dashed lines.
                let solid = if index < palette.series.len() { LineStyle::Solid } else { LineStyle::dashed_loose() };
                let again = format!("{}, {}", curve.name, plot::RETRAINED);
                for (lines, name, style) in
                    [(&curve.first, curve.name.clone(), solid), (&curve.second, again, LineStyle::dashed_dense())]
                {
                    for raw in &lines.raw {
                        let points: PlotPoints<'_> = raw.iter().copied().collect();
                        let line = Line::new("", points).color(colour.gamma_multiply(0.3)).width(1.0);
                        plot.line(line.allow_hover(false));
                    }
                    let points: PlotPoints<'_> = lines.smooth.iter().copied().collect();
                    plot.line(Line::new(name, points).color(colour).width(2.0).style(style));
                }
            }
            if let Some(epoch) = self.epoch {
                plot.vline(VLine::new("", epoch as f64).color(palette.weak).width(1.0).allow_hover(false));
            }
            plot.pointer_coordinate()
        });
        let ends = curves.iter().flat_map(|curve| [curve.first.mean.last(), curve.second.mean.last()]);
        let last = ends.flatten().map(|point| point[0]).fold(1.0, f64::max);
        self.epoch =
            shown.inner.filter(|_| shown.response.hovered()).map(|point| point.x.round().clamp(1.0, last) as usize);
    }

    fn legend_ui(&self, ui: &mut Ui, curves: &[Curve]) {
        let palette = theme::palette(ui.visuals());
        widgets::caption(
            ui,
            match self.epoch {
                Some(epoch) => format!("At epoch {epoch}"),
                None => if self.loss { "Lowest" } else { "Highest" }.to_owned(),
            },
        );
        if curves.iter().any(|curve| !curve.second.mean.is_empty()) {
            let why = "From there on the network learns from the validation queries too, starting from new weights, so \
                       its curves jump; they show how well it learned, not how well it ranks unseen queries.";
            widgets::caption(ui, format!("Dashed: {}", plot::RETRAINED)).on_hover_text(why);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, ROW, curves.len(), |ui, range| {
            for index in range {
                let curve = &curves[index];
                let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
                // The best is that of the first training: the second learns from the validation queries.
                let values = curve.first.mean.iter().map(|point| point[1]);
                let all = || curve.first.mean.iter().chain(&curve.second.mean);
                let value = match self.epoch {
                    Some(epoch) => all().find(|point| point[0].round() as usize == epoch).map(|point| point[1]),
                    None if self.loss => values.min_by(f64::total_cmp),
                    None => values.max_by(f64::total_cmp),
                };
                let value = value.map_or_else(|| "–".to_owned(), widgets::decimal);
                let swatch = Rect::from_center_size(pos2(rect.left() + 7.0, rect.center().y), vec2(14.0, 3.0));
                ui.painter().rect_filled(swatch, 1, palette.series(index));
                let name = Rect::from_min_max(rect.min + vec2(20.0, 0.0), rect.max - vec2(52.0, 0.0));
                paint_text(ui.painter(), name, &curve.name, FontId::proportional(12.0), palette.text, false);
                paint_text(
                    ui.painter(),
                    rect.with_max_x(rect.right() - 10.0),
                    &value,
                    FontId::proportional(12.0),
                    palette.text,
                    true,
                );
                let label = format!("{}: {value}", curve.name);
                response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &label));
                response.on_hover_text(&curve.name);
            }
        });
    }
}

/// Exponential moving average without bias towards the first value (divided by the sum of weights so far).
fn smooth(points: &[[f64; 2]], weight: f64) -> Vec<[f64; 2]> {
    let (mut sum, mut weights) = (0.0, 0.0);
    let next = |&[x, y]: &[f64; 2]| {
        sum = sum * weight + y * (1.0 - weight);
        weights = weights * weight + (1.0 - weight);
        [x, sum / weights]
    };
    points.iter().map(next).collect()
}
