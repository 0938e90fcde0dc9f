//! The shown run over graphs of other numbers of neighbours: measures and properties of the graph against k.

use super::{PanelView, epoch};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, Palette};
use crate::app::kit::{icons, plot, widgets};
use crate::dataset::Split;
use crate::study::{Figure, Sensitivity};
use crate::workspace::{LensAction, SettingsAction, Workspace};
use egui::{CursorIcon, EventFilter, Key, Modifiers, Response, RichText, Ui, Vec2, WidgetInfo};
use egui_plot::{Line, LineStyle, PlotPoints, PlotTransform, VLine};

/// The panel.
#[derive(Default)]
pub struct NeighboursPanel;

/// What is drawn.
struct Shown<'a> {
    found: &'a Sensitivity,
    /// The current query, and those that are averaged over.
    query: usize,
    queries: &'a [usize],
    over: Split,
    /// The number of neighbours at hand.
    k: usize,
}

impl PanelView for NeighboursPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let workspace = ctx.workspace();
        if let Some((progress, elapsed)) = workspace.neighbours().progress() {
            let text = widgets::progress_text(progress, elapsed);
            if widgets::empty_state(ui, icons::GRAPH, "Measuring…", &text, Some("Cancel")) {
                ctx.act(LensAction::CancelNeighbours);
            }
            return;
        }
        let (Some(session), Some((found, is_current))) = (ctx.session(), workspace.sensitivity()) else {
            start_ui(ui, ctx);
            return;
        };
        let over = workspace.neighbours().over();
        let of_split = |query: &usize| session.splits()[*query] == over && session.data.judgements.is_judged(*query);
        let queries: Vec<usize> = (0..session.splits().len()).filter(of_split).collect();
        let k = ctx.settings().experiment.graph.k;
        let shown = Shown { found, query: session.query(), queries: &queries, over, k };
        heading_ui(ui, &shown, is_current, ctx);
        let height = ui.available_height() - 1.0;
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            plot::side_by_side(ui, Figure::ALL.len(), height, |ui, at, size| {
                plot_ui(ui, Figure::ALL[at], &shown, size, ctx);
            });
        });
    }
}

/// What is there before anything was measured.
fn start_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let usual = "Ranks every query by the shown run over graphs of 1 to 100 neighbours, without training again, and shows \
                 measures, homophily, components and hubness against k.";
    let (title, text) = match workspace.neighbours_failure() {
        Some(reason) => ("It could not be measured", crate::base::sentence(reason)),
        None => ("How much depends on k?", usual.to_owned()),
    };
    let obstacle = workspace.neighbours_obstacle();
    if widgets::empty_unless(ui, (icons::GRAPH, title, &text), "Measure", obstacle) {
        ctx.act(LensAction::MeasureNeighbours);
    }
}

fn heading_ui(ui: &mut Ui, shown: &Shown<'_>, is_current: bool, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let palette = theme::palette(ui.visuals());
    ui.horizontal_wrapped(|ui| {
        epoch::chip_ui(ui, ctx);
        let text = match shown.found.uses_graph {
            true => format!("{} neighbours, trained with {}", shown.k, shown.found.own),
            false => "this model ranks without a graph".to_owned(),
        };
        widgets::caption(ui, text);
        plot::key_ui(ui, "this query", palette.curves[1], false, palette);
        plot::key_ui(ui, "mean of", palette.curves[0], false, palette);
        let mut over = shown.over;
        widgets::choices(ui, "Queries averaged over", of_text(shown), |ui| {
            for split in [Split::Validation, Split::Test, Split::Train] {
                ui.selectable_value(&mut over, split, format!("{} queries", split.name()));
            }
        });
        if over != shown.over {
            ctx.act(LensAction::AverageNeighbours(over));
        }
        if let Some((text, hint)) = caution(workspace, over) {
            widgets::caption(ui, text).on_hover_text(hint);
        }
        if !is_current && ui.small_button("Measure again").on_hover_text("Judgements have changed since.").clicked() {
            ctx.act(LensAction::MeasureNeighbours);
        }
    });
}

/// `6 validation queries`.
fn of_text(shown: &Shown<'_>) -> String {
    let (count, over) = (shown.queries.len(), shown.over.name());
    format!("{} {over} {}", widgets::count(count), if count == 1 { "query" } else { "queries" })
}

/// What the mean over a split can not be used for, and why.
fn caution(workspace: &Workspace, over: Split) -> Option<(&'static str, &'static str)> {
    let is_retrained = workspace.training().run().is_some_and(|run| run.record.retrained.is_some());
    match over {
        Split::Test => Some((
            "only measured",
            "Choose k by validation queries: figures of test queries would be too optimistic for a k chosen by them.",
        )),
        Split::Train => Some(("learned from", "The network has learned from these queries with its own k.")),
        Split::Validation if is_retrained => Some((
            "learned from in retraining",
            "After its retraining on train and validation queries, the network has learned from these with its own k. \
             Without retraining, they are a fair guide to k.",
        )),
        Split::Validation => None,
    }
}

fn plot_ui(ui: &mut Ui, figure: Figure, shown: &Shown<'_>, size: Vec2, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    let (of_query, mean) = (shown.found.of_query(shown.query, figure), shown.found.mean(shown.queries, figure));
    let at = shown.found.nearest(shown.k);
    let value = |curve: &[Option<f64>]| at.and_then(|at| *curve.get(at)?).map(|value| figure_text(figure, value));
    let values = [value(&of_query), value(&mean)];
    ui.vertical(|ui| {
        ui.set_width(size.x);
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 14.0;
        title_ui(ui, figure, &values, palette);
        let plot = plot::small_ratios(("k", figure), "k =", palette)
            .height((size.y - 18.0).max(60.0))
            .width(size.x)
            .allow_drag(false)
            .allow_zoom(false)
            .allow_boxed_zoom(false)
            .allow_double_click_reset(false);
        plot::small_text(ui);
        let drawn = plot.show(ui, |plot| {
            curves(
                plot,
                shown,
                [("mean", &mean, palette.curves[0]), ("this query", &of_query, palette.curves[1])],
                palette,
            );
        });
        let response = drawn.response.on_hover_cursor(CursorIcon::ResizeHorizontal);
        let [own, mean] = values.map(|value| value.unwrap_or_else(|| "not defined".to_owned()));
        let name = format!("Neighbours, {figure}: this query {own}, mean {mean}");
        response.widget_info(|| WidgetInfo::slider(true, shown.k as f64, &name));
        choose_k(ui, &response, &drawn.transform, shown, ctx);
    });
}

fn title_ui(ui: &mut Ui, figure: Figure, [own, mean]: &[Option<String>; 2], palette: &Palette) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let title = ui.label(RichText::new(figure.name()).small().color(palette.text));
        title.on_hover_text(figure.explanation());
        for (value, colour) in [(own, palette.curves[1]), (mean, palette.curves[0])] {
            if let Some(value) = value {
                ui.label(RichText::new(value).small().color(colour));
            }
        }
    });
}

/// A figure with the decimals that it deserves.
fn figure_text(figure: Figure, value: f64) -> String {
    match figure {
        Figure::Components if value.fract() == 0.0 => format!("{value:.0}"),
        Figure::Components | Figure::Hubness => format!("{value:.1}").replace('-', "−"),
        _ => widgets::decimal(value),
    }
}

fn curves(
    plot: &mut egui_plot::PlotUi<'_>,
    shown: &Shown<'_>,
    curves: [(&'static str, &Vec<Option<f64>>, egui::Color32); 2],
    palette: &Palette,
) {
    for (name, values, colour) in curves {
        let points = shown.found.ks.iter().zip(values).filter_map(|(&k, value)| Some([plot::place(k), (*value)?]));
        plot.line(Line::new(name, points.collect::<PlotPoints<'_>>()).color(colour).width(1.8));
    }
    let last = shown.found.ks.last().copied().unwrap_or(1);
    let own = VLine::new("trained with", plot::place(shown.found.own)).style(LineStyle::dashed_dense());
    plot.vline(own.color(palette.weak).width(1.0));
    // One beyond the curves stands at their end.
    plot.vline(VLine::new("now", plot::place(shown.k.min(last))).color(palette.text).width(1.6));
}

/// Lets a plot over k choose one, as the slider does: by a click, by dragging, and by the arrow keys while it has the focus.
fn choose_k(ui: &Ui, plot: &Response, transform: &PlotTransform, shown: &Shown<'_>, ctx: &mut PanelCtx<'_>) {
    if plot.clicked() || plot.drag_started() {
        plot.request_focus();
    }
    let mut k = shown.k;
    let most = shown.found.ks.last().copied().unwrap_or(1).max(1);
    if let Some(at) = plot.interact_pointer_pos().filter(|_| plot.clicked() || plot.dragged()) {
        k = plot::count_at(transform.value_from_position(at).x).min(most);
    }
    if plot.has_focus() {
        // Otherwise these keys would move the focus.
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(plot.id, filter));
        // Every press counts, also of several in one frame.
        let pressed = |key: Key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        k = (k + pressed(Key::ArrowRight)).min(most);
        k = k.saturating_sub(pressed(Key::ArrowLeft)).max(1);
    }
    if k != shown.k {
        set_k(k, ctx);
    }
}

fn set_k(k: usize, ctx: &mut PanelCtx<'_>) {
    let mut experiment = ctx.settings().experiment.clone();
    experiment.graph.k = k;
    experiment.fix("graph.k");
    ctx.act(SettingsAction::SetExperiment(Box::new(experiment)));
}
