//! The current query's graph: pictures as nodes, joined to their neighbours, with pan and zoom.

mod canvas;
mod edges;
mod only;
mod parts;
mod player;
mod scene;
mod tooltip;
mod two;

use super::{PanelView, epoch, tune};
use crate::app::ctx::PanelCtx;
use crate::app::filter;
use crate::app::kit::{icons, theme, widgets};
use crate::workspace::{
    DataAction, EmbeddingAction, MOST_DRAWN, PropagationAction, Session, SettingsAction, TwoGraphsAction, Workspace,
};
use egui::Ui;

pub use canvas::{GraphCanvas, ShownGraph};
pub use only::Only;
use two::TwoGraphs;

/// Width from which the slider is beside the query.
const WIDE: f32 = 480.0;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct GraphPanel {
    canvas: GraphCanvas,
    two: TwoGraphs,
}

impl PanelView for GraphPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let Some(session) = ctx.session() else {
            no_data(ui, ctx);
            return;
        };
        self.toolbar_ui(ui, session, ctx);
        filter::chips_ui(ui, false, ctx);
        let Some(view) = session.view() else {
            no_graph(ui, session, ctx);
            return;
        };
        if ctx.workspace().two_graphs().is_open() {
            self.two.show(ui, session, ctx);
            return;
        }
        let passing = ctx.workspace().passing();
        let propagation = ctx.workspace().propagation();
        let stages = propagation.stages().filter(|stages| stages.is_of(session.query(), view.n()));
        let played = stages.map(|stages| player::Played { stages, head: propagation.playhead() });
        let shown = ShownGraph {
            session,
            view,
            look: ctx.settings().look,
            name: None,
            passing,
            played,
            ranking: None,
            only: None,
            explained: ctx.workspace().explained(),
        };
        if !propagation.is_open() {
            self.canvas.show(ui, &shown, ctx);
            return;
        }
        let below = player::height(ui, stages.is_some());
        let size = egui::vec2(ui.available_width(), ui.available_height() - below);
        ui.allocate_ui(size, |ui| self.canvas.show(ui, &shown, ctx));
        player::player_ui(ui, session, ctx);
    }

    fn reset(&mut self) {
        *self = Self::default();
    }
}

impl GraphPanel {
    /// Fits the graph to the panel.
    pub fn fit(&mut self) {
        self.canvas.fit();
        self.two.fit();
    }

    fn toolbar_ui(&mut self, ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) {
        let is_wide = ui.available_width() >= WIDE;
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if widgets::icon_button(ui, icons::FIT, "Fit graph to panel (F)").clicked() {
                    self.fit();
                }
                look_menu_ui(ui, ctx);
                filter::button_ui(ui, ctx);
                let is_open = ctx.workspace().two_graphs().is_open();
                let name = if is_open { "One graph (B)" } else { "Two graphs side by side (B)" };
                if widgets::icon_button(ui, icons::SPLIT, name).clicked() {
                    ctx.act(TwoGraphsAction::Show(!is_open));
                }
                let is_open = ctx.workspace().propagation().is_open();
                let name = if is_open { "Close the player (G)" } else { "Play how this ranking comes about (G)" };
                if widgets::icon_button(ui, icons::PLAY, name).clicked() {
                    ctx.act(PropagationAction::Show(!is_open));
                }
                if is_wide {
                    ui.scope(|ui| {
                        // Laid out from right to left, the name of the slider comes after it.
                        neighbours_ui(ui, ctx, true);
                    });
                    epoch::chip_ui(ui, ctx);
                }
                // The query gets the rest of the row; a long one is truncated.
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| query_ui(ui, session));
            });
        });
        if !is_wide {
            ui.horizontal(|ui| {
                neighbours_ui(ui, ctx, false);
                epoch::chip_ui(ui, ctx);
            });
        }
    }
}

/// The slider for the number of neighbours, and its name.
fn neighbours_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, name_last: bool) {
    let weak = theme::palette(ui.visuals()).weak;
    let name = |ui: &mut Ui| ui.label(egui::RichText::new("Neighbours").color(weak));
    if !name_last {
        name(ui);
    }
    let mut experiment = ctx.settings().experiment.clone();
    if tune::neighbours_slider(ui, &mut experiment.graph.k) {
        experiment.fix("graph.k");
        ctx.act(SettingsAction::SetExperiment(Box::new(experiment)));
    }
    if name_last {
        name(ui);
    }
}

/// The query's text and its split.
fn query_ui(ui: &mut Ui, session: &Session) {
    let query = &session.data.dataset.queries[session.query()];
    let split = session.splits()[session.query()].name();
    let small = egui::TextStyle::Small.resolve(ui.style());
    let weak = theme::palette(ui.visuals()).weak;
    let needed = ui.painter().layout_no_wrap(split.to_owned(), small, weak).size().x + ui.spacing().item_spacing.x;
    let width = ui.available_width() - needed;
    ui.scope(|ui| {
        ui.set_max_width(width.max(40.0));
        widgets::one_line(ui, widgets::strong_text(&query.text));
    });
    if width > 40.0 {
        ui.label(egui::RichText::new(split).color(weak).small());
    }
}

fn look_menu_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    ui.menu_button(format!("View {}", icons::DOWN), |ui| {
        let mut look = ctx.settings().look;
        for (name, on) in [
            ("Pictures", &mut look.thumbnails),
            ("Edges", &mut look.edges),
            ("Ranks", &mut look.ranks),
            ("Size by score", &mut look.size_by_score),
        ] {
            ui.checkbox(on, name);
        }
        if look != ctx.settings().look {
            ctx.act(SettingsAction::SetGraphLook(look));
        }
    });
}

fn no_data(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    if ctx.workspace().loading().is_running() {
        widgets::empty_state(ui, icons::GRAPH, "Opening…", "Reading files and computing signals.", None);
        return;
    }
    let text = "Drop a folder here, or open one with Ctrl+O. Crossrank reads its own folder format, MediaEval \
                Retrieving Diverse Social Images, NAVER's DCMM release, and TREC files.";
    if widgets::empty_state(ui, icons::GRAPH, "No data set open", text, Some("Open built-in sample"))
        && let Some(sample) = Workspace::sample()
    {
        ctx.act(DataAction::Open(sample));
    }
}

fn no_graph(ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    if session.is_building() || workspace.loading().is_running() {
        let comparing = session.comparing().filter(|(progress, _)| progress.total > 0);
        let usual = || "Comparing the query's images.".to_owned();
        let text = comparing.map_or_else(usual, |(progress, elapsed)| widgets::progress_text(progress, elapsed));
        widgets::empty_state(ui, icons::GRAPH, "Building the graph…", &text, None);
    } else if session.vectors().is_some() && session.is_too_large_to_draw() {
        let text = format!("Graphs of up to {} images are drawn. All images are ranked.", widgets::count(MOST_DRAWN));
        widgets::empty_state(ui, icons::GRAPH, "Too many images to draw", &text, None);
    } else if workspace.embedding().is_running() {
        let text = "The graph appears once every picture has a vector.";
        widgets::empty_state(ui, icons::CPU, "Computing embeddings…", text, None);
    } else if session.summary.pictures > 0 {
        let text = "The graph connects images that look alike, so every picture needs a vector. Crossrank can compute \
                    them with its bundled encoder; the Embeddings panel offers others.";
        if widgets::empty_state(ui, icons::CPU, "No visual vectors yet", text, Some("Compute embeddings")) {
            ctx.act(EmbeddingAction::Compute);
        }
    } else {
        let text = "This data set has neither pictures nor visual vectors. Add pictures or a file of visual vectors.";
        widgets::empty_state(ui, icons::IMAGE, "Nothing to compare", text, None);
    }
}
