//! The current query's graph under two embeddings, side by side.

use super::compare::swatch;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::app::panels::graph::{GraphCanvas, Only, ShownGraph};
use crate::graph::{GraphRequest, Homophily};
use crate::workspace::{EmbeddingAction, Session};
use egui::{RichText, Ui, vec2};

/// What the view remembers between frames.
#[derive(Default)]
pub struct GraphsView {
    canvases: [GraphCanvas; 2],
}

/// Width below which the graphs are stacked.
const NARROW: f32 = 420.0;

impl GraphsView {
    /// Draws both graphs with `k` neighbours; hovering over an image in one highlights it in both.
    pub fn show(&mut self, ui: &mut Ui, k: usize, session: &Session, ctx: &mut PanelCtx<'_>) {
        let comparison = ctx.workspace().embedding().comparison();
        let graph = GraphRequest { k, ..ctx.settings().experiment.graph };
        if !comparison.draws(session.query(), graph) {
            ctx.act(EmbeddingAction::DrawTwoGraphs(graph));
        }
        let (Some(result), [Some(a), Some(b)]) = (comparison.result(), comparison.graphs()) else {
            widgets::empty_state(ui, icons::GRAPH, "Building both graphs…", "Comparing the query's images.", None);
            return;
        };
        if a.request().query != session.query() {
            return;
        }
        let area = ui.available_size();
        let (size, across) = match area.x < NARROW {
            true => (vec2(area.x, (area.y - GRID) / 2.0), false),
            false => (vec2((area.x - 2.0 * GRID) / 2.0, area.y), true),
        };
        let alone = comparison.alone();
        let before = self.canvases.each_ref().map(GraphCanvas::view_of_plane);
        let layout = egui::Layout::top_down(egui::Align::Min);
        let direction = if across { egui::Layout::left_to_right(egui::Align::Min) } else { layout };
        ui.allocate_ui_with_layout(area, direction, |ui| {
            ui.spacing_mut().item_spacing = vec2(2.0 * GRID, GRID);
            for (side, graph) in [a, b].into_iter().enumerate() {
                ui.allocate_ui_with_layout(size, layout, |ui| {
                    ui.set_min_size(size);
                    let name = result.tables[side].name.as_str();
                    let canvas = &mut self.canvases[side];
                    let query = result.queries.get(session.query()).filter(|_| result.is_by_words);
                    let words = query.and_then(|query| query.both(k)).map(|both| both[side]);
                    heading_ui(ui, canvas, side, name, words);
                    let shown = ShownGraph {
                        session,
                        view: graph,
                        look: ctx.settings().look,
                        name: Some(name),
                        passing: ctx.workspace().passing(),
                        played: None,
                        ranking: None,
                        only: Some(Only { pairs: &alone[side], is_blue: side == 0 }),
                        explained: None,
                    };
                    canvas.show(ui, &shown, ctx);
                });
            }
        });
        GraphCanvas::tie(&mut self.canvases, &before);
    }
}

/// A graph's letter and embedding; without judgements, how many neighbours share words.
fn heading_ui(ui: &mut Ui, canvas: &mut GraphCanvas, side: usize, name: &str, words: Option<Homophily>) {
    ui.horizontal(|ui| {
        swatch(ui, side);
        let letter = ["A", "B"][side];
        ui.label(widgets::strong_text(letter));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::icon_button(ui, icons::FIT, &format!("Fit graph {letter}")).clicked() {
                canvas.fit();
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let palette = theme::palette(ui.visuals());
                widgets::one_line(ui, RichText::new(name).color(palette.weak));
                if let Some(Homophily { share, chance }) = words {
                    let (share, chance) = (100.0 * share, 100.0 * chance);
                    let text = RichText::new(format!("{share:.0} % share words, {chance:.0} % by chance"));
                    widgets::one_line(ui, text.small().color(palette.weak))
                        .on_hover_text("Of an image's neighbours among those of this query");
                }
            });
        });
    });
}
