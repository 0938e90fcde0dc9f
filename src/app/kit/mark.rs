//! An image's judgement as a dot, a frame or a sign, distinguished by shape as well as by colour.

use super::theme::Palette;
use crate::dataset::Relevance;
use crate::judge::Scale;
use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, vec2};

/// What distinguishes marks without colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Judged relevant: a disc, with a tick if there is room.
    Tick,
    /// Judged not relevant: a square when zoomed out, a disc with a cross when zoomed in.
    Cross,
    /// Unrelated to judgements, only the colour matters: a disc without a sign.
    Plain,
    /// Not judged: a ring without a sign.
    #[default]
    Open,
}

/// A shape and its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The shape of the dot and the sign.
    pub shape: Shape,
    /// The colour of dot, frame and sign.
    pub colour: Color32,
}

impl Mark {
    /// The mark of a judgement, in the colour of its grade.
    pub fn of(relevance: Option<Relevance>, scale: &Scale, palette: &Palette) -> Self {
        let Some(relevance) = relevance.filter(|relevance| relevance.is_judged()) else {
            return Self { shape: Shape::Open, colour: palette.unjudged };
        };
        let shape = if relevance.is_relevant() { Shape::Tick } else { Shape::Cross };
        Self { shape, colour: palette.grade(scale.colour(relevance.0)) }
    }

    /// Paints an image that is zoomed out.
    pub fn paint_dot(self, painter: &Painter, centre: Pos2, radius: f32, alpha: f32) {
        let colour = self.colour.gamma_multiply(alpha);
        match self.shape {
            Shape::Tick | Shape::Plain => painter.circle_filled(centre, radius, colour),
            Shape::Cross => painter.rect_filled(Rect::from_center_size(centre, vec2(1.6, 1.6) * radius), 1, colour),
            Shape::Open => painter.circle_stroke(centre, radius, Stroke::new(1.2, colour)),
        };
    }

    /// Paints a frame around a picture: thin if it is not judged.
    pub fn paint_frame(self, painter: &Painter, rect: Rect, alpha: f32) {
        let width = if self.shape == Shape::Open { 1.0 } else { 2.0 };
        let corners = CornerRadius::same((rect.width() * 0.08).clamp(2.0, 6.0) as u8);
        let stroke = Stroke::new(width, self.colour.gamma_multiply(alpha));
        painter.rect_stroke(rect, corners, stroke, StrokeKind::Middle);
    }

    /// Paints a small disc with a tick or a cross; nothing for the other shapes.
    pub fn paint_sign(self, painter: &Painter, centre: Pos2, radius: f32, palette: &Palette) {
        if matches!(self.shape, Shape::Plain | Shape::Open) {
            return;
        }
        painter.circle(centre, radius, self.colour, Stroke::new(1.0, palette.panel));
        let stroke = Stroke::new((radius * 0.3).max(1.2), palette.panel);
        let at = |x: f32, y: f32| centre + vec2(x, y) * radius;
        if self.shape == Shape::Tick {
            painter.line(vec![at(-0.45, 0.05), at(-0.1, 0.4), at(0.48, -0.35)], stroke);
        } else {
            painter.line_segment([at(-0.38, -0.38), at(0.38, 0.38)], stroke);
            painter.line_segment([at(-0.38, 0.38), at(0.38, -0.38)], stroke);
        }
    }

    /// Paints the mark for a legend: the sign if it has one, else the dot.
    pub fn paint_key(self, painter: &Painter, centre: Pos2, palette: &Palette) {
        match self.shape {
            Shape::Tick | Shape::Cross => self.paint_sign(painter, centre, 6.0, palette),
            Shape::Plain | Shape::Open => self.paint_dot(painter, centre, 5.0, 1.0),
        }
    }
}
