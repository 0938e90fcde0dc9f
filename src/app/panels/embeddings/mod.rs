//! Embeddings: the encoder and its layers, two embeddings side by side, and maps.

mod compare;
mod curve;
mod encoder;
mod figures;
mod graphs;
mod map;
mod map_canvas;
mod preprocess;
mod queries;

use super::PanelView;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::base::Progress;
use crate::workspace::EmbeddingSource;
use egui::{RichText, Ui};
use std::time::Duration;

/// What the panel shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum View {
    #[default]
    Encoder,
    Figures,
    Graphs,
    Map,
}

/// What the panel remembers between frames.
#[derive(Default)]
pub struct EmbeddingsPanel {
    view: View,
    encoder: encoder::EncoderForm,
    compare: compare::CompareForm,
    figures: figures::FiguresView,
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
            let text = "Open a data set to compute, compare and map what its pictures look like to a network.";
            widgets::empty_state(ui, icons::CPU, "No data", text, None);
            return;
        };
        let views = [
            (View::Encoder, "Encoder", "Choose the network, its layer and its preprocessing, and compute embeddings"),
            (
                View::Figures,
                "Compare",
                "Two embeddings measured: do they agree, and which finds more relevant neighbours?",
            ),
            (View::Graphs, "Two graphs", "The current query's graph under both embeddings"),
            (View::Map, "Map", "An embedding in the plane"),
        ];
        widgets::segmented(ui, &mut self.view, &views);
        ui.add_space(GRID);
        match self.view {
            View::Encoder => self.encoder.show(ui, ctx),
            View::Figures => {
                if self.compare.pair_ui(ui, session, ctx) {
                    self.figures.show(ui, self.compare.k(ctx), session, ctx);
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

/// A list to choose one of the data set's embeddings from; `label` is what a screen reader says.
fn source_ui(ui: &mut Ui, label: &str, width: f32, chosen: &mut Option<EmbeddingSource>, ctx: &mut PanelCtx<'_>) {
    let name = |source: &EmbeddingSource| ctx.session().map_or_else(String::new, |session| source.name(session));
    let shown = chosen.as_ref().map_or_else(|| "Choose…".to_owned(), name);
    let size = egui::vec2(width, theme::ROW);
    ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        let list = egui::ComboBox::from_id_salt(label).selected_text(&shown).width(width).truncate();
        let list = list.show_ui(ui, |ui| {
            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
            for source in ctx.workspace().embedding_sources() {
                if ui.selectable_label(chosen.as_ref() == Some(&source), name(&source)).clicked() {
                    *chosen = Some(source);
                }
            }
        });
        list.response.on_hover_text(shown).accessible_name(label);
    });
}

/// A job's progress and the button that ends it; `true` once that is clicked.
fn progress_ui(ui: &mut Ui, (progress, elapsed): (&Progress, Duration), cancel: &str) -> bool {
    let bar = egui::ProgressBar::new(progress.fraction().unwrap_or(0.0)).desired_height(6.0);
    ui.add(bar);
    ui.horizontal(|ui| {
        let clicked = ui.button("Cancel").accessible_name(cancel).clicked();
        widgets::caption(ui, widgets::progress_text(progress, elapsed));
        clicked
    })
    .inner
}

/// Why there is nothing to see, and a way to try again; `true` once that is clicked.
fn failure_ui(ui: &mut Ui, reason: &str) -> bool {
    let palette = theme::palette(ui.visuals());
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(icons::WARNING).color(palette.warning));
        ui.add(egui::Label::new(sentence(reason)).wrap());
    });
    ui.button("Try again").clicked()
}

/// A message as a sentence of its own.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
