//! Every setting of the next run: signals, graph, network, optimisation.

mod choose;
mod settings;

use super::PanelView;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::train::{Experiment, Preset, Section, Setting};
use crate::workspace::{Session, SettingsAction};
use choose::Drafts;
use egui::{AtomExt, RichText, ScrollArea, Ui};
use settings::{section_ui, slider_ui};

/// The path of the setting that also has a slider above the graph.
const NEIGHBOURS: &str = "graph.k";

/// The panel.
#[derive(Default)]
pub struct TunePanel {
    drafts: Drafts,
}

impl PanelView for TunePanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let mut experiment = ctx.settings().experiment.clone();
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            signals_ui(ui, ctx.session(), &mut experiment);
            for section in [Section::Graph, Section::Network, Section::Optimisation] {
                widgets::folded(ui, section.title(), true, |ui| {
                    section_ui(ui, ctx.session(), section, &mut experiment);
                    match section {
                        Section::Network => parameters_ui(ui, ctx.session(), &experiment),
                        Section::Optimisation => warm_start_ui(ui, ctx),
                        _ => {}
                    }
                });
            }
            self.drafts.show(ui, &mut experiment);
            ui.add_space(2.0 * GRID);
            if ui.button(format!("{}  Reset to preset", icons::RESET)).clicked() {
                experiment = Preset::Best.experiment();
                self.drafts = Drafts::default();
            }
        });
        if experiment != ctx.settings().experiment {
            ctx.act(SettingsAction::SetExperiment(Box::new(experiment)));
        }
    }
}

/// The slider for the number of neighbours, above the graph.
pub fn neighbours_slider(ui: &mut Ui, k: &mut usize) -> bool {
    let before = *k;
    if let Some(setting) = Setting::find(NEIGHBOURS) {
        slider_ui(ui, setting, k);
    }
    *k != before
}

/// The size of the network.
fn parameters_ui(ui: &mut Ui, session: Option<&Session>, experiment: &Experiment) {
    let dim = session.and_then(|session| session.vectors()).map_or(0, |vectors| vectors.dim);
    let signals = session.map(|session| session.data.signals.infos.len());
    let signals = experiment.features.as_ref().map(Vec::len).or(signals).unwrap_or(0);
    // The vectors' dimension is an upper bound; the true number is known only once they have been analysed.
    let components = if experiment.whitens() { experiment.visual.components.min(dim) } else { 0 };
    let config = experiment.model.config((signals, components), dim, 0);
    widgets::caption(ui, format!("{} trainable parameters", config.map_or(0, |config| config.parameter_count())));
}

/// Whether training starts from the open run.
fn warm_start_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let mut is_on = ctx.settings().warm_start;
    let help =
        "Start from the weights of the open run, whose network has the same shape and signals, instead of new ones";
    widgets::field(ui, "Warm start", help, |ui| {
        if ui.checkbox(&mut is_on, "from the open run").accessible_name("Warm start").changed() {
            ctx.act(SettingsAction::SetWarmStart(is_on));
        }
    });
    if is_on {
        let open = ctx.workspace().warm_start();
        let name = open.as_deref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
        widgets::caption(ui, name.map_or("No run is open: new weights.".to_owned(), |name| format!("From {name}.")));
    }
}

fn signals_ui(ui: &mut Ui, session: Option<&Session>, experiment: &mut Experiment) {
    widgets::folded(ui, "Signals", true, |ui| {
        let Some(session) = session else {
            widgets::caption(ui, "Open a data set to choose its signals.");
            return;
        };
        widgets::caption(
            ui,
            "The network's inputs for each image. Bars show the correlation with relevance on train and validation.",
        );
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
            let names = names.into_iter().zip(chosen).filter(|(_, on)| *on).map(|(name, _)| name).collect();
            experiment.features = if all { None } else { Some(names) };
        }
        section_ui(ui, Some(session), Section::Signals, experiment);
    });
}

fn signal_ui(ui: &mut Ui, session: &Session, index: usize, on: &mut bool) -> bool {
    let palette = theme::palette(ui.visuals());
    let (info, statistics) = (&session.data.signals.infos[index], &session.statistics[index]);
    let row = egui::Layout::right_to_left(egui::Align::Center);
    let size = egui::vec2(ui.available_width(), theme::ROW);
    ui.allocate_ui_with_layout(size, row, |ui| {
        if let Some(correlation) = statistics.correlation {
            let text = format!("{}{:.2}", if correlation < 0.0 { "−" } else { "" }, correlation.abs());
            ui.label(RichText::new(text).small().color(palette.weak));
            let colour = if correlation < 0.0 { palette.irrelevant } else { palette.accent };
            let width = (0.25 * ui.available_width()).min(44.0);
            widgets::bar(ui, correlation.abs(), width, colour).on_hover_text(
                "Correlation with relevance within the train and validation queries, not the test queries",
            );
        }
        // The name gets the rest, and is truncated if that is too little.
        let rest = egui::Layout::left_to_right(egui::Align::Center);
        let name = egui::Checkbox::new(on, info.name.as_str().atom_shrink(true));
        let changed = ui.with_layout(rest, |ui| ui.add(name)).inner.on_hover_ui(|ui| {
            ui.set_max_width(320.0);
            ui.label(widgets::strong_text(&info.name));
            ui.label(&info.description);
            let range = format!("{:.3} to {:.3}, mean {:.3}", statistics.min, statistics.max, statistics.mean);
            ui.label(RichText::new(format!("{range}; {} missing", statistics.missing)).color(palette.weak));
        });
        changed.changed()
    })
    .inner
}
