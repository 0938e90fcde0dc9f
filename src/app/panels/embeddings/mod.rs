//! Embeddings: the encoder, the comparison of two embeddings, and maps.

mod compare;
mod controls;
mod curve;
mod encoder;
pub(in crate::app) mod encoders;
mod graphs;
mod map;
mod map_canvas;
mod measures;
mod preprocess;
mod queries;

use super::PanelView;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::GRID;
use crate::app::kit::{icons, widgets};
use egui::Ui;

/// The panel's view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum View {
    #[default]
    Encoder,
    Compare,
    Graphs,
    Map,
}

/// What the panel remembers between frames.
#[derive(Default)]
pub struct EmbeddingsPanel {
    view: View,
    encoder: encoder::EncoderForm,
    compare: compare::CompareForm,
    measures: measures::MeasuresView,
    graphs: graphs::GraphsView,
    map: map::MapView,
}

impl EmbeddingsPanel {
    /// Shows the encoder.
    pub fn show_encoder(&mut self) {
        self.view = View::Encoder;
    }
}

impl PanelView for EmbeddingsPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let Some(session) = ctx.session() else {
            let text = "Open a data set to compute, compare and map the embeddings of its pictures.";
            widgets::empty_state(ui, icons::CPU, "No data", text, None);
            return;
        };
        let views = [
            (View::Encoder, "Encoder", "Choose network, layer and preprocessing, and compute embeddings"),
            (View::Compare, "Compare", "Do two embeddings agree, and which one finds more relevant neighbours?"),
            (View::Graphs, "Two graphs", "The current query's graph under both embeddings"),
            (View::Map, "Map", "An embedding in two dimensions"),
        ];
        widgets::segmented(ui, &mut self.view, &views);
        ui.add_space(GRID);
        match self.view {
            View::Encoder => self.encoder.show(ui, ctx),
            View::Compare => {
                if self.compare.pair_ui(ui, session, ctx) {
                    self.measures.show(ui, self.compare.k(ctx), session, ctx);
                }
            }
            View::Graphs => {
                if self.compare.pair_ui(ui, session, ctx) {
                    self.graphs.show(ui, self.compare.k(ctx), session, ctx);
                }
            }
            View::Map => self.map.show(ui, session, ctx),
        }
    }

    fn reset(&mut self) {
        self.compare = compare::CompareForm::default();
        self.graphs = graphs::GraphsView::default();
        self.map = map::MapView::default();
    }
}
