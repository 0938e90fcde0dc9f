//! Nodes: dots when zoomed out, pictures when zoomed in.

use super::{Motion, Node, Scene};
use crate::app::kit::theme::{self, Palette};
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::widgets;
use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2, vec2};

/// Side of a node of size 1, in points, below which nodes are dots.
const DOT: f32 = 15.0;

/// Side in points from which a node uses a large picture.
const NEAR: f32 = 104.0;

/// Sides in points from which there is room for a sign and for a badge.
const SIGN: f32 = 24.0;
const BADGE: f32 = 34.0;

/// Maximum distance between the pointer and a dot's centre, in points.
const REACH: f32 = 10.0;

/// Where a node is drawn in this frame.
pub(super) struct Placed {
    node: usize,
    rect: Rect,
}

/// Computes every node's rectangle, in drawing order.
pub(super) fn place(placed: &mut Vec<Placed>, points: &[Pos2], zoom: f32, (scene, motion): (&Scene, &Motion)) {
    placed.clear();
    placed.extend(scene.order.iter().filter_map(|&node| {
        let size = motion.nodes.get(node).map_or(scene.nodes.get(node)?.size, |moving| moving.size);
        let side = (scene.side * zoom * size).clamp(4.0, 320.0);
        Some(Placed { node, rect: Rect::from_center_size(*points.get(node)?, Vec2::splat(side)) })
    }));
}

/// The topmost picture under the pointer, or the nearest dot within reach.
pub(super) fn pick(placed: &[Placed], near: bool, pointer: Pos2) -> Option<usize> {
    if near {
        return placed.iter().rev().find(|placed| placed.rect.expand(2.0).contains(pointer)).map(|placed| placed.node);
    }
    let distances = placed.iter().map(|placed| (placed.node, placed.rect.center().distance(pointer)));
    let within = distances.filter(|(_, distance)| *distance <= REACH);
    within.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(node, _)| node)
}

/// Whether nodes are pictures. It is all or none: a mix by size would seem to mean something.
pub(super) fn are_near(scene: &Scene, zoom: f32) -> bool {
    scene.pictures && scene.side * zoom >= DOT
}

/// Paints the nodes.
pub(super) fn paint(
    painter: &Painter,
    (placed, near): (&[Placed], bool),
    (scene, motion): (&Scene, &Motion),
    pictures: &mut Thumbnails,
    palette: &Palette,
) {
    let seen = painter.clip_rect();
    for &Placed { node, rect } in placed.iter().filter(|placed| placed.rect.intersects(seen)) {
        let badge = motion.nodes.get(node).map_or(&scene.nodes[node].badge, |moving| &moving.badge);
        let node = &scene.nodes[node];
        if near {
            picture(painter, rect, (node, badge), pictures, palette);
        } else {
            let radius = (rect.width() * 0.36).clamp(2.5, 9.0);
            node.mark.paint_dot(painter, rect.center(), radius, node.alpha);
        }
        if let Some(colour) = node.outline {
            let rect = rect.expand(4.0);
            let corners = CornerRadius::same((rect.width() * 0.1).clamp(3.0, 8.0) as u8);
            painter.rect_stroke(rect, corners, Stroke::new(2.5, colour), StrokeKind::Middle);
        }
    }
}

fn picture(painter: &Painter, rect: Rect, (node, badge): (&Node, &str), pictures: &mut Thumbnails, palette: &Palette) {
    let (side, path) = (rect.width(), node.path.as_deref());
    let picture = if side >= NEAR { pictures.large(node.image, path) } else { pictures.small(node.image, path) };
    let opaque = node.alpha >= 1.0;
    if opaque {
        painter.rect_filled(rect, 4, palette.raised);
    }
    widgets::paint_cover(painter, rect, picture, palette, Color32::WHITE.gamma_multiply(node.alpha));
    node.mark.paint_frame(painter, rect, node.alpha);
    if opaque && side >= SIGN {
        node.mark.paint_sign(painter, rect.right_top(), (side * 0.11).clamp(4.5, 9.0), palette);
    }
    if opaque && side >= BADGE && !badge.is_empty() {
        let size = (side * 0.2).clamp(9.0, 14.0).min(theme::BODY);
        widgets::paint_badge(painter, rect.left_bottom() + vec2(2.0, -2.0), badge, size, palette, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn the_topmost_of_two_overlapping_nodes_is_picked() {
        let node = |size| Node { size, ..Node::default() };
        let scene = Scene { side: 1.0, nodes: vec![node(2.0), node(1.0)], order: vec![1, 0, 7], ..Scene::default() };
        let points = [pos2(50.0, 50.0), pos2(65.0, 50.0)];
        let mut placed = Vec::new();
        place(&mut placed, &points, 20.0, (&scene, &Motion::default()));
        assert_eq!(placed.len(), 2, "an index without a node is skipped");
        assert_eq!(placed[1].rect, Rect::from_center_size(points[0], Vec2::splat(40.0)));
        assert_eq!(pick(&placed, true, pos2(60.0, 50.0)), Some(0));
        assert_eq!(pick(&placed, true, pos2(76.0, 50.0)), Some(1), "two points beside a node still count");
        assert_eq!(pick(&placed, true, pos2(90.0, 50.0)), None);
        assert_eq!(pick(&placed, false, pos2(60.0, 50.0)), Some(1), "the nearest dot");
        assert_eq!(pick(&placed, false, pos2(50.0, 61.0)), None);
    }

    #[test]
    fn nodes_are_pictures_once_a_node_of_size_1_is_large_enough() {
        let scene = |pictures| Scene { side: 0.5, pictures, ..Scene::default() };
        assert!(are_near(&scene(true), 30.0) && !are_near(&scene(true), 29.0) && !are_near(&scene(false), 300.0));
    }
}
