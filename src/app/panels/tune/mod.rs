//! Everything that decides a run: signals, graph, network, optimisation.

mod model;
mod optimisation;

use super::PanelView;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::graph::{Neighbourhood, VisualSettings};
use crate::signals::Normalisation;
use crate::train::{Experiment, Preset};
use crate::workspace::{Session, SettingsAction};
use egui::{DragValue, RichText, ScrollArea, Slider, Ui};
use optimisation::training_ui;

/// The panel; it remembers nothing.
#[derive(Default)]
pub struct TunePanel;

impl PanelView for TunePanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let mut experiment = ctx.settings().experiment.clone();
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            signals_ui(ui, ctx.session(), &mut experiment);
            graph_ui(ui, &mut experiment);
            model::model_ui(ui, ctx.session(), &mut experiment);
            training_ui(ui, &mut experiment);
            ui.add_space(2.0 * GRID);
            if ui.button(format!("{}  Reset to the preset", icons::RESET)).clicked() {
                experiment = Preset::Best.experiment();
            }
        });
        if experiment != ctx.settings().experiment {
            ctx.act(SettingsAction::SetExperiment(Box::new(experiment)));
        }
    }
}

/// The neighbours' slider, here and above the graph.
pub fn neighbours_slider(ui: &mut Ui, k: &mut usize) -> bool {
    ui.add(Slider::new(k, 1..=50).clamping(egui::SliderClamping::Edits))
        .on_hover_text("How many nearest neighbours each image has in the graph (the image itself not counted)")
        .accessible_name("Neighbours k")
        .changed()
}

fn signals_ui(ui: &mut Ui, session: Option<&Session>, experiment: &mut Experiment) {
    widgets::folded(ui, "Signals", true, |ui| {
        let Some(session) = session else {
            widgets::caption(ui, "Open a data set to choose its signals.");
            return;
        };
        widgets::caption(ui, "What the network knows about each image. The bar shows the correlation with relevance.");
        let names: Vec<String> = session.data.signals.infos.iter().map(|info| info.name.clone()).collect();
        let mut chosen: Vec<bool> = match &experiment.features {
            None => vec![true; names.len()],
            Some(features) => names.iter().map(|name| features.contains(name)).collect(),
        };
        let mut changed = false;
        for (index, on) in chosen.iter_mut().enumerate() {
            changed |= signal_ui(ui, session, index, on);
        }
        if changed {
            let all = chosen.iter().all(|on| *on);
            let kept = names.into_iter().zip(chosen).filter(|(_, on)| *on).map(|(name, _)| name).collect();
            experiment.features = if all { None } else { Some(kept) };
        }
        widgets::field(ui, "Normalisation", "How values are scaled within a query", |ui| {
            widgets::choices(ui, "Normalisation", experiment.normalisation.label(), |ui| {
                for choice in Normalisation::ALL {
                    ui.selectable_value(&mut experiment.normalisation, choice, choice.label());
                }
            });
        });
    });
}

fn signal_ui(ui: &mut Ui, session: &Session, index: usize, on: &mut bool) -> bool {
    let palette = theme::palette(ui.visuals());
    let (info, statistics) = (&session.data.signals.infos[index], &session.statistics[index]);
    ui.horizontal(|ui| {
        let changed = ui.checkbox(on, &info.name).on_hover_ui(|ui| {
            ui.set_max_width(320.0);
            ui.label(widgets::strong_text(&info.name));
            ui.label(&info.description);
            let range = format!("{:.3} to {:.3}, mean {:.3}", statistics.min, statistics.max, statistics.mean);
            ui.label(RichText::new(format!("{range}; {} missing", statistics.missing)).color(palette.weak));
        });
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let Some(correlation) = statistics.correlation else { return };
            let text = format!("{}{:.2}", if correlation < 0.0 { "−" } else { "" }, correlation.abs());
            ui.label(RichText::new(text).small().color(palette.weak));
            let colour = if correlation < 0.0 { palette.irrelevant } else { palette.accent };
            widgets::bar(ui, correlation.abs(), 44.0, colour)
                .on_hover_text("Correlation with relevance over all queries");
        });
        changed.changed()
    })
    .inner
}

fn graph_ui(ui: &mut Ui, experiment: &mut Experiment) {
    widgets::folded(ui, "Graph", true, |ui| {
        let graph = &mut experiment.graph;
        widgets::field(ui, "Neighbours k", "Nearest neighbours of each image, itself not counted", |ui| {
            neighbours_slider(ui, &mut graph.k);
        });
        widgets::field(ui, "Edges", "Which pairs count as neighbours", |ui| {
            widgets::segmented(
                ui,
                &mut graph.neighbourhood,
                &[
                    (Neighbourhood::Directed, "Directed", "Each image takes in its own k nearest (as in the paper)"),
                    (Neighbourhood::Mutual, "Mutual", "Only pairs that are among each other's k nearest"),
                    (Neighbourhood::Union, "Union", "Pairs where either is among the other's k nearest"),
                ],
            );
        });
        widgets::field(ui, "Least weight", "Edges with a smaller cosine are left out", |ui| {
            let slider = Slider::new(&mut graph.min_weight, -1.0..=1.0).custom_formatter(|value, _| match value {
                value if value <= -1.0 => "any".to_owned(),
                value => format!("{value:.2}"),
            });
            ui.add(slider).accessible_name("Least weight");
        });
        whitening_ui(ui, &mut experiment.visual);
    });
}

fn whitening_ui(ui: &mut Ui, visual: &mut VisualSettings) {
    widgets::field(
        ui,
        "Whitening",
        "Bring the visual vectors to one scale in every direction before the network sees them; the Graph panel shows \
         neighbours by the vectors as they are",
        |ui| {
            ui.checkbox(&mut visual.whiten, "").accessible_name("Whitening");
            ui.add_enabled_ui(visual.learns(), |ui| {
                ui.label("power").on_hover_text("Every value is first raised to this power; ½ damps large counts");
                ui.add(DragValue::new(&mut visual.power).range(0.1..=2.0).speed(0.01).max_decimals(2))
                    .accessible_name("Whitening power");
                ui.label("shrink").on_hover_text("The higher, the less weak directions count");
                ui.add(DragValue::new(&mut visual.shrinkage).range(0.0..=100.0).speed(0.05).max_decimals(2))
                    .accessible_name("Whitening shrinkage");
            });
        },
    );
    widgets::field(ui, "Components", "Principal components of the visual vectors added to the signals", |ui| {
        ui.add(DragValue::new(&mut visual.components).range(0..=512).speed(0.5)).accessible_name("Components");
    });
}
