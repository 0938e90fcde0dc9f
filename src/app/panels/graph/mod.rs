//! The current query's graph: pictures as nodes, neighbours joined, pan and zoom.

mod canvas;
mod edges;
mod nodes;
mod overlay;

use super::tune;
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::{icons, theme, widgets};
use crate::workspace::{Action, Session, Settings, Workspace};
use egui::Ui;

pub use canvas::{GraphCanvas, ShownGraph};

/// What the panel remembers between frames.
#[derive(Default)]
pub struct GraphPanel {
    canvas: GraphCanvas,
}

impl GraphPanel {
    /// Another data set: start anew.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Show the whole graph.
    pub fn fit(&mut self) {
        self.canvas.fit();
    }

    /// Draws toolbar and canvas.
    pub fn show(&mut self, ui: &mut Ui, workspace: &Workspace, pictures: &mut Thumbnails, actions: &mut Vec<Action>) {
        let Some(session) = workspace.session() else {
            no_data(ui, workspace, actions);
            return;
        };
        self.toolbar_ui(ui, workspace, session, actions);
        let Some(view) = session.view() else {
            no_graph(ui, workspace, session, actions);
            return;
        };
        let shown = ShownGraph { session, view, look: workspace.settings().look, name: None };
        self.canvas.show(ui, &shown, pictures, actions);
    }

    fn toolbar_ui(&mut self, ui: &mut Ui, workspace: &Workspace, session: &Session, actions: &mut Vec<Action>) {
        let palette = theme::palette(ui.visuals());
        let query = &session.data.dataset.queries[session.query()];
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if widgets::icon_button(ui, icons::FIT, "Fit the graph to its panel (F)").clicked() {
                    self.canvas.fit();
                }
                look_menu(ui, workspace.settings(), actions);
                let mut experiment = workspace.settings().experiment.clone();
                if tune::neighbours_slider(ui, &mut experiment.graph.k) {
                    actions.push(Action::SetExperiment(Box::new(experiment)));
                }
                ui.label(egui::RichText::new("Neighbours").color(palette.weak));
                // What is left of the row is the query's; a long one is cut.
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let room = (ui.available_width() - 72.0).max(40.0);
                    ui.scope(|ui| {
                        ui.set_max_width(room);
                        widgets::one_line(ui, widgets::strong_text(&query.text));
                    });
                    let split = session.data.splits[session.query()].name();
                    ui.label(egui::RichText::new(split).color(palette.weak).small());
                });
            });
        });
    }
}

fn look_menu(ui: &mut Ui, settings: &Settings, actions: &mut Vec<Action>) {
    type Toggle = (&'static str, fn(&Settings) -> bool, fn(&mut Settings));
    const TOGGLES: [Toggle; 4] = [
        ("Pictures", |settings| settings.look.thumbnails, |settings| settings.look.thumbnails ^= true),
        ("Edges", |settings| settings.look.edges, |settings| settings.look.edges ^= true),
        ("Ranks", |settings| settings.look.ranks, |settings| settings.look.ranks ^= true),
        ("Size by score", |settings| settings.look.size_by_score, |settings| settings.look.size_by_score ^= true),
    ];
    ui.menu_button(format!("View {}", icons::DOWN), |ui| {
        for (name, get, toggle) in TOGGLES {
            let mut on = get(settings);
            if ui.checkbox(&mut on, name).changed() {
                actions.push(Action::SetView(toggle));
            }
        }
    });
}

fn no_data(ui: &mut Ui, workspace: &Workspace, actions: &mut Vec<Action>) {
    if workspace.loading().is_running() {
        widgets::empty_state(ui, icons::GRAPH, "Opening…", "Reading files and computing signals.", None);
        return;
    }
    let text = "Drop a folder here, or open one with Ctrl+O. Crossrank reads its own folder format, MediaEval Retrieving \
                Diverse Social Images, and the layout of NAVER's DCMM release.";
    if widgets::empty_state(ui, icons::GRAPH, "No data set is open", text, Some("Open the built-in sample"))
        && let Some(sample) = Workspace::sample()
    {
        actions.push(Action::Open(sample));
    }
}

fn no_graph(ui: &mut Ui, workspace: &Workspace, session: &Session, actions: &mut Vec<Action>) {
    if session.is_building() || workspace.loading().is_running() {
        widgets::empty_state(ui, icons::GRAPH, "Building the graph…", "Comparing the query's images.", None);
    } else if workspace.embedding().is_running() {
        let text = "The graph appears when every picture has its vector.";
        widgets::empty_state(ui, icons::CPU, "Computing embeddings…", text, None);
    } else if session.summary.pictures > 0 {
        let text = "The graph joins images that look alike, so every picture needs a vector. Crossrank computes them with \
                    the encoder that comes with it; the panel “Embeddings” offers others.";
        if widgets::empty_state(ui, icons::CPU, "No visual vectors yet", text, Some("Compute embeddings")) {
            actions.push(Action::Embed);
        }
    } else {
        let text = "This data set has neither pictures nor visual vectors. Add an embeddings file or pictures to it.";
        widgets::empty_state(ui, icons::IMAGE, "Nothing to compare", text, None);
    }
}
