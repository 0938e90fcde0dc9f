//! The current query's graph: pictures as nodes, neighbours joined, pan and zoom.

mod camera;
mod edges;
mod nodes;
mod overlay;

use super::theme;
use super::thumbnails::Thumbnails;
use super::widgets;
use super::{icons, tune};
use crate::workspace::{Action, NODE_RADIUS, QueryView, Session, Settings, Workspace};
use camera::Camera;
use egui::{Pos2, Rect, Response, Sense, Ui, Vec2};

/// A node's side in layout units: the largest nodes then fill the disc that the layout keeps free for each.
const NODE: f32 = 1.44 * NODE_RADIUS;

/// Side in points below which nodes are dots.
const DOT: f32 = 13.0;

/// Side in points from which a node gets a large picture.
const NEAR: f32 = 104.0;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct GraphPanel {
    camera: Camera,
    query: Option<usize>,
}

/// One node as it is drawn now.
pub(super) struct Node {
    pub candidate: usize,
    pub rect: Rect,
    /// How much of its colour is left: below 1 where another node is in focus.
    pub alpha: f32,
}

impl GraphPanel {
    /// Another data set: start anew.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Show the whole graph.
    pub fn fit(&mut self) {
        self.camera.follow();
    }

    /// Draws toolbar and canvas.
    pub fn show(&mut self, ui: &mut Ui, workspace: &Workspace, pictures: &mut Thumbnails, actions: &mut Vec<Action>) {
        let Some(session) = workspace.session() else {
            no_data(ui, workspace, actions);
            return;
        };
        self.toolbar_ui(ui, workspace, session, actions);
        let Some(view) = session.view() else {
            no_graph(ui, workspace, session, actions);
            return;
        };
        if self.query != Some(session.query()) {
            self.query = Some(session.query());
            self.camera.follow();
        }
        self.canvas_ui(ui, workspace, session, view, pictures, actions);
    }

    fn toolbar_ui(&mut self, ui: &mut Ui, workspace: &Workspace, session: &Session, actions: &mut Vec<Action>) {
        let palette = theme::palette(ui.visuals());
        let query = &session.dataset.queries[session.query()];
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if widgets::icon_button(ui, icons::FIT, "Fit the graph to its panel (F)").clicked() {
                    self.camera.follow();
                }
                look_menu(ui, workspace.settings(), actions);
                let mut experiment = workspace.settings().experiment.clone();
                if tune::neighbours_slider(ui, &mut experiment.graph.k) {
                    actions.push(Action::SetExperiment(Box::new(experiment)));
                }
                ui.label(egui::RichText::new("Neighbours").color(palette.weak));
                // What is left of the row is the query's; a long one is cut.
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let room = (ui.available_width() - 72.0).max(40.0);
                    ui.scope(|ui| {
                        ui.set_max_width(room);
                        widgets::one_line(ui, widgets::strong_text(&query.text));
                    });
                    let split = session.splits[session.query()].name();
                    ui.label(egui::RichText::new(split).color(palette.weak).small());
                });
            });
        });
    }

    fn canvas_ui(
        &mut self,
        ui: &mut Ui,
        workspace: &Workspace,
        session: &Session,
        view: &QueryView,
        pictures: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::click_and_drag());
        let canvas = response.rect;
        let palette = theme::palette(ui.visuals());
        painter.rect_filled(canvas, theme::RADIUS, palette.ground);
        let painter = painter.with_clip_rect(canvas);
        self.camera.update(ui, &response, view.positions());
        let look = workspace.settings().look;
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
        describe(&response, session, view);
    }

    fn point(&mut self, ui: &Ui, response: &Response, nodes: &[Node], actions: &mut Vec<Action>) {
        let pointer = response.hover_pos();
        let under = pointer.and_then(|pointer| pick(nodes, pointer));
        if response.hovered() && !response.dragged() {
            actions.push(Action::HoverCandidate(under));
        }
        if response.clicked() {
            actions.push(Action::SelectCandidate(under));
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
fn describe(response: &Response, session: &Session, view: &QueryView) {
    let query = &session.dataset.queries[session.query()];
    let statistics = view.statistics();
    response.widget_info(|| {
        let label = format!("Graph of “{}”: {} images, {} edges", query.text, statistics.nodes, statistics.edges);
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
    let near = focus.map(|focus| neighbourhood(view, focus));
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
            let alpha = if near.as_ref().is_none_or(|near| near[candidate]) { 1.0 } else { faded };
            Node { candidate, rect, alpha }
        })
        .collect();
    // The best ranked lie above the rest, what is in focus above all.
    let place_of = |node: &Node| ranking.map_or(0, |ranking| ranking.place[node.candidate]);
    nodes.sort_by_key(|node| (Some(node.candidate) == focus, node.alpha >= 1.0, std::cmp::Reverse(place_of(node))));
    nodes
}

/// A node and all that are joined to it, either way.
fn neighbourhood(view: &QueryView, focus: usize) -> Vec<bool> {
    let mut near = vec![false; view.n()];
    if let Some(node) = near.get_mut(focus) {
        *node = true;
    }
    for &(a, b, _) in view.edges() {
        if a == focus || b == focus {
            near[a] = true;
            near[b] = true;
        }
    }
    near
}

fn pick(nodes: &[Node], pointer: Pos2) -> Option<usize> {
    nodes.iter().rev().find(|node| node.rect.expand(2.0).contains(pointer)).map(|node| node.candidate)
}

fn look_menu(ui: &mut Ui, settings: &Settings, actions: &mut Vec<Action>) {
    type Toggle = (&'static str, fn(&Settings) -> bool, fn(&mut Settings));
    const TOGGLES: [Toggle; 4] = [
        ("Pictures", |settings| settings.look.thumbnails, |settings| settings.look.thumbnails ^= true),
        ("Edges", |settings| settings.look.edges, |settings| settings.look.edges ^= true),
        ("Ranks", |settings| settings.look.ranks, |settings| settings.look.ranks ^= true),
        ("Size by score", |settings| settings.look.size_by_score, |settings| settings.look.size_by_score ^= true),
    ];
    ui.menu_button(format!("View {}", icons::DOWN), |ui| {
        for (name, get, toggle) in TOGGLES {
            let mut on = get(settings);
            if ui.checkbox(&mut on, name).changed() {
                actions.push(Action::SetView(toggle));
            }
        }
    });
}

fn no_data(ui: &mut Ui, workspace: &Workspace, actions: &mut Vec<Action>) {
    if workspace.loading().is_running() {
        widgets::empty_state(ui, icons::GRAPH, "Opening…", "Reading files and computing signals.", None);
        return;
    }
    let text = "Drop a folder here, or open one with Ctrl+O. Crossrank reads its own folder format, MediaEval Retrieving \
                Diverse Social Images, and the layout of NAVER's DCMM release.";
    if widgets::empty_state(ui, icons::GRAPH, "No data set is open", text, Some("Open the built-in sample"))
        && let Some(sample) = Workspace::sample()
    {
        actions.push(Action::Open(sample));
    }
}

fn no_graph(ui: &mut Ui, workspace: &Workspace, session: &Session, actions: &mut Vec<Action>) {
    if session.is_building() || workspace.loading().is_running() {
        widgets::empty_state(ui, icons::GRAPH, "Building the graph…", "Comparing the query's images.", None);
    } else if workspace.embedding().is_running() {
        let text = "The graph appears when every picture has its vector.";
        widgets::empty_state(ui, icons::CPU, "Computing embeddings…", text, None);
    } else if session.summary.pictures > 0 {
        let text = "The graph joins images that look alike, so every picture needs a vector. Crossrank computes them with \
                    the encoder that comes with it; the panel “Data” offers others.";
        if widgets::empty_state(ui, icons::CPU, "No visual vectors yet", text, Some("Compute embeddings")) {
            actions.push(Action::Embed);
        }
    } else {
        let text = "This data set has neither pictures nor visual vectors. Add an embeddings file or pictures to it.";
        widgets::empty_state(ui, icons::IMAGE, "Nothing to compare", text, None);
    }
}
