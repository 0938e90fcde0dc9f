//! An embedding as a map: which, of what, and how.

use super::map_canvas::{Colouring, MapCanvas, ShownMap};
use super::{failure_ui, progress_ui, source_ui};
use crate::app::kit::theme;
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::{icons, widgets};
use crate::graph::perplexity_within;
use crate::workspace::{Action, EmbeddingMap, EmbeddingSource, MapMethod, MapRequest, MapScope, Session, Workspace};
use egui::{DragValue, RichText, Ui};

/// What the view remembers between frames.
pub struct MapView {
    source: Option<EmbeddingSource>,
    all: bool,
    neighbours: bool,
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
            neighbours: false,
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
        let method = if self.neighbours { MapMethod::Tsne { perplexity } } else { MapMethod::Pca };
        MapRequest { source, scope, method }
    }
}

/// Draws the view.
pub fn map_ui(
    ui: &mut Ui,
    view: &mut MapView,
    (workspace, session): (&Workspace, &Session),
    pictures: &mut Thumbnails,
    actions: &mut Vec<Action>,
) {
    if view.source.is_none() {
        view.source = workspace.embedding_sources().into_iter().next();
    }
    let Some(source) = view.source.clone() else {
        let text = "A map needs visual vectors. Compute embeddings under “Encoder”.";
        widgets::empty_state(ui, icons::CPU, "No visual vectors yet", text, None);
        return;
    };
    controls_ui(ui, view, workspace, session);
    let request = view.request(view.source.clone().unwrap_or(source), session);
    let state = workspace.embedding().map();
    if state.request() != Some(&request) {
        actions.push(Action::DrawMap(Box::new(request)));
        return;
    }
    if let Some(at_work) = state.progress() {
        if progress_ui(ui, at_work, "Cancel the map") {
            actions.push(Action::CancelMap);
        }
        return;
    }
    if let Some(map) = state.map() {
        widgets::caption(ui, told(map, &request));
        let colouring = if view.all && view.by_query { Colouring::Query } else { Colouring::Relevance };
        let shown = ShownMap { session, map, colouring, pictures: view.pictures };
        view.canvas.show(ui, &shown, pictures, actions);
    } else if let Some(reason) = state.failure()
        && failure_ui(ui, reason)
    {
        actions.push(Action::DrawMap(Box::new(request)));
    }
}

fn controls_ui(ui: &mut Ui, view: &mut MapView, workspace: &Workspace, session: &Session) {
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 300.0).clamp(100.0, 320.0);
        source_ui(ui, "Embedding on the map", (workspace, session), width, &mut view.source);
        widgets::segmented(
            ui,
            &mut view.all,
            &[
                (false, "This query", "The candidates of the current query"),
                (true, "All images", "Every image of the data set"),
            ],
        );
        widgets::segmented(
            ui,
            &mut view.neighbours,
            &[
                (false, "PCA", "The two directions in which the vectors differ most"),
                (true, "t-SNE", "Who is near whom; distances between far groups mean little"),
            ],
        );
    });
    ui.horizontal(|ui| {
        if widgets::icon_button(ui, icons::FIT, "Fit the map").clicked() {
            view.canvas.fit();
        }
        ui.checkbox(&mut view.pictures, "Pictures");
        if view.all {
            widgets::segmented(
                ui,
                &mut view.by_query,
                &[
                    (true, "By query", "A colour for each query"),
                    (false, "By relevance", "Relevant or not for the image's first query"),
                ],
            );
        }
        if view.neighbours {
            perplexity_ui(ui, view);
        }
    });
}

/// Counts once the mouse lets go: each value in between would be another map.
fn perplexity_ui(ui: &mut Ui, view: &mut MapView) {
    let palette = theme::palette(ui.visuals());
    ui.label(RichText::new("Perplexity").color(palette.weak));
    let field = ui.add(DragValue::new(&mut view.dragged).range(2.0..=100.0).speed(0.2).max_decimals(0));
    let field = field.on_hover_text("About how many neighbours each image keeps").accessible_name("Perplexity");
    if !field.dragged() && !field.has_focus() {
        view.perplexity = view.dragged.round();
    }
}

/// What the map shows, in a line.
fn told(map: &EmbeddingMap, request: &MapRequest) -> String {
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
        let taken = perplexity_within(perplexity, map.points.len());
        if taken < perplexity {
            parts.push(format!("perplexity {taken:.0} for so few images"));
        }
    }
    parts.join("  ·  ")
}
