//! Draws a scene, with pan, zoom and picking.

use super::camera::Camera;
use super::edges::EdgeMesh;
use super::nodes::{self, Placed};
use super::{Motion, Scene, motion, overlay};
use crate::app::kit::theme;
use crate::app::kit::thumbnails::Thumbnails;
use egui::epaint::Mesh;
use egui::{Pos2, Response, Sense, Ui};
use std::sync::Arc;

/// A canvas with its camera and the buffers it reuses in every frame.
#[derive(Default)]
pub struct SceneCanvas {
    camera: Camera,
    points: Vec<Pos2>,
    placed: Vec<Placed>,
    edges: EdgeMesh,
    pulses: Arc<Mesh>,
}

/// The user's interaction with a canvas.
pub struct SceneResponse {
    /// Clicks, drags and hovering over the canvas as a whole.
    pub response: Response,
    /// Index of the node under the pointer.
    pub pointed: Option<usize>,
}

impl SceneCanvas {
    /// Keeps the whole scene in view from now on.
    pub fn fit(&mut self) {
        self.camera.follow();
    }

    /// Which part of the plane it shows.
    pub fn camera(&self) -> &Camera {
        &self.camera
    }

    /// Shows the same part of the plane as another canvas.
    pub fn set_camera(&mut self, camera: Camera) {
        self.camera = camera;
    }

    /// Draws a scene into the available space.
    pub fn show(&mut self, ui: &mut Ui, scene: &Arc<Scene>, pictures: &mut Thumbnails) -> SceneResponse {
        self.show_moving(ui, scene, &Motion::default(), pictures)
    }

    /// Draws a scene in motion into the available space.
    pub fn show_moving(
        &mut self,
        ui: &mut Ui,
        scene: &Arc<Scene>,
        motion: &Motion,
        pictures: &mut Thumbnails,
    ) -> SceneResponse {
        let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::click_and_drag());
        let canvas = response.rect;
        let palette = theme::palette(ui.visuals());
        painter.rect_filled(canvas, theme::RADIUS, scene.ground);
        let painter = painter.with_clip_rect(canvas);
        self.camera.update(ui, &response, scene.nodes.iter().map(|node| node.at));
        let camera = &self.camera;
        self.points.clear();
        self.points.extend(scene.nodes.iter().map(|node| camera.to_screen(canvas, node.at)));
        nodes::place(&mut self.placed, &self.points, camera.zoom(), (scene, motion));
        let near = nodes::are_near(scene, camera.zoom());

        self.edges.paint(&painter, scene, camera, canvas, &self.points);
        motion::paint(&painter, &mut self.pulses, &motion.pulses, &self.points);
        nodes::paint(&painter, (&self.placed, near), (scene, motion), pictures, palette);
        overlay::paint(&painter, canvas, scene, palette);
        let pointed = response.hover_pos().and_then(|pointer| nodes::pick(&self.placed, near, pointer));
        if response.double_clicked() && pointed.is_none() {
            self.camera.follow();
        }
        if pointed.is_some() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
        }
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Canvas, true, &scene.label));
        SceneResponse { response, pointed }
    }
}
