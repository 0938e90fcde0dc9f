//! Parallel coordinates: each run is a line through the parameters that vary, coloured by its result.

use super::controls::{save_button, toggle};
use super::scale::Scale;
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::{card, icons, text, widgets};
use crate::export::chart::parallel_chart;
use crate::study::runs::{Entry, Filter, Objective, ParamValue, RunFacts, RunTable, asked, short_name, with_term};
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

/// What the plot remembers between frames.
#[derive(Default)]
pub struct Parallel {
    /// The axis being brushed and where the brush began, in points.
    brush: Option<(usize, f32)>,
}

/// Maximum number of parameters shown; the filter still covers the others.
const MAX_PARAMETERS: usize = 9;

/// One axis.
struct Axis {
    /// Its name in the filter.
    key: String,
    /// The title above it.
    title: String,
    scale: Scale,
    /// One value per run in scope.
    values: Vec<Option<ParamValue>>,
    x: f32,
}

impl Parallel {
    /// Draws the plot.
    pub fn show(&mut self, ui: &mut Ui, wanted: &mut RunTable, ctx: &mut PanelCtx<'_>) {
        let experiments = ctx.workspace().experiments();
        let runs: Vec<&RunFacts> = experiments.scope().iter().filter_map(|&run| experiments.runs().get(run)).collect();
        if runs.len() < 2 || experiments.varying().is_empty() {
            let text = "Each run becomes a line through the parameters that vary. Train runs with different settings \
                        to see which ones matter.";
            widgets::empty_state(ui, icons::CHART, "No parameters vary yet", text, None);
            return;
        }
        let hint = "Drag along an axis to filter, click it to clear. Click a line to select its run.";
        let save = ui.horizontal_wrapped(|ui| {
            widgets::caption(ui, hint);
            save_button(ui)
        });
        let area = ui.available_rect_before_wrap();
        ui.allocate_rect(area, Sense::hover());
        let plot = Rect::from_min_max(area.min + vec2(24.0, 30.0), area.max - vec2(64.0, 14.0));
        let axes = axes(experiments.varying(), &runs, wanted.objective, plot);
        let filter = Filter::parse(&wanted.filter);
        let lines = Lines {
            points: (0..runs.len()).map(|run| line(&axes, run, plot)).collect(),
            matches: runs.iter().map(|run| filter.matches(run)).collect(),
            chosen: runs.iter().map(|run| experiments.chosen().contains(&run.saved.path)).collect(),
        };
        self.brushes_ui(ui, &axes, plot, wanted);
        let pointed = ui
            .input(|input| input.pointer.hover_pos())
            .filter(|at| self.brush.is_none() && plot.contains(*at) && ui.rect_contains_pointer(plot))
            .and_then(|at| lines.nearest(at));
        let painter = ui.painter_at(area);
        let palette = theme::palette(ui.visuals());
        lines.paint(&painter, &axes, pointed, palette);
        paint_axes(&painter, &axes, plot, palette);
        if save.inner {
            let named: Vec<_> = axes.iter().map(|axis| (axis.title.clone(), &axis.values[..])).collect();
            ctx.command(Command::SaveChart { name: "parameters", chart: Box::new(parallel_chart(&named)) });
        }
        let Some(run) = pointed.map(|run| runs[run]) else { return };
        let response = ui.interact(plot, ui.scope_id().with("line"), Sense::CLICK | Sense::HOVER);
        if response.clicked()
            && let Some(entry) = experiments.entries().iter().find(|entry| holds(entry, run, experiments.runs()))
        {
            toggle(entry, ctx);
        }
        card::show(ui, response.id.with("card"), area, |ui| hover_ui(ui, run, &axes, wanted.objective));
    }

    /// The axes' titles and brushes: a drag along an axis filters runs by its range, a click clears it.
    fn brushes_ui(&mut self, ui: &mut Ui, axes: &[Axis], plot: Rect, wanted: &mut RunTable) {
        let palette = theme::palette(ui.visuals());
        for (index, axis) in axes.iter().enumerate() {
            let band = Rect::from_x_y_ranges(axis.x - 11.0..=axis.x + 11.0, plot.y_range().expand(8.0));
            let response = ui.interact(band, ui.scope_id().with(("axis", index)), Sense::click_and_drag());
            let label = format!("Brush {}", axis.title);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Slider, true, &label));
            let brushed = asked(&wanted.filter, &axis.key);
            let title = if brushed.is_some() { palette.accent } else { palette.text };
            let align = match index {
                0 => Align2::LEFT_BOTTOM,
                last if last + 1 == axes.len() => Align2::RIGHT_BOTTOM,
                _ => Align2::CENTER_BOTTOM,
            };
            let nudge = if index == 0 {
                -8.0
            } else if index + 1 == axes.len() {
                60.0
            } else {
                0.0
            };
            let at = pos2(axis.x + nudge, plot.top() - 14.0);
            ui.painter().text(at, align, &axis.title, theme::strong(theme::SMALL + 0.5), title);
            let share = |y: f32| (plot.bottom() - y) / plot.height();
            let pointer = ui.input(|input| input.pointer.interact_pos());
            if response.drag_started() {
                self.brush = ui.input(|input| input.pointer.press_origin()).map(|origin| (index, origin.y));
            }
            if let (Some((brushing, from)), Some(to)) = (self.brush.filter(|(at, _)| *at == index), pointer) {
                let (low, high) = (share(from.max(to.y)), share(from.min(to.y)));
                let term = axis.scale.term(low - 0.01, high + 0.01);
                wanted.filter = with_term(&wanted.filter, &axes[brushing].key, term.as_deref());
                paint_brush(ui, axis.x, from.min(to.y), from.max(to.y), palette);
            } else if let Some((low, high)) = brushed.as_deref().and_then(|asked| brushed_range(axis, asked)) {
                paint_brush(ui, axis.x, height(plot, high) - GRID, height(plot, low) + GRID, palette);
            }
            if response.drag_stopped() {
                self.brush = None;
            }
            if response.clicked() {
                wanted.filter = with_term(&wanted.filter, &axis.key, None);
            }
            response.on_hover_cursor(egui::CursorIcon::ResizeVertical).on_hover_text("Drag to filter, click to clear");
        }
    }
}

fn holds(entry: &Entry, run: &RunFacts, runs: &[RunFacts]) -> bool {
    entry.facts(runs).iter().any(|known| known.saved.path == run.saved.path)
}

fn axes(varying: &[String], runs: &[&RunFacts], objective: Objective, plot: Rect) -> Vec<Axis> {
    let objective_key = match objective.split {
        crate::dataset::Split::Test => format!("test.{}", objective.measure),
        _ => format!("val.{}", objective.measure),
    };
    let mut axes: Vec<Axis> = varying
        .iter()
        .take(MAX_PARAMETERS)
        .map(|name| {
            let values: Vec<Option<ParamValue>> = runs.iter().map(|run| run.parameters.get(name).cloned()).collect();
            let key = short_name(name).to_owned();
            Axis { title: key.replace('_', " "), key, scale: Scale::of(&values), values, x: 0.0 }
        })
        .collect();
    let values: Vec<Option<ParamValue>> =
        runs.iter().map(|run| run.measure(objective).map(ParamValue::Number)).collect();
    let numbers: Vec<f64> = values.iter().flatten().filter_map(ParamValue::as_number).collect();
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // An axis with a single value would have no length.
    let (low, high) = if high - low > 1e-9 { (low, high) } else { (low - 0.01, low + 0.01) };
    let scale = Scale::Linear(low, high);
    axes.push(Axis { key: objective_key, title: objective.name(), scale, values, x: 0.0 });
    let step = plot.width() / (axes.len() - 1).max(1) as f32;
    for (index, axis) in axes.iter_mut().enumerate() {
        axis.x = plot.left() + index as f32 * step;
    }
    axes
}

fn height(plot: Rect, share: f32) -> f32 {
    egui::lerp(plot.bottom()..=plot.top(), share)
}

/// A run's point on each axis; `None` if any value is missing.
fn line(axes: &[Axis], run: usize, plot: Rect) -> Option<Vec<Pos2>> {
    axes.iter().map(|axis| Some(pos2(axis.x, height(plot, axis.scale.position(axis.values[run].as_ref()?)?)))).collect()
}

/// Every run in scope as a line.
struct Lines {
    /// Its point on each axis; `None` if any value is missing.
    points: Vec<Option<Vec<Pos2>>>,
    /// Whether it matches the filter.
    matches: Vec<bool>,
    /// Whether it is selected.
    chosen: Vec<bool>,
}

impl Lines {
    /// The run whose line is under the pointer.
    fn nearest(&self, at: Pos2) -> Option<usize> {
        let distance = |line: &[Pos2]| {
            let segment = line.windows(2).find(|pair| (pair[0].x..=pair[1].x).contains(&at.x))?;
            let share = (at.x - segment[0].x) / (segment[1].x - segment[0].x).max(1.0);
            let slope = (segment[1] - segment[0]).normalized();
            Some((egui::lerp(segment[0].y..=segment[1].y, share) - at.y).abs() * slope.x.abs())
        };
        let near = self.points.iter().enumerate().filter(|(run, _)| self.matches[*run]);
        near.filter_map(|(run, line)| Some((run, distance(line.as_ref()?)?)))
            .filter(|(_, distance)| *distance < 7.0)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(run, _)| run)
    }

    fn paint(&self, painter: &Painter, axes: &[Axis], pointed: Option<usize>, palette: &Palette) {
        let Some(objective) = axes.last() else { return };
        let share = |run: usize| objective.values[run].as_ref().and_then(|value| objective.scale.position(value));
        // The best are drawn last, what does not match the filter first.
        let mut order: Vec<usize> = (0..self.points.len()).collect();
        order.sort_by(|&a, &b| {
            (self.matches[a], share(a)).partial_cmp(&(self.matches[b], share(b))).unwrap_or(std::cmp::Ordering::Equal)
        });
        for run in order {
            let Some(line) = &self.points[run] else { continue };
            let is_chosen = self.chosen[run];
            let stroke = match (self.matches[run], share(run)) {
                (true, Some(share)) if is_chosen => Stroke::new(2.6, palette.ramp(share)),
                (true, Some(share)) => Stroke::new(1.6, palette.ramp(share).gamma_multiply(0.85)),
                _ => Stroke::new(1.0, palette.line.gamma_multiply(0.6)),
            };
            painter.line(line.clone(), stroke);
        }
        if let Some(line) = pointed.and_then(|run| self.points[run].as_ref()) {
            painter.line(line.clone(), Stroke::new(3.0, palette.text));
            for point in line {
                painter.circle_filled(*point, 3.5, palette.text);
            }
        }
    }
}

fn paint_axes(painter: &Painter, axes: &[Axis], plot: Rect, palette: &Palette) {
    for (index, axis) in axes.iter().enumerate() {
        painter.vline(axis.x, plot.y_range(), Stroke::new(1.0, palette.unjudged));
        let last = index + 1 == axes.len();
        let space = plot.width() / (axes.len() - 1).max(1) as f32;
        for (share, text) in axis.scale.marks() {
            let y = height(plot, share);
            painter.hline(axis.x - 3.0..=axis.x + 3.0, y, Stroke::new(1.0, palette.unjudged));
            let text = if last { widgets::decimal(text.parse().unwrap_or(0.0)) } else { text };
            mark(painter, pos2(axis.x + 6.0, y), &text, if last { 58.0 } else { space - 14.0 }, palette);
        }
    }
}

/// A tick label on a background that separates it from the lines behind it.
fn mark(painter: &Painter, at: Pos2, label: &str, width: f32, palette: &Palette) {
    let galley = text::line(painter, label, FontId::proportional(10.5), palette.text, width.max(20.0));
    let rect = Rect::from_min_size(at - vec2(0.0, galley.size().y * 0.5), galley.size());
    painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), 2, palette.panel.gamma_multiply(0.8));
    painter.galley(rect.min, galley, palette.text);
}

/// The range of an axis, in shares of its length, that a filter term accepts.
fn brushed_range(axis: &Axis, asked: &str) -> Option<(f32, f32)> {
    let key = format!("{}={asked}", axis.key);
    let filter = Filter::parse(&key);
    let accepted = axis.values.iter().flatten().filter(|value| filter.accepts(&axis.key, value));
    let shares: Vec<f32> = accepted.filter_map(|value| axis.scale.position(value)).collect();
    let low = shares.iter().copied().reduce(f32::min)?;
    Some((low, shares.iter().copied().fold(low, f32::max)))
}

fn paint_brush(ui: &Ui, x: f32, top: f32, bottom: f32, palette: &Palette) {
    let rect = Rect::from_x_y_ranges(x - 7.0..=x + 7.0, top..=bottom);
    let fill: Color32 = palette.accent.gamma_multiply(0.25);
    ui.painter().rect(rect, 3, fill, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
}

fn hover_ui(ui: &mut Ui, run: &RunFacts, axes: &[Axis], objective: Objective) {
    let palette = theme::palette(ui.visuals());
    ui.label(widgets::strong_text(&run.saved.record.name));
    egui::Grid::new("run").num_columns(2).spacing(vec2(12.0, 2.0)).show(ui, |ui| {
        for axis in &axes[..axes.len() - 1] {
            ui.label(egui::RichText::new(&axis.title).color(palette.weak));
            let name = run.parameters.iter().find(|(name, _)| short_name(name) == axis.key);
            ui.label(name.map_or_else(String::new, |(_, value)| value.to_string()));
            ui.end_row();
        }
        ui.label(egui::RichText::new(objective.name()).color(palette.weak));
        ui.label(run.measure(objective).map_or_else(|| "–".to_owned(), widgets::decimal));
        ui.end_row();
    });
    widgets::caption(ui, "Click to select the run.");
}
