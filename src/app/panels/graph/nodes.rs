//! Nodes: dots when far, pictures when near.

use super::canvas::{NEAR, Node};
use crate::app::kit::theme::{self, Palette};
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::widgets;
use crate::workspace::{GraphLook, Session};
use egui::{Color32, CornerRadius, Painter, Stroke, StrokeKind, vec2};

/// Paints the nodes in the order given.
pub fn paint(
    painter: &Painter,
    nodes: &[Node],
    session: &Session,
    look: GraphLook,
    pictures: &mut Thumbnails,
    palette: &Palette,
) {
    let seen = painter.clip_rect();
    for node in nodes.iter().filter(|node| node.rect.intersects(seen)) {
        let chosen = session.candidate() == Some(node.candidate);
        if !look.thumbnails {
            dot(painter, node, session, palette);
        } else {
            picture(painter, node, session, look, pictures, palette);
        }
        if chosen {
            let rect = node.rect.expand(4.0);
            let corners = CornerRadius::same((rect.width() * 0.1).clamp(3.0, 8.0) as u8);
            painter.rect_stroke(rect, corners, Stroke::new(2.5, palette.accent), StrokeKind::Middle);
        }
    }
}

fn dot(painter: &Painter, node: &Node, session: &Session, palette: &Palette) {
    let relevance = session.relevance(node.candidate);
    let colour = palette.relevance(relevance).gamma_multiply(node.alpha);
    let radius = (node.rect.width() * 0.36).clamp(2.5, 9.0);
    widgets::paint_dot(painter, node.rect.center(), radius, relevance, colour);
}

fn picture(
    painter: &Painter,
    node: &Node,
    session: &Session,
    look: GraphLook,
    pictures: &mut Thumbnails,
    palette: &Palette,
) {
    let candidate = &session.data.dataset.queries[session.query()].candidates[node.candidate];
    let relevance = session.relevance(node.candidate);
    let path = session.data.dataset.images[candidate.image].file.as_deref();
    let side = node.rect.width();
    let picture =
        if side >= NEAR { pictures.large(candidate.image, path) } else { pictures.small(candidate.image, path) };
    if node.alpha >= 1.0 {
        painter.rect_filled(node.rect, 4, palette.raised);
    }
    widgets::paint_cover(painter, node.rect, picture, palette, Color32::WHITE.gamma_multiply(node.alpha));
    widgets::paint_frame(painter, node.rect, relevance, palette, node.alpha);
    if node.alpha < 1.0 {
        return;
    }
    if side >= 24.0 {
        let radius = (side * 0.11).clamp(4.5, 9.0);
        widgets::paint_judgement(painter, node.rect.right_top(), radius, relevance, palette);
    }
    if let Some(ranking) = session.best_ranking().filter(|_| look.ranks && side >= 34.0) {
        let size = (side * 0.2).clamp(9.0, 14.0).min(theme::BODY);
        let rank = (ranking.place[node.candidate] + 1).to_string();
        widgets::paint_badge(painter, node.rect.left_bottom() + vec2(2.0, -2.0), &rank, size, palette, 1.0);
    }
}
