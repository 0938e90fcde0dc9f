//! What is drawn over the nodes: the line in the corner and the legend.

use super::Scene;
use crate::app::kit::theme::{self, GRID, Palette};
use egui::{Align2, FontId, Painter, Rect, pos2, vec2};

/// Distance from a key's centre to its text, and from there to the next key's centre.
const TEXT: f32 = 10.0;
const NEXT: f32 = 4.0 * GRID;
/// Height of a line of keys.
const LINE: f32 = 4.0 * GRID;

/// Paints the line and the legend.
pub(super) fn paint(painter: &Painter, canvas: Rect, scene: &Scene, palette: &Palette) {
    if !scene.corner.is_empty() {
        let font = FontId::proportional(theme::SMALL);
        let galley = painter.layout_no_wrap(scene.corner.clone(), font, palette.weak);
        let at = canvas.left_top() + vec2(2.0 * GRID, 2.0 * GRID);
        ground(painter, Rect::from_min_size(at, galley.size()), scene);
        painter.galley(at, galley, palette.weak);
    }
    if !scene.legend.is_empty() {
        legend(painter, canvas, scene, palette);
    }
}

/// Keeps text legible over pictures.
fn ground(painter: &Painter, text: Rect, scene: &Scene) {
    painter.rect_filled(text.expand2(vec2(GRID, 2.0)), theme::RADIUS, scene.ground.gamma_multiply(0.8));
}

fn legend(painter: &Painter, canvas: Rect, scene: &Scene, palette: &Palette) {
    let (left, bottom) = (canvas.left() + 4.0 * GRID, canvas.bottom() - 4.0 * GRID);
    let layout = |text: &str| painter.layout_no_wrap(text.to_owned(), FontId::proportional(theme::SMALL), palette.weak);
    let (mut right, mut widest, mut line) = (left, left, 0);
    let mut keys = Vec::with_capacity(scene.legend.len());
    for key in &scene.legend {
        let galley = layout(&key.text);
        if right > left && right + TEXT + galley.size().x > canvas.right() - 4.0 * GRID {
            (right, line) = (left, line + 1);
        }
        keys.push((right, line, key.mark, galley.clone()));
        right += TEXT + galley.size().x + NEXT;
        widest = right.max(widest);
    }
    // The last line is at the bottom.
    let y = |of_key: usize| bottom - (line - of_key) as f32 * LINE;
    let keys = keys.into_iter().map(|(x, of_key, mark, galley)| {
        let text = Align2::LEFT_CENTER.anchor_size(pos2(x + TEXT, y(of_key)), galley.size());
        (pos2(x, y(of_key)), mark, text, galley)
    });
    let pad = 2.0 * GRID;
    let area = Rect::from_min_max(pos2(left - pad, y(0) - pad), pos2(widest - NEXT + pad, bottom + pad));
    ground(painter, area, scene);
    for (centre, mark, text, galley) in keys {
        mark.paint_key(painter, centre, palette);
        painter.galley(text.min, galley, palette.weak);
    }
}
