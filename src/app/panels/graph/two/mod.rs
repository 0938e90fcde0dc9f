//! Two graphs of the current query side by side: their edges gained, lost and kept, and what a similarity has learned.

mod sides;
mod taught;

use super::canvas::{GraphCanvas, ShownGraph};
use super::only::Only;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};

use crate::workspace::{Session, TwoGraphsAction, TwoViews};
use egui::{Align, Layout, RichText, Ui, vec2};

/// Width below which the graphs are one above the other.
const NARROW: f32 = 460.0;

/// What the view remembers between frames.
#[derive(Default)]
pub struct TwoGraphs {
    canvases: [GraphCanvas; 2],
    shows_taught: bool,
}

impl TwoGraphs {
    /// Fits both graphs.
    pub fn fit(&mut self) {
        self.canvases.iter_mut().for_each(GraphCanvas::fit);
    }

    /// Draws both graphs, with what they are above them.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) {
        if ctx.workspace().wants_two_graphs() {
            ctx.act(TwoGraphsAction::Draw);
        }
        sides::presets_ui(ui, ctx);
        let two = ctx.workspace().two_graphs();
        let Some(shown) = two.shown().filter(|shown| shown.views[0].request().query == session.query()) else {
            sides::sides_ui(ui, session, ctx);
            let title = if two.is_drawing() { "Building both graphs…" } else { "Nothing to draw" };
            let text = two.problem().unwrap_or("Comparing the query's images.");
            widgets::empty_state(ui, icons::GRAPH, title, text, None);
            return;
        };
        self.counts_ui(ui, shown);
        if let (true, Some(taught)) = (self.shows_taught, &shown.taught) {
            taught::taught_ui(ui, session, taught, ctx);
        }
        self.graphs_ui(ui, session, shown, ctx);
    }
}

impl TwoGraphs {
    /// How many edges are kept, gained and lost.
    fn counts_ui(&mut self, ui: &mut Ui, shown: &TwoViews) {
        let palette = theme::palette(ui.visuals());
        ui.horizontal_wrapped(|ui| {
            let count = widgets::count;
            let [a, b] = shown.only.each_ref().map(std::collections::HashSet::len);
            ui.label(RichText::new(format!("{} pairs in both", count(shown.shared))).color(palette.weak));
            ui.label(RichText::new(format!("{} only in A", count(a))).color(palette.curves[1]));
            ui.label(RichText::new(format!("{} only in B", count(b))).color(palette.accent));
            if shown.taught.is_some() {
                ui.toggle_value(&mut self.shows_taught, "What was learned");
            }
        });
    }

    fn graphs_ui(&mut self, ui: &mut Ui, session: &Session, shown: &TwoViews, ctx: &mut PanelCtx<'_>) {
        let area = ui.available_size();
        let is_narrow = area.x < NARROW;
        let size = match is_narrow {
            true => vec2(area.x, (area.y - GRID) / 2.0),
            false => vec2((area.x - 2.0 * GRID) / 2.0, area.y),
        };
        let down = Layout::top_down(Align::Min);
        let direction = if is_narrow { down } else { Layout::left_to_right(Align::Min) };
        let sides = *ctx.workspace().two_graphs().sides();
        let before = self.canvases.each_ref().map(GraphCanvas::view_of_plane);
        ui.allocate_ui_with_layout(area, direction, |ui| {
            ui.spacing_mut().item_spacing = vec2(2.0 * GRID, GRID);
            for (at, view) in shown.views.iter().enumerate() {
                ui.allocate_ui_with_layout(size, down, |ui| {
                    ui.set_min_size(size);
                    sides::side_ui(ui, session, at, ctx);
                    let name = ["A", "B"][at];
                    let graph = ShownGraph {
                        session,
                        view,
                        look: ctx.settings().look,
                        name: Some(name),
                        passing: ctx.workspace().passing(),
                        played: None,
                        ranking: shown.rankings[at].as_ref().or_else(|| session.ranking(sides[at].order)),
                        explained: None,
                        only: Some(Only { pairs: &shown.only[at], is_blue: at == 1 }),
                    };
                    self.canvases[at].show(ui, &graph, ctx);
                });
            }
        });
        GraphCanvas::tie(&mut self.canvases, &before);
    }
}
