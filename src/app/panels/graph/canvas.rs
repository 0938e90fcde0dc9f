//! One graph on one canvas: the Graph panel has one, the comparison of two embeddings two.

use super::only::Only;
use super::parts::GraphParts;
use super::player::{self, Moment, Played, Reel};
use super::scene;
use super::tooltip;
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::scene::canvas::SceneCanvas;
use crate::app::kit::scene::{Camera, Scene};
use crate::app::kit::theme::{self, Palette};
use crate::workspace::{ExplainRequest, Explained, GraphLook, Passing, QueryView, Ranking, SelectionAction, Session};
use egui::Ui;
use std::sync::Arc;

/// The graph to show.
pub struct ShownGraph<'a> {
    /// The open data set.
    pub session: &'a Session,
    /// The graph of its current query.
    pub view: &'a QueryView,
    /// How it is drawn.
    pub look: GraphLook,
    /// Its name, to distinguish graphs of the same query.
    pub name: Option<&'a str>,
    /// The images that pass the filter, if there is one.
    pub passing: Option<&'a Passing>,
    /// What the propagation player shows, if it is open.
    pub played: Option<Played<'a>>,
    /// The ranking that gives sizes and numbers; `None` for the best there is.
    pub ranking: Option<&'a Ranking>,
    /// The pairs that a graph beside it lacks.
    pub only: Option<Only<'a>>,
    /// Why the selected image has its rank, if that is at hand.
    pub explained: Option<&'a Explained>,
}

/// What a scene depends on; an equal request needs no new scene.
#[derive(Clone, Debug, PartialEq)]
struct SceneRequest {
    /// Changes each time a data set is opened.
    generation: u64,
    query: usize,
    view: u64,
    rankings: u64,
    judgements: u64,
    look: GraphLook,
    selected: Option<usize>,
    hovered: Option<usize>,
    passing: Option<Passing>,
    moment: Option<Moment>,
    ranked: Option<Vec<f32>>,
    only: Option<usize>,
    explained: Option<ExplainRequest>,
    dark: bool,
}

/// A canvas and the scene on it.
#[derive(Default)]
pub struct GraphCanvas {
    canvas: SceneCanvas,
    scene: Arc<Scene>,
    request: Option<SceneRequest>,
    reel: Reel,
}

impl GraphCanvas {
    /// Keeps the whole graph in view from now on.
    pub fn fit(&mut self) {
        self.canvas.fit();
    }

    /// Which part of the plane is shown.
    pub fn view_of_plane(&self) -> Camera {
        self.canvas.camera().clone()
    }

    /// Shows the same part of the plane as another canvas.
    fn look_as(&mut self, camera: &Camera) {
        self.canvas.set_camera(camera.clone());
    }

    /// Lets two canvases show the same part of the plane: the one that was moved takes the other one along.
    pub fn tie(canvases: &mut [Self; 2], before: &[Camera; 2]) {
        let after = canvases.each_ref().map(Self::view_of_plane);
        if let Some(at) = (0..2).find(|&at| after[at] != before[at]) {
            canvases[1 - at].look_as(&after[at]);
        }
    }

    /// Draws the graph into the available space and handles the pointer.
    pub fn show(&mut self, ui: &mut Ui, shown: &ShownGraph<'_>, ctx: &mut PanelCtx<'_>) {
        let request = shown.request(ui.visuals().dark_mode);
        if self.request.as_ref() != Some(&request) {
            if self.request.as_ref().is_none_or(|known| known.query != request.query) {
                self.canvas.fit();
            }
            self.compose(shown, theme::palette(ui.visuals()));
            self.request = Some(request);
        }
        match &shown.played {
            Some(played) => {
                let focus = shown.session.hovered().or(shown.session.candidate());
                self.reel.compose(played, focus, shown.look, theme::palette(ui.visuals()));
            }
            None => self.reel.motion.clear(),
        }
        let answer = self.canvas.show_moving(ui, &self.scene, &self.reel.motion, ctx.pictures);
        if answer.response.hovered() && !answer.response.dragged() {
            ctx.act(SelectionAction::Hover(answer.pointed));
            if let Some(pointed) = answer.pointed {
                tooltip::tooltip(ui, &answer.response, (shown.session, shown.view), pointed, ctx.pictures);
            }
        }
        if answer.response.clicked() {
            ctx.act(SelectionAction::Candidate(answer.pointed));
        }
        if answer.response.double_clicked() && answer.pointed.is_some() {
            ctx.command(Command::ToggleLarge);
        }
    }
}

impl GraphCanvas {
    fn compose(&mut self, shown: &ShownGraph<'_>, palette: &Palette) {
        let scene = Arc::make_mut(&mut self.scene);
        let contributions = shown.explained.map(Explained::contributions);
        let contributions = contributions.as_deref();
        let Some(played) = &shown.played else {
            let mut parts = shown.parts(contributions);
            // What is explained is who adds to the score, which need not be neighbours.
            if let (Some(shares), Some(selected)) = (parts.contributing(), parts.selected) {
                let mut near = vec![None; parts.positions.len()];
                shares.iter().for_each(|(image, _)| near[*image] = Some(1));
                near[selected] = Some(0);
                parts.near = Some(near);
            }
            return scene::compose(scene, &parts, palette);
        };
        self.reel.compose_edges(played);
        let plain = shown.parts(None);
        let focus = plain.hovered.or(plain.selected);
        let near = focus.map(|focus| near(&self.reel.edges, plain.positions.len(), focus));
        // Sizes and ranks move, and so are not of the scene.
        let look = GraphLook { ranks: false, size_by_score: false, ..plain.look };
        let parts = GraphParts { edges: &self.reel.edges, by_strength: true, ranking: None, look, near, ..plain };
        scene::compose(scene, &parts, palette);
        player::annotate(scene, played, palette);
    }
}

/// For each node whether it is the focus, 0, or next to it, 1.
fn near(edges: &[(usize, usize, f32)], count: usize, focus: usize) -> Vec<Option<usize>> {
    let mut near = vec![None; count];
    for &(a, b, _) in edges.iter().filter(|(a, b, _)| *a == focus || *b == focus) {
        [a, b].into_iter().for_each(|node| near[node] = Some(1));
    }
    near[focus] = Some(0);
    near
}

impl<'a> ShownGraph<'a> {
    fn request(&self, dark: bool) -> SceneRequest {
        let session = self.session;
        SceneRequest {
            generation: session.generation,
            query: session.query(),
            view: self.view.version(),
            rankings: session.rankings_version(),
            judgements: session.data.judgements.version_of(session.query()),
            look: self.look,
            selected: session.candidate(),
            hovered: session.hovered(),
            passing: self.passing.cloned(),
            moment: self.played.as_ref().map(Played::moment),
            ranked: self.ranking.map(|ranking| ranking.scores.clone()),
            only: self.only.map(|only| only.pairs.len()),
            explained: self.explained.map(|explained| explained.request.clone()),
            dark,
        }
    }

    fn parts<'b>(&self, contributions: Option<&'b [f64]>) -> GraphParts<'b>
    where
        'a: 'b,
    {
        let ShownGraph { session, view, look, name, passing, ranking, only, .. } = *self;
        let (data, query) = (&session.data, session.query());
        let focus = session.hovered().or(session.candidate());
        GraphParts {
            images: &data.dataset.images,
            query: &data.dataset.queries[query],
            grades: data.judgements.of(query),
            scale: &session.scale,
            ranking: ranking.or_else(|| session.best_ranking()),
            positions: view.positions(),
            edges: view.edges(),
            by_strength: false,
            only,
            contributions,
            statistics: view.statistics(),
            look,
            selected: session.candidate(),
            hovered: session.hovered(),
            near: focus.map(|focus| view.graph().hops(focus, 1)),
            passing: passing.map(|passing| &*passing.is_shown),
            name,
        }
    }
}
