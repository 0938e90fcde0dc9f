//! The map of an embedding, and the controls for its source, scope and method.

use super::controls::{failure_ui, progress_ui, source_ui};
use super::map_canvas::{Colouring, MapCanvas, ShownMap};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme;
use crate::app::kit::{icons, widgets};
use crate::graph::perplexity_within;
use crate::workspace::{EmbeddingAction, EmbeddingMap, EmbeddingSource, MapMethod, MapRequest, MapScope, Session};
use egui::{DragValue, RichText, Ui};

/// What the view remembers between frames.
pub struct MapView {
    source: Option<EmbeddingSource>,
    all: bool,
    tsne: bool,
    perplexity: f32,
    /// The perplexity while it is being dragged.
    dragged: f32,
    by_query: bool,
    pictures: bool,
    canvas: MapCanvas,
}

impl Default for MapView {
    fn default() -> Self {
        Self {
            source: None,
            all: false,
            tsne: false,
            perplexity: 30.0,
            dragged: 30.0,
            by_query: true,
            pictures: true,
            canvas: MapCanvas::default(),
        }
    }
}

impl MapView {
    fn request(&self, source: EmbeddingSource, session: &Session) -> MapRequest {
        let scope = if self.all { MapScope::All } else { MapScope::Query(session.query()) };
        let perplexity = self.perplexity;
        let method = if self.tsne { MapMethod::Tsne { perplexity } } else { MapMethod::Pca };
        MapRequest { source, scope, method }
    }
}

impl MapView {
    /// Draws the view.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) {
        let workspace = ctx.workspace();
        if self.source.is_none() {
            self.source = workspace.embedding_sources().into_iter().next();
        }
        let Some(source) = self.source.clone() else {
            let text = "A map needs visual vectors. Compute embeddings in the Encoder view.";
            widgets::empty_state(ui, icons::CPU, "No visual vectors yet", text, None);
            return;
        };
        self.controls_ui(ui, ctx);
        let request = self.request(self.source.clone().unwrap_or(source), session);
        let state = workspace.embedding().map();
        if state.request() != Some(&request) {
            ctx.act(EmbeddingAction::DrawMap(Box::new(request)));
            return;
        }
        if let Some(progress) = state.progress() {
            if progress_ui(ui, progress, "Cancel map") {
                ctx.act(EmbeddingAction::CancelMap);
            }
            return;
        }
        if let Some(map) = state.map() {
            widgets::caption(ui, summary(map, &request));
            let colouring = if self.all && self.by_query { Colouring::Query } else { Colouring::Relevance };
            let shown = ShownMap { session, map, colouring, pictures: self.pictures };
            self.canvas.show(ui, &shown, ctx);
        } else if let Some(reason) = state.failure()
            && failure_ui(ui, reason)
        {
            ctx.act(EmbeddingAction::DrawMap(Box::new(request)));
        }
    }

    fn controls_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        ui.horizontal_wrapped(|ui| {
            let width = (ui.available_width() - 300.0).clamp(140.0, 320.0);
            source_ui(ui, "Embedding on the map", width, &mut self.source, ctx);
            widgets::segmented(
                ui,
                &mut self.all,
                &[
                    (false, "This query", "The candidates of the current query"),
                    (true, "All images", "Every image of the data set"),
                ],
            );
            widgets::segmented(
                ui,
                &mut self.tsne,
                &[
                    (false, "PCA", "The two directions of greatest variance"),
                    (true, "t-SNE", "Preserves neighbourhoods; distances between far groups mean little"),
                ],
            );
        });
        ui.horizontal_wrapped(|ui| {
            if widgets::icon_button(ui, icons::FIT, "Fit map to panel").clicked() {
                self.canvas.fit();
            }
            ui.checkbox(&mut self.pictures, "Pictures");
            if self.all {
                widgets::segmented(
                    ui,
                    &mut self.by_query,
                    &[
                        (true, "By query", "One colour per query"),
                        (false, "By relevance", "Judgement for the image's first query"),
                    ],
                );
            }
            if self.tsne {
                self.perplexity_ui(ui);
            }
        });
    }

    /// Takes effect on release: every value in between would mean another map.
    fn perplexity_ui(&mut self, ui: &mut Ui) {
        let palette = theme::palette(ui.visuals());
        ui.label(RichText::new("Perplexity").color(palette.weak));
        let field = ui.add(DragValue::new(&mut self.dragged).range(2.0..=100.0).speed(0.2).max_decimals(0));
        let field = field
            .on_hover_text("Roughly the number of neighbours each image stays close to")
            .accessible_name("Perplexity");
        if !field.dragged() && !field.has_focus() {
            self.perplexity = self.dragged.round();
        }
    }
}

/// What the map shows, in one line.
fn summary(map: &EmbeddingMap, request: &MapRequest) -> String {
    let mut parts = vec![map.name.clone()];
    parts.push(match map.is_sample() {
        true => format!("a sample of {} of {} images", map.points.len(), map.there),
        false => format!("{} images", map.points.len()),
    });
    if map.without > 0 {
        parts.push(format!("{} without a vector", map.without));
    }
    if let Some(explained) = map.explained {
        parts.push(format!("{:.0} % of the variance", 100.0 * explained));
    }
    if let MapMethod::Tsne { perplexity } = request.method {
        let limited = perplexity_within(perplexity, map.points.len());
        if limited < perplexity {
            parts.push(format!("perplexity limited to {limited:.0}"));
        }
    }
    parts.join("  ·  ")
}
