//! The points of a map: pan, zoom, point and pick.

use crate::app::ctx::PanelCtx;
use crate::app::kit::camera::Camera;
use crate::app::kit::mark::Mark;
use crate::app::kit::theme::{self, Palette};
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::widgets;
use crate::dataset::Relevance;
use crate::workspace::{EmbeddingMap, MapPoint, SelectionAction, Session};
use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Response, RichText, Sense, Stroke, StrokeKind, Ui, Vec2, vec2};
use std::sync::Arc;

/// What a point's colour tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colouring {
    /// Its judgement.
    Relevance,
    /// The first query it is a candidate of.
    Query,
}

/// What a canvas is to show.
pub struct ShownMap<'a> {
    /// The open data set.
    pub session: &'a Session,
    /// The map.
    pub map: &'a Arc<EmbeddingMap>,
    /// What colours tell.
    pub colouring: Colouring,
    /// Pictures instead of dots, where there is room.
    pub pictures: bool,
}

/// A canvas and its camera.
#[derive(Default)]
pub struct MapCanvas {
    camera: Camera,
    shown: Option<Arc<EmbeddingMap>>,
}

/// Side of a picture in units of the map: points lie about one apart.
const SIDE: f32 = 0.8;

/// Side in points below which points are dots.
const DOT: f32 = 15.0;

/// Side of a picture at the most, in points.
const LARGEST: f32 = 160.0;

/// How far from a dot the pointer may be, in points.
const REACH: f32 = 10.0;

impl MapCanvas {
    /// Shows the whole map from now on.
    pub fn fit(&mut self) {
        self.camera.follow();
    }

    /// Draws the map into what room there is, and takes in what a person points at.
    pub fn show(&mut self, ui: &mut Ui, shown: &ShownMap<'_>, ctx: &mut PanelCtx<'_>) {
        if self.shown.as_ref().is_none_or(|known| !Arc::ptr_eq(known, shown.map)) {
            self.shown = Some(shown.map.clone());
            self.camera.follow();
        }
        let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::click_and_drag());
        let canvas = response.rect;
        let palette = theme::palette(ui.visuals());
        painter.rect_filled(canvas, theme::RADIUS, palette.ground);
        let painter = painter.with_clip_rect(canvas);
        self.camera.update(ui, &response, shown.map.places.iter().copied());
        let places: Vec<Pos2> = shown.map.places.iter().map(|&place| self.camera.to_screen(canvas, place)).collect();
        let side = (SIDE * self.camera.zoom()).min(LARGEST);
        let dots = !shown.pictures || side < DOT;
        let under = response.hover_pos().filter(|_| response.hovered() && !response.dragged());
        let under = under.and_then(|pointer| pick(&places, pointer, if dots { REACH } else { 0.5 * side }));
        let marked = under.or_else(|| marked(shown, shown.session.hovered()));
        let seen = canvas.expand(side);
        for (index, &place) in places.iter().enumerate().filter(|(_, place)| seen.contains(**place)) {
            if Some(index) != marked {
                shown.paint(&painter, index, Spot { place, side, dots }, ctx.pictures, palette);
            }
        }
        if let Some(index) = marked {
            let spot = Spot { place: places[index], side: side.max(DOT), dots };
            shown.paint(&painter, index, spot, ctx.pictures, palette);
            ring(&painter, places[index], if dots { 14.0 } else { side }, Stroke::new(2.0, palette.text));
        }
        if let Some(index) = marked_selection(shown) {
            ring(&painter, places[index], if dots { 16.0 } else { side + 4.0 }, Stroke::new(2.5, palette.accent));
        }
        self.answer(ui, &response, shown, under, ctx);
        if let Some(index) = under {
            tooltip(ui, &response, shown, index, ctx.pictures);
        }
        let label = format!("Map of {}: {} images", shown.map.name, shown.map.points.len());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Canvas, true, &label));
    }

    fn answer(
        &mut self,
        ui: &Ui,
        response: &Response,
        shown: &ShownMap<'_>,
        under: Option<usize>,
        ctx: &mut PanelCtx<'_>,
    ) {
        let candidate = under.and_then(|index| shown.map.points[index].candidate);
        if let Some((_, place)) = candidate.filter(|(query, _)| *query == shown.session.query()) {
            ctx.act(SelectionAction::Hover(Some(place)));
        }
        if response.clicked() {
            if let Some((query, place)) = candidate {
                if query != shown.session.query() {
                    ctx.act(SelectionAction::Query(query));
                }
                ctx.act(SelectionAction::Candidate(Some(place)));
            } else {
                ctx.act(SelectionAction::Candidate(None));
            }
        }
        if response.double_clicked() && under.is_none() {
            self.camera.follow();
        }
        if under.is_some() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
        }
    }
}

/// The nearest point within reach.
fn pick(places: &[Pos2], pointer: Pos2, reach: f32) -> Option<usize> {
    let near = places.iter().enumerate().map(|(index, place)| (index, place.distance(pointer)));
    near.filter(|(_, distance)| *distance <= reach).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

/// The point of one of the current query's candidates, also where it stands on the map for another query.
fn marked(shown: &ShownMap<'_>, candidate: Option<usize>) -> Option<usize> {
    let query = &shown.session.data.dataset.queries[shown.session.query()];
    let image = query.candidates.get(candidate?)?.image;
    shown.map.points.iter().position(|point| point.image == image)
}

fn marked_selection(shown: &ShownMap<'_>) -> Option<usize> {
    marked(shown, shown.session.candidate())
}

fn relevance(session: &Session, point: &MapPoint) -> Option<Relevance> {
    let (query, candidate) = point.candidate?;
    session.data.judgements.get(query, candidate)
}

fn colour(shown: &ShownMap<'_>, point: &MapPoint, palette: &Palette) -> Color32 {
    match (shown.colouring, point.candidate) {
        (Colouring::Query, Some((query, _))) => palette.series(query),
        (Colouring::Query, None) => palette.unjudged,
        (Colouring::Relevance, _) => palette.relevance(relevance(shown.session, point)),
    }
}

/// Where a point is drawn.
struct Spot {
    place: Pos2,
    /// Side of a picture.
    side: f32,
    /// A dot instead of a picture.
    dots: bool,
}

impl ShownMap<'_> {
    fn paint(&self, painter: &Painter, index: usize, spot: Spot, pictures: &mut Thumbnails, palette: &Palette) {
        let point = &self.map.points[index];
        let Spot { place, side, dots } = spot;
        let colour = colour(self, point, palette);
        if dots {
            let radius = (0.3 * side).clamp(2.5, 6.0);
            match self.colouring {
                Colouring::Relevance => {
                    Mark::of(relevance(self.session, point), palette).paint_dot(painter, place, radius, 1.0);
                }
                Colouring::Query => {
                    painter.circle_filled(place, radius, colour);
                }
            }
            return;
        }
        let rect = Rect::from_center_size(place, Vec2::splat(side));
        let picture = pictures.small(point.image, self.session.data.dataset.images[point.image].file.as_deref());
        widgets::paint_cover(painter, rect, picture, palette, Color32::WHITE);
        match self.colouring {
            Colouring::Relevance => {
                Mark::of(relevance(self.session, point), palette).paint_frame(painter, rect, 1.0);
            }
            Colouring::Query => {
                painter.rect_stroke(rect, corners(side), Stroke::new(2.0, colour), StrokeKind::Middle);
            }
        }
    }
}

fn corners(side: f32) -> CornerRadius {
    CornerRadius::same((0.08 * side).clamp(2.0, 6.0) as u8)
}

fn ring(painter: &Painter, place: Pos2, side: f32, stroke: Stroke) {
    let rect = Rect::from_center_size(place, Vec2::splat(side + 4.0));
    painter.rect_stroke(rect, corners(side), stroke, StrokeKind::Middle);
}

/// The picture under the pointer, whole, with what is known of it.
fn tooltip(ui: &Ui, response: &Response, shown: &ShownMap<'_>, index: usize, pictures: &mut Thumbnails) {
    let point = &shown.map.points[index];
    let image = &shown.session.data.dataset.images[point.image];
    let picture = pictures.large(point.image, image.file.as_deref());
    let palette = theme::palette(ui.visuals());
    let popup = egui::Popup::from_response(response).kind(egui::PopupKind::Tooltip).at_pointer().gap(16.0);
    popup.show(|ui| {
        ui.set_max_width(280.0);
        let (rect, _) = ui.allocate_exact_size(vec2(264.0, 200.0), Sense::hover());
        widgets::paint_contain(ui.painter(), rect, picture, palette);
        if !image.title.is_empty() {
            ui.label(widgets::strong_text(&image.title));
        }
        ui.label(RichText::new(image.id.as_str()).small().color(palette.weak));
        let judged = widgets::judgement_name(relevance(shown.session, point));
        let query = point.candidate.and_then(|(query, _)| shown.session.data.dataset.queries.get(query));
        let told = query.map_or_else(|| "of no query".to_owned(), |query| format!("{judged} for “{}”", query.text));
        ui.label(RichText::new(told).small().color(palette.weak));
    });
}
