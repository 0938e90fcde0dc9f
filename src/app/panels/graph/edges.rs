//! All edges as one mesh, so that thousands cost one draw call.

use crate::app::kit::camera::Camera;
use crate::app::kit::theme::Palette;
use crate::workspace::QueryView;
use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Painter, Pos2, Rect, Shape};

/// Paints every edge, wider and stronger with its weight; those of the node in focus stand out, the rest stand back.
pub fn paint(
    painter: &Painter,
    camera: &Camera,
    canvas: Rect,
    view: &QueryView,
    focus: Option<usize>,
    palette: &Palette,
) {
    let (low, high) = weight_range(view);
    let points: Vec<Pos2> = view.positions().iter().map(|&place| camera.to_screen(canvas, place)).collect();
    let seen = canvas.expand(40.0);
    let mut mesh = Mesh::default();
    mesh.reserve_vertices(view.edges().len() * 4);
    mesh.reserve_triangles(view.edges().len() * 2);
    let crowd = (600.0 / view.edges().len().max(1) as f32).sqrt().clamp(0.35, 1.0);
    let mut front = Vec::new();
    for &(a, b, weight) in view.edges() {
        let (from, to) = (points[a], points[b]);
        if !Rect::from_two_pos(from, to).intersects(seen) {
            continue;
        }
        let strength = if high > low { (weight - low) / (high - low) } else { 0.5 };
        match focus {
            Some(focus) if focus == a || focus == b => front.push((from, to, strength)),
            Some(_) => add(&mut mesh, from, to, 0.8, palette.edge.gamma_multiply(0.07)),
            None => {
                let alpha = (0.10 + 0.42 * strength) * crowd;
                add(&mut mesh, from, to, 0.7 + 1.5 * strength, palette.edge.gamma_multiply(alpha));
            }
        }
    }
    for (from, to, strength) in front {
        add(&mut mesh, from, to, 1.2 + 2.2 * strength, palette.accent.gamma_multiply(0.45 + 0.5 * strength));
    }
    painter.add(Shape::mesh(mesh));
}

/// Edges come weakest first.
fn weight_range(view: &QueryView) -> (f32, f32) {
    match (view.edges().first(), view.edges().last()) {
        (Some(first), Some(last)) => (first.2, last.2),
        _ => (0.0, 1.0),
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
    // The middle line carries the colour and both rims fade out: smooth edges without multisampling.
    for (pos, color) in [
        (from - side, Color32::TRANSPARENT),
        (from, colour),
        (from + side, Color32::TRANSPARENT),
        (to - side, Color32::TRANSPARENT),
        (to, colour),
        (to + side, Color32::TRANSPARENT),
    ] {
        mesh.vertices.push(Vertex { pos, uv: WHITE_UV, color });
    }
    for [a, b, c] in [[0, 1, 3], [1, 4, 3], [1, 2, 4], [2, 5, 4]] {
        mesh.add_triangle(first + a, first + b, first + c);
    }
}
