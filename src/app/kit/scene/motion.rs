//! What moves in a scene from frame to frame: sizes and badges of nodes, and pulses along edges.
//!
//! A scene changes rarely and the canvas keeps what it made of it; a motion is given anew in every frame.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Painter, Pos2, Rect, Shape};
use std::sync::Arc;

/// Length of a pulse as a share of its edge.
const LENGTH: f32 = 0.28;

/// Corners of a pulse's head.
const CORNERS: u32 = 8;

/// What moves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Motion {
    /// Each node's size and badge in place of the scene's; none for those of the scene.
    pub nodes: Vec<MovingNode>,
    /// Pulses, the last one on top.
    pub pulses: Vec<Pulse>,
}

impl Motion {
    /// Lets everything rest; memory is kept.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.pulses.clear();
    }
}

/// A node in motion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MovingNode {
    /// Its side as a multiple of the scene's.
    pub size: f32,
    /// A short text in its lower left corner.
    pub badge: String,
}

/// Something on its way from one node to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pulse {
    /// Index of the node it comes from.
    pub from: usize,
    /// Index of the node it goes to.
    pub to: usize,
    /// How far its head has come, from 0 to 1; its tail arrives a little later.
    pub at: f32,
    /// The width of its head in points.
    pub width: f32,
    /// Its colour.
    pub colour: Color32,
}

/// Paints the pulses that may be visible as one mesh; `points` are the nodes' screen positions.
pub(super) fn paint(painter: &Painter, mesh: &mut Arc<Mesh>, pulses: &[Pulse], points: &[Pos2]) {
    if pulses.is_empty() {
        return;
    }
    if Arc::get_mut(mesh).is_none() {
        *mesh = Arc::default();
    }
    fill(Arc::make_mut(mesh), pulses, points, painter.clip_rect());
    painter.add(Shape::mesh(mesh.clone()));
}

fn fill(mesh: &mut Mesh, pulses: &[Pulse], points: &[Pos2], seen: Rect) {
    mesh.clear();
    for pulse in pulses {
        let (Some(&from), Some(&to)) = (points.get(pulse.from), points.get(pulse.to)) else { continue };
        let (head, tail) = (pulse.at.min(1.0), (pulse.at - LENGTH).max(0.0));
        if tail >= 1.0 || pulse.at <= 0.0 {
            continue;
        }
        let (head_at, tail_at) = (from + (to - from) * head, from + (to - from) * tail.min(1.0));
        if Rect::from_two_pos(head_at, tail_at).expand(pulse.width).intersects(seen) {
            add(mesh, tail_at, head_at, pulse.width, pulse.colour, pulse.at < 1.0);
        }
    }
}

/// A streak that grows from nothing at its tail to full colour and width at its head, and a round head.
fn add(mesh: &mut Mesh, tail: Pos2, head: Pos2, width: f32, colour: Color32, has_head: bool) {
    let along = head - tail;
    if along.length() >= 0.5 {
        let side = along.normalized().rot90() * (width * 0.5);
        let first = mesh.vertices.len() as u32;
        let corners = [(tail, Color32::TRANSPARENT), (head - side, colour), (head + side, colour)];
        mesh.vertices.extend(corners.map(|(pos, color)| Vertex { pos, uv: WHITE_UV, color }));
        mesh.indices.extend([first, first + 1, first + 2]);
    }
    if !has_head {
        return;
    }
    let first = mesh.vertices.len() as u32;
    mesh.vertices.push(Vertex { pos: head, uv: WHITE_UV, color: colour });
    for (radius, color) in [(width * 0.5, colour), (width * 0.5 + 1.0, Color32::TRANSPARENT)] {
        mesh.vertices.extend((0..CORNERS).map(|corner| {
            let angle = corner as f32 / CORNERS as f32 * std::f32::consts::TAU;
            Vertex { pos: head + egui::Vec2::angled(angle) * radius, uv: WHITE_UV, color }
        }));
    }
    for corner in 0..CORNERS {
        let next = (corner + 1) % CORNERS;
        let (a, b) = (first + 1 + corner, first + 1 + next);
        mesh.indices.extend([first, a, b, a, b, a + CORNERS, b, a + CORNERS, b + CORNERS]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    fn filled(at: f32) -> Mesh {
        let mut mesh = Mesh::default();
        let pulse = Pulse { from: 0, to: 1, at, width: 4.0, colour: Color32::RED };
        let seen = Rect::from_min_max(pos2(-50.0, -50.0), pos2(250.0, 50.0));
        let nowhere = Pulse { to: 7, ..pulse };
        fill(&mut mesh, &[pulse, nowhere], &[pos2(0.0, 0.0), pos2(200.0, 0.0)], seen);
        assert!(mesh.is_valid());
        mesh
    }

    #[test]
    fn a_pulse_goes_from_one_node_to_the_other_and_is_gone() {
        assert!(filled(0.0).is_empty() && filled(1.0 + LENGTH).is_empty());
        let half = filled(0.5).calc_bounds();
        assert!((half.max.x - 103.0).abs() < 0.1 && (half.min.x - 200.0 * (0.5 - LENGTH)).abs() < 0.1, "{half:?}");
        let arriving = filled(1.1).calc_bounds();
        assert!(arriving.max.x <= 200.0 && arriving.min.x > 150.0, "only the tail is left: {arriving:?}");
    }
}
