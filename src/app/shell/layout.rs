//! The panels and how they lie.

use crate::app::Parts;
use crate::app::kit::{icons, theme};
use crate::app::panels::{self, data, embeddings, experiments, queries, ranking, runs, studies, training, tune};
use crate::workspace::{Action, PanelLayout, Workspace};
use egui::{RichText, Ui, WidgetText};
use egui_tiles::{
    Behavior, Container, EditAction, Linear, LinearDir, SimplificationOptions, Tile, TileId, Tiles, Tree, UiResponse,
};
use serde::{Deserialize, Serialize};

/// One panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Panel {
    /// The list of queries.
    Queries,
    /// The current query's graph.
    Graph,
    /// The three rankings.
    Ranking,
    /// Curves of the run.
    Training,
    /// Signals, graph, model and optimisation.
    Tune,
    /// The selected image.
    Details,
    /// What was loaded, visual vectors, what is wrong.
    Data,
    /// Saved runs.
    Runs,
    /// Many runs at once: table, plots, comparison.
    Experiments,
    /// Ablations, cross-validations and sweeps.
    Studies,
    /// The encoder, two embeddings compared, maps.
    Embeddings,
}

impl Panel {
    /// All of them.
    pub const ALL: [Panel; 11] = [
        Panel::Queries,
        Panel::Graph,
        Panel::Ranking,
        Panel::Training,
        Panel::Tune,
        Panel::Details,
        Panel::Data,
        Panel::Runs,
        Panel::Experiments,
        Panel::Studies,
        Panel::Embeddings,
    ];

    /// The tab's title.
    pub fn name(self) -> &'static str {
        match self {
            Panel::Queries => "Queries",
            Panel::Graph => "Graph",
            Panel::Ranking => "Ranking",
            Panel::Training => "Training",
            Panel::Tune => "Tune",
            Panel::Details => "Image",
            Panel::Data => "Data",
            Panel::Runs => "Runs",
            Panel::Experiments => "Experiments",
            Panel::Studies => "Studies",
            Panel::Embeddings => "Embeddings",
        }
    }

    /// By its title, in any case.
    pub fn by_name(name: &str) -> Option<Panel> {
        Panel::ALL.into_iter().find(|panel| panel.name().eq_ignore_ascii_case(name))
    }
}

/// What the tiles need while they are drawn.
pub struct Panels<'a> {
    pub workspace: &'a Workspace,
    pub parts: &'a mut Parts,
    pub actions: &'a mut Vec<Action>,
    pub edited: bool,
}

impl Behavior<Panel> for Panels<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, panel: &mut Panel) -> UiResponse {
        let palette = theme::palette(ui.visuals());
        egui::Frame::new().fill(palette.panel).inner_margin(egui::Margin::same(8)).show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            let (workspace, actions) = (self.workspace, &mut *self.actions);
            match panel {
                Panel::Queries => queries::queries_ui(ui, &mut self.parts.queries, workspace, actions),
                Panel::Graph => self.parts.graph.show(ui, workspace, &mut self.parts.thumbnails, actions),
                Panel::Ranking => {
                    ranking::ranking_ui(ui, &mut self.parts.ranking, workspace, &mut self.parts.thumbnails, actions);
                }
                Panel::Training => training::curves_ui(ui, &mut self.parts.curves, workspace, actions),
                Panel::Tune => tune::tune_ui(ui, workspace, actions),
                Panel::Details => panels::image::details_ui(ui, workspace, &mut self.parts.thumbnails, actions),
                Panel::Data => data::data_ui(ui, &mut self.parts.data, workspace, actions),
                Panel::Runs => runs::runs_ui(ui, workspace, actions),
                Panel::Studies => studies::studies_ui(ui, &mut self.parts.studies, workspace, actions),
                Panel::Embeddings => {
                    let (panel, pictures) = (&mut self.parts.embedding, &mut self.parts.thumbnails);
                    embeddings::embedding_ui(ui, panel, workspace, pictures, actions);
                }
                Panel::Experiments => {
                    let (panel, pictures) = (&mut self.parts.experiments, &mut self.parts.thumbnails);
                    experiments::experiments_ui(ui, panel, workspace, pictures, actions);
                }
            }
        });
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, panel: &Panel) -> WidgetText {
        let count = self.workspace.session().map_or(0, |session| session.warnings.len());
        match panel {
            Panel::Data if count > 0 => RichText::new(format!("Data  {} {count}", icons::WARNING)).into(),
            other => other.name().into(),
        }
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        28.0
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        theme::GRID
    }

    fn tab_bar_color(&self, visuals: &egui::Visuals) -> egui::Color32 {
        theme::palette(visuals).ground
    }

    fn tab_bg_color(
        &self,
        visuals: &egui::Visuals,
        _tiles: &Tiles<Panel>,
        _tile: TileId,
        state: &egui_tiles::TabState,
    ) -> egui::Color32 {
        if state.active { theme::palette(visuals).panel } else { egui::Color32::TRANSPARENT }
    }

    fn tab_outline_stroke(
        &self,
        _visuals: &egui::Visuals,
        _tiles: &Tiles<Panel>,
        _tile: TileId,
        _state: &egui_tiles::TabState,
    ) -> egui::Stroke {
        egui::Stroke::NONE
    }

    fn tab_bar_hline_stroke(&self, _visuals: &egui::Visuals) -> egui::Stroke {
        egui::Stroke::NONE
    }

    fn tab_text_color(
        &self,
        visuals: &egui::Visuals,
        _tiles: &Tiles<Panel>,
        _tile: TileId,
        state: &egui_tiles::TabState,
    ) -> egui::Color32 {
        let palette = theme::palette(visuals);
        if state.active { palette.text } else { palette.weak }
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }

    fn on_edit(&mut self, _edit: EditAction) {
        self.edited = true;
    }
}

/// The layout people start with.
pub fn standard() -> Tree<Panel> {
    let mut tiles = Tiles::default();
    let mut tabs = |panels: &[Panel]| {
        let children = panels.iter().map(|&panel| tiles.insert_pane(panel)).collect();
        tiles.insert_tab_tile(children)
    };
    let left = tabs(&[Panel::Queries, Panel::Data, Panel::Runs]);
    let graph = tabs(&[Panel::Graph, Panel::Embeddings, Panel::Experiments, Panel::Studies]);
    let ranking = tabs(&[Panel::Ranking]);
    let training = tabs(&[Panel::Training]);
    let tune = tabs(&[Panel::Tune]);
    let details = tabs(&[Panel::Details]);
    let mut linear = |dir: LinearDir, parts: &[(TileId, f32)]| {
        let mut linear = Linear::new(dir, parts.iter().map(|part| part.0).collect());
        for &(tile, share) in parts {
            linear.shares.set_share(tile, share);
        }
        tiles.insert_new(Tile::Container(Container::Linear(linear)))
    };
    let middle = linear(LinearDir::Vertical, &[(graph, 0.62), (training, 0.38)]);
    let side = linear(LinearDir::Vertical, &[(tune, 0.56), (details, 0.44)]);
    let root = linear(LinearDir::Horizontal, &[(left, 0.165), (middle, 0.385), (ranking, 0.245), (side, 0.205)]);
    Tree::new(egui::Id::unique("panels"), root, tiles)
}

/// One panel alone.
pub fn single(panel: Panel) -> Tree<Panel> {
    Tree::new_tabs(egui::Id::unique("panels"), vec![panel])
}

/// The panels over many runs, with the whole window.
pub fn wide() -> Tree<Panel> {
    Tree::new_tabs(egui::Id::unique("panels"), vec![Panel::Experiments, Panel::Studies])
}

/// The layout that was kept, with panels that it does not know yet behind the graph; else the standard one.
pub fn restore(layout: Option<&serde_json::Value>) -> Tree<Panel> {
    let kept = layout.and_then(|layout| serde_json::from_value::<Tree<Panel>>(layout.clone()).ok());
    kept.and_then(complete).unwrap_or_else(standard)
}

fn complete(mut tree: Tree<Panel>) -> Option<Tree<Panel>> {
    let graph = tree.tiles.find_pane(&Panel::Graph)?;
    let tabs = tree.tiles.parent_of(graph)?;
    for panel in Panel::ALL {
        if tree.tiles.find_pane(&panel).is_none() {
            let tile = tree.tiles.insert_pane(panel);
            match tree.tiles.get_mut(tabs)? {
                Tile::Container(Container::Tabs(tabs)) => tabs.add_child(tile),
                _ => return None,
            }
        }
    }
    Some(tree)
}

/// The layout, to be kept.
pub fn save(tree: &Tree<Panel>) -> PanelLayout {
    serde_json::to_value(tree).ok()
}

/// Brings a panel's tab to the front.
pub fn focus(tree: &mut Tree<Panel>, panel: Panel) {
    tree.make_active(|_, tile| matches!(tile, Tile::Pane(known) if *known == panel));
}
