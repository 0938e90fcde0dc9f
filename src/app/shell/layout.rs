//! The layout of the panels.

use crate::app::ctx::PanelCtx;
use crate::app::kit::{icons, theme};
use crate::app::panels::{Dock, Panel, Panels};
use crate::workspace::{PanelLayout, SettingsAction};
use egui::{RichText, Ui, WidgetText};
use egui_tiles::{
    Behavior, Container, EditAction, Linear, LinearDir, SimplificationOptions, Tile, TileId, Tiles, Tree, UiResponse,
};

/// The panels over many runs, which can be maximised together.
const WIDE: [Panel; 2] = [Panel::Experiments, Panel::Studies];

/// The current layout.
pub struct Desk {
    tree: Tree<Panel>,
    /// The ordinary layout, while the panels over many runs are maximised.
    parked: Option<Tree<Panel>>,
    /// Whether one panel fills the window, without the bars.
    alone: bool,
}

impl Desk {
    /// The saved layout, else the default one.
    pub fn restore(layout: Option<&serde_json::Value>) -> Self {
        Self { tree: restore(layout), parked: None, alone: false }
    }

    /// Whether one panel fills the window.
    pub fn is_alone(&self) -> bool {
        self.alone
    }

    /// Brings a panel to the front.
    pub fn show_panel(&mut self, panel: Panel) {
        if !WIDE.contains(&panel)
            && let Some(tree) = self.parked.take()
        {
            self.tree = tree;
        }
        self.tree.make_active(|_, tile| matches!(tile, Tile::Pane(known) if *known == panel));
    }

    /// Lets one panel fill the window, without the bars.
    pub fn show_only(&mut self, panel: Panel) {
        self.alone = true;
        self.tree = tabs(vec![panel]);
    }

    /// Maximises the panels over many runs, or restores the others.
    pub fn toggle_wide(&mut self) {
        match self.parked.take() {
            Some(tree) => self.tree = tree,
            None => self.parked = Some(std::mem::replace(&mut self.tree, tabs(WIDE.to_vec()))),
        }
    }

    /// Restores the default layout.
    pub fn reset(&mut self) -> PanelLayout {
        self.parked = None;
        self.tree = default_tree();
        save(&self.tree)
    }

    /// Draws the panels; saves the layout when the user changes it.
    pub fn show(&mut self, ui: &mut Ui, panels: &mut Panels, ctx: &mut PanelCtx<'_>) {
        let mut drawn = Drawn { panels, ctx, edited: false };
        self.tree.ui(&mut drawn, ui);
        if drawn.edited && self.parked.is_none() {
            ctx.act(SettingsAction::SetPanels(save(&self.tree)));
        }
    }
}

/// What the tiles need for drawing.
struct Drawn<'a, 'b> {
    panels: &'a mut Panels,
    ctx: &'a mut PanelCtx<'b>,
    edited: bool,
}

impl Behavior<Panel> for Drawn<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, panel: &mut Panel) -> UiResponse {
        let palette = theme::palette(ui.visuals());
        egui::Frame::new().fill(palette.panel).inner_margin(egui::Margin::same(8)).show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            self.panels.view(*panel).show(ui, self.ctx);
        });
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, panel: &Panel) -> WidgetText {
        match self.panels.view(*panel).badge(self.ctx.workspace()) {
            Some(badge) => RichText::new(format!("{}  {} {badge}", panel.name(), icons::WARNING)).into(),
            None => panel.name().into(),
        }
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        28.0
    }

    fn min_size(&self) -> f32 {
        140.0
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

/// The default layout.
fn default_tree() -> Tree<Panel> {
    let mut tiles = Tiles::default();
    let mut tabs = |dock: Dock| {
        let panels = Panel::ALL.into_iter().filter(|panel| panel.dock() == dock);
        let children = panels.map(|panel| tiles.insert_pane(panel)).collect();
        tiles.insert_tab_tile(children)
    };
    let [left, middle, below, beside, right, corner] =
        [Dock::Left, Dock::Middle, Dock::Below, Dock::Beside, Dock::Right, Dock::Corner].map(&mut tabs);
    let mut linear = |dir: LinearDir, parts: &[(TileId, f32)]| {
        let mut linear = Linear::new(dir, parts.iter().map(|part| part.0).collect());
        for &(tile, share) in parts {
            linear.shares.set_share(tile, share);
        }
        tiles.insert_new(Tile::Container(Container::Linear(linear)))
    };
    let middle = linear(LinearDir::Vertical, &[(middle, 0.62), (below, 0.38)]);
    let side = linear(LinearDir::Vertical, &[(right, 0.56), (corner, 0.44)]);
    let root = linear(LinearDir::Horizontal, &[(left, 0.165), (middle, 0.385), (beside, 0.245), (side, 0.205)]);
    Tree::new(egui::Id::unique("panels"), root, tiles)
}

/// Panels as tabs that fill the window.
fn tabs(panels: Vec<Panel>) -> Tree<Panel> {
    Tree::new_tabs(egui::Id::unique("panels"), panels)
}

/// The saved layout, with panels it lacks added as tabs beside the graph; else the default one.
fn restore(layout: Option<&serde_json::Value>) -> Tree<Panel> {
    let saved = layout.and_then(|layout| serde_json::from_value::<Tree<Panel>>(layout.clone()).ok());
    saved.and_then(complete).unwrap_or_else(default_tree)
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

/// The layout in its saved form.
fn save(tree: &Tree<Panel>) -> PanelLayout {
    serde_json::to_value(tree).ok()
}
