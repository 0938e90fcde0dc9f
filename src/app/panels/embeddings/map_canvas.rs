//! A map on its canvas: the look of its points, and interaction with them.

use crate::app::ctx::PanelCtx;
use crate::app::kit::card;
use crate::app::kit::mark::{Mark, Shape};
use crate::app::kit::scene::Scene;
use crate::app::kit::scene::canvas::SceneCanvas;
use crate::app::kit::theme::{self, Palette};
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::widgets;
use crate::dataset::Relevance;
use crate::workspace::{EmbeddingMap, MapPoint, SelectionAction, Session};
use egui::{Response, RichText, Sense, Ui};
use std::sync::Arc;

/// What a point's colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colouring {
    /// Its judgement.
    Relevance,
    /// The first query it is a candidate of.
    Query,
}

/// The map to show.
pub struct ShownMap<'a> {
    /// The open data set.
    pub session: &'a Session,
    /// The map.
    pub map: &'a Arc<EmbeddingMap>,
    /// What colours mean.
    pub colouring: Colouring,
    /// Whether to show pictures instead of dots when there is room.
    pub pictures: bool,
}

/// What a map's scene depends on; an equal request needs no new scene.
#[derive(Clone, Copy, Debug, PartialEq)]
struct SceneRequest {
    generation: u64,
    judgements: u64,
    colouring: Colouring,
    pictures: bool,
    /// The index of a point, not a candidate; likewise `pointed`.
    selected: Option<usize>,
    pointed: Option<usize>,
    dark: bool,
}

/// A canvas and the map on it.
#[derive(Default)]
pub struct MapCanvas {
    canvas: SceneCanvas,
    scene: Arc<Scene>,
    map: Option<Arc<EmbeddingMap>>,
    request: Option<SceneRequest>,
    /// The point under the pointer, not necessarily a candidate of the current query.
    pointed: Option<usize>,
}

/// Side of a picture in units of the map, where points are about one apart.
const SIDE: f32 = 0.8;

impl MapCanvas {
    /// Keeps the whole map in view from now on.
    pub fn fit(&mut self) {
        self.canvas.fit();
    }

    /// Draws the map into the available space and handles the pointer.
    pub fn show(&mut self, ui: &mut Ui, shown: &ShownMap<'_>, ctx: &mut PanelCtx<'_>) {
        if self.map.as_ref().is_none_or(|known| !Arc::ptr_eq(known, shown.map)) {
            *self = Self { map: Some(shown.map.clone()), ..Self::default() };
        }
        let request = shown.request(self.pointed, ui.visuals().dark_mode);
        if self.request != Some(request) {
            shown.compose(Arc::make_mut(&mut self.scene), request, theme::palette(ui.visuals()));
            self.request = Some(request);
        }
        let answer = self.canvas.show(ui, &self.scene, ctx.pictures);
        let pointed = answer.pointed.filter(|_| answer.response.hovered() && !answer.response.dragged());
        if self.pointed != pointed {
            self.pointed = pointed;
            ui.ctx().request_repaint();
        }
        let candidate = pointed.and_then(|index| shown.map.points[index].candidate);
        if let Some((_, hovered)) = candidate.filter(|(query, _)| *query == shown.session.query()) {
            ctx.act(SelectionAction::Hover(Some(hovered)));
        }
        if answer.response.clicked() {
            if let Some((query, _)) = candidate.filter(|(query, _)| *query != shown.session.query()) {
                ctx.act(SelectionAction::Query(query));
            }
            ctx.act(SelectionAction::Candidate(candidate.map(|(_, clicked)| clicked)));
        }
        if let Some(index) = pointed {
            tooltip(ui, &answer.response, shown, index, ctx.pictures);
        }
    }
}

impl ShownMap<'_> {
    fn request(&self, pointed: Option<usize>, dark: bool) -> SceneRequest {
        let session = self.session;
        SceneRequest {
            generation: session.generation,
            judgements: session.data.judgements.version(),
            colouring: self.colouring,
            pictures: self.pictures,
            selected: self.point_of(session.candidate()),
            pointed: pointed.or_else(|| self.point_of(session.hovered())),
            dark,
        }
    }

    /// The point of one of the current query's candidates, even if the map shows it for another query.
    fn point_of(&self, candidate: Option<usize>) -> Option<usize> {
        let query = &self.session.data.dataset.queries[self.session.query()];
        let image = query.candidates.get(candidate?)?.image;
        self.map.points.iter().position(|point| point.image == image)
    }

    fn compose(&self, scene: &mut Scene, request: SceneRequest, palette: &Palette) {
        let SceneRequest { selected, pointed, .. } = request;
        let (images, points) = (&self.session.data.dataset.images, &self.map.points);
        scene.label = format!("Map of {}: {} images", self.map.name, points.len());
        (scene.ground, scene.side, scene.pictures) = (palette.ground, SIDE, self.pictures);
        scene.nodes.resize_with(points.len(), Default::default);
        for (index, (node, point)) in scene.nodes.iter_mut().zip(points).enumerate() {
            (node.at, node.size, node.alpha) = (self.map.places[index], 1.0, 1.0);
            node.image = point.image;
            node.path.clone_from(&images[point.image].file);
            node.mark = self.mark(point, palette);
            node.outline = if selected == Some(index) {
                Some(palette.accent)
            } else {
                (pointed == Some(index)).then_some(palette.text)
            };
        }
        scene.order.clear();
        scene.order.extend((0..points.len()).filter(|&index| pointed != Some(index)));
        scene.order.extend(pointed);
    }

    fn mark(&self, point: &MapPoint, palette: &Palette) -> Mark {
        match (self.colouring, point.candidate) {
            (Colouring::Query, Some((query, _))) => Mark { shape: Shape::Plain, colour: palette.series(query) },
            (Colouring::Query, None) => Mark { shape: Shape::Plain, colour: palette.unjudged },
            (Colouring::Relevance, _) => Mark::of(self.relevance(point), &self.session.scale, palette),
        }
    }

    fn relevance(&self, point: &MapPoint) -> Option<Relevance> {
        let (query, candidate) = point.candidate?;
        self.session.data.judgements.get(query, candidate)
    }
}

/// The tooltip of a point: the whole picture and its facts.
fn tooltip(ui: &Ui, response: &Response, shown: &ShownMap<'_>, index: usize, pictures: &mut Thumbnails) {
    let point = &shown.map.points[index];
    let image = &shown.session.data.dataset.images[point.image];
    let picture = pictures.large(point.image, image.file.as_deref());
    let palette = theme::palette(ui.visuals());
    card::show(ui, response.id.with("card"), response.rect, |ui| {
        let (rect, _) = ui.allocate_exact_size(card::picture_size(ui, response.rect), Sense::hover());
        widgets::paint_contain(ui.painter(), rect, picture, palette);
        if !image.title.is_empty() {
            ui.label(widgets::strong_text(&image.title));
        }
        ui.label(RichText::new(image.id.as_str()).small().color(palette.weak));
        let judged = shown.session.scale.judged(shown.relevance(point));
        let query = point.candidate.and_then(|(query, _)| shown.session.data.dataset.queries.get(query));
        let text = query.map_or_else(|| "not a candidate".to_owned(), |query| format!("{judged} for “{}”", query.text));
        ui.label(RichText::new(text).small().color(palette.weak));
    });
}
