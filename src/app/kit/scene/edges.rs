//! All edges as one mesh, so that thousands cost one draw call.

use super::Scene;
use super::camera::Camera;
use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Painter, Pos2, Rect, Shape};
use std::sync::{Arc, Weak};

/// How far beyond the canvas an edge may lie and still be drawn, in points.
const BEYOND: f32 = 40.0;

/// The mesh of the last frame, reused while its inputs stay the same.
#[derive(Default)]
pub(super) struct EdgeMesh {
    mesh: Arc<Mesh>,
    drawn: Option<Drawn>,
}

/// What the mesh depends on.
struct Drawn {
    /// Weak, so that the scene's owner can reuse its memory for the next one. It still keeps the allocation from being
    /// given to another scene, so an equal pointer means an equal scene.
    scene: Weak<Scene>,
    camera: Camera,
    canvas: Rect,
}

impl EdgeMesh {
    /// Paints every edge that may be visible; `points` are the nodes' screen positions.
    pub fn paint(&mut self, painter: &Painter, scene: &Arc<Scene>, camera: &Camera, canvas: Rect, points: &[Pos2]) {
        if !self.drawn.as_ref().is_some_and(|drawn| drawn.is(scene, camera, canvas)) {
            if Arc::get_mut(&mut self.mesh).is_none() {
                self.mesh = Arc::default();
            }
            fill(Arc::make_mut(&mut self.mesh), scene, canvas, points);
            self.drawn = Some(Drawn { scene: Arc::downgrade(scene), camera: camera.clone(), canvas });
        }
        painter.add(Shape::mesh(self.mesh.clone()));
    }
}

impl Drawn {
    fn is(&self, scene: &Arc<Scene>, camera: &Camera, canvas: Rect) -> bool {
        self.scene.as_ptr() == Arc::as_ptr(scene) && self.camera == *camera && self.canvas == canvas
    }
}

fn fill(mesh: &mut Mesh, scene: &Scene, canvas: Rect, points: &[Pos2]) {
    mesh.clear();
    let seen = canvas.expand(BEYOND);
    for edge in &scene.edges {
        if let (Some(&from), Some(&to)) = (points.get(edge.from), points.get(edge.to))
            && Rect::from_two_pos(from, to).intersects(seen)
        {
            add(mesh, from, to, edge.width, edge.colour);
        }
    }
}

fn add(mesh: &mut Mesh, from: Pos2, to: Pos2, width: f32, colour: Color32) {
    let along = to - from;
    let length = along.length();
    if length < 0.5 {
        return;
    }
    let side = along.rot90() / length * (width * 0.5 + 0.5);
    let first = mesh.vertices.len() as u32;
    // The centre line carries the colour and both sides fade out: antialiasing without multisampling.
    let corners = [
        (from - side, Color32::TRANSPARENT),
        (from, colour),
        (from + side, Color32::TRANSPARENT),
        (to - side, Color32::TRANSPARENT),
        (to, colour),
        (to + side, Color32::TRANSPARENT),
    ];
    mesh.vertices.extend(corners.map(|(pos, color)| Vertex { pos, uv: WHITE_UV, color }));
    mesh.indices.extend([0, 1, 3, 1, 4, 3, 1, 2, 4, 2, 5, 4].map(|corner| first + corner));
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, Node};
    use super::*;
    use egui::{pos2, vec2};

    const CANVAS: Rect = Rect { min: Pos2::ZERO, max: pos2(200.0, 100.0) };

    fn filled(edges: Vec<Edge>, points: &[Pos2]) -> Mesh {
        let mut mesh = Mesh::default();
        fill(&mut mesh, &Scene { edges, ..Scene::default() }, CANVAS, points);
        mesh
    }

    #[test]
    fn edges_out_of_sight_or_without_a_node_are_skipped() {
        let points = [pos2(10.0, 10.0), pos2(110.0, 10.0), pos2(-300.0, 10.0), pos2(-400.0, 50.0)];
        let edge = |from, to| Edge { from, to, width: 3.0, colour: Color32::RED };
        let mesh = filled(vec![edge(0, 1), edge(2, 3), edge(0, 9)], &points);
        assert_eq!((mesh.vertices.len(), mesh.indices.len()), (6, 12));
        assert!(mesh.is_valid());
        let bounds = mesh.calc_bounds();
        assert_eq!(
            (bounds.min, bounds.max),
            (pos2(10.0, 8.0), pos2(110.0, 12.0)),
            "its width plus half a point of fading on each side"
        );
        let across = filled(vec![edge(0, 2)], &points);
        assert_eq!(across.vertices.len(), 6, "an edge that leaves the canvas is drawn");
    }

    #[test]
    fn the_same_scene_is_recognised_and_a_changed_one_is_not() {
        let (camera, mut scene) = (Camera::default(), Arc::new(Scene::default()));
        let drawn = Drawn { scene: Arc::downgrade(&scene), camera: camera.clone(), canvas: CANVAS };
        assert!(drawn.is(&scene, &camera, CANVAS));
        assert!(!drawn.is(&scene, &camera, CANVAS.translate(vec2(1.0, 0.0))));
        assert!(!drawn.is(&Arc::new(Scene::default()), &camera, CANVAS));
        Arc::make_mut(&mut scene).nodes.push(Node::default());
        assert!(!drawn.is(&scene, &camera, CANVAS), "a changed scene is never mistaken for the drawn one");
    }
}
