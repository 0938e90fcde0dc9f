//! One graph on one canvas: what the graph panel shows, and the comparison of two embeddings twice.

use super::{edges, nodes, overlay};
use crate::app::kit::camera::Camera;
use crate::app::kit::theme;
use crate::app::kit::thumbnails::Thumbnails;
use crate::workspace::{Action, GraphLook, NODE_RADIUS, QueryView, SelectionAction, Session};
use egui::{Pos2, Rect, Response, Sense, Ui, Vec2};

/// A node's side in layout units: the largest nodes then fill the disc that the layout keeps free for each.
const NODE: f32 = 1.44 * NODE_RADIUS;

/// A usual node's side in points below which nodes are dots.
const DOT: f32 = 15.0;

/// Side in points from which a node gets a large picture.
pub(super) const NEAR: f32 = 104.0;

/// One node as it is drawn now.
pub(super) struct Node {
    pub candidate: usize,
    pub rect: Rect,
    /// How much of its colour is left: below 1 where another node is in focus.
    pub alpha: f32,
}

/// What a canvas is to show.
pub struct ShownGraph<'a> {
    /// The open data set.
    pub session: &'a Session,
    /// The graph of its current query.
    pub view: &'a QueryView,
    /// How it is drawn.
    pub look: GraphLook,
    /// What tells it from another graph of the same query.
    pub name: Option<&'a str>,
}

/// A canvas and its camera.
#[derive(Default)]
pub struct GraphCanvas {
    camera: Camera,
    query: Option<usize>,
}

impl GraphCanvas {
    /// Shows the whole graph from now on.
    pub fn fit(&mut self) {
        self.camera.follow();
    }

    /// Draws the graph into what room there is, and takes in what a person points at.
    pub fn show(&mut self, ui: &mut Ui, shown: &ShownGraph<'_>, pictures: &mut Thumbnails, actions: &mut Vec<Action>) {
        let ShownGraph { session, view, mut look, .. } = *shown;
        if self.query != Some(session.query()) {
            self.query = Some(session.query());
            self.camera.follow();
        }
        let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::click_and_drag());
        let canvas = response.rect;
        let palette = theme::palette(ui.visuals());
        painter.rect_filled(canvas, theme::RADIUS, palette.ground);
        let painter = painter.with_clip_rect(canvas);
        self.camera.update(ui, &response, view.positions());
        // All are pictures or all are dots: a mixture by size would look like a meaning.
        look.thumbnails &= NODE * self.camera.zoom() >= DOT;
        let focus = session.hovered().or(session.candidate());
        let nodes = place(&self.camera, canvas, session, view, look.size_by_score, focus);

        if look.edges {
            edges::paint(&painter, &self.camera, canvas, view, focus, palette);
        }
        nodes::paint(&painter, &nodes, session, look, pictures, palette);
        overlay::statistics(&painter, canvas, view, palette);
        overlay::legend(&painter, canvas, palette);
        self.point(ui, &response, &nodes, actions);
        overlay::tooltip(ui, &response, session, view, pictures);
        describe(&response, shown);
    }

    fn point(&mut self, ui: &Ui, response: &Response, nodes: &[Node], actions: &mut Vec<Action>) {
        let pointer = response.hover_pos();
        let under = pointer.and_then(|pointer| pick(nodes, pointer));
        if response.hovered() && !response.dragged() {
            actions.push(SelectionAction::Hover(under).into());
        }
        if response.clicked() {
            actions.push(SelectionAction::Candidate(under).into());
        }
        if response.double_clicked() && under.is_none() {
            self.camera.follow();
        }
        if under.is_some() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
        }
    }
}

/// Tells a screen reader what the canvas shows.
fn describe(response: &Response, shown: &ShownGraph<'_>) {
    let query = &shown.session.data.dataset.queries[shown.session.query()];
    let statistics = shown.view.statistics();
    let by = shown.name.map_or(String::new(), |name| format!(" by {name}"));
    response.widget_info(|| {
        let label = format!("Graph of “{}”{by}: {} images, {} edges", query.text, statistics.nodes, statistics.edges);
        egui::WidgetInfo::labeled(egui::accesskit::Role::Canvas, true, label)
    });
}

/// Where every node is drawn; the one in focus last, so that it lies on top.
fn place(
    camera: &Camera,
    canvas: Rect,
    session: &Session,
    view: &QueryView,
    by_score: bool,
    focus: Option<usize>,
) -> Vec<Node> {
    let ranking = session.best_ranking().filter(|ranking| ranking.scores.len() == view.n());
    // A node and all that are joined to it, either way.
    let near = focus.map(|focus| view.graph().hops(focus, 1));
    // Pointing is a question about one node; a selection stays, so the rest must remain legible.
    let faded = if session.hovered().is_some() { 0.16 } else { 0.38 };
    let mut nodes: Vec<Node> = (0..view.n())
        .map(|candidate| {
            let scale = match ranking {
                Some(ranking) if by_score => 0.72 + 0.5 * ranking.share(candidate),
                _ => 1.0,
            };
            let side = (NODE * camera.zoom() * scale).clamp(4.0, 320.0);
            let rect = Rect::from_center_size(camera.to_screen(canvas, view.positions()[candidate]), Vec2::splat(side));
            let alpha = if near.as_ref().is_none_or(|near| near[candidate].is_some()) { 1.0 } else { faded };
            Node { candidate, rect, alpha }
        })
        .collect();
    // The best ranked lie above the rest, what is in focus above all.
    let place_of = |node: &Node| ranking.map_or(0, |ranking| ranking.place[node.candidate]);
    nodes.sort_by_key(|node| (Some(node.candidate) == focus, node.alpha >= 1.0, std::cmp::Reverse(place_of(node))));
    nodes
}

fn pick(nodes: &[Node], pointer: Pos2) -> Option<usize> {
    nodes.iter().rev().find(|node| node.rect.expand(2.0).contains(pointer)).map(|node| node.candidate)
}
