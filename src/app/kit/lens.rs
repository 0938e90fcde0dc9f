//! Zoom and position of a picture within its panel.

use super::picture::Picture;
use super::theme::{self, GRID};
use super::widgets;
use egui::{Color32, Pos2, Rect, Response, Ui, Vec2, vec2};

/// Most times a picture is larger than its panel.
const CLOSEST: f32 = 32.0;

/// How much nearer a double-click goes.
const CLOSER: f32 = 3.0;

/// What part of a picture is seen, and how large; the same lens may look at several pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lens {
    /// 1 if the whole picture fits.
    zoom: f32,
    /// The point in the middle of the panel: 0 to 1 from left to right, and from top to bottom.
    centre: Vec2,
}

impl Default for Lens {
    fn default() -> Self {
        Self { zoom: 1.0, centre: Vec2::splat(0.5) }
    }
}

impl Lens {
    /// Whether the whole picture is seen.
    fn is_fit(&self) -> bool {
        self.zoom <= 1.0
    }

    /// Where a picture of this aspect ratio lies; it may be larger than the panel.
    pub fn placed(&self, panel: Rect, aspect: f32) -> Rect {
        let size = self.zoom * fitted(panel, aspect);
        let offset = (vec2(0.5, 0.5) - self.centre) * size;
        let free = (size - panel.size()).max(Vec2::ZERO) * 0.5;
        Rect::from_center_size(panel.center() + offset.clamp(-free, free), size)
    }

    /// The size of the picture that is sharp through the lens, relative to its panel. It grows in steps of two, so that
    /// turning the wheel does not decode at every notch.
    pub fn sharpness(&self) -> f32 {
        self.zoom.log2().ceil().exp2()
    }

    /// Draws a picture as far as it lies in its panel; a double-click goes nearer, and back. The part of the panel that
    /// the picture fills, and whether the lens was moved.
    pub fn show(&mut self, ui: &Ui, response: &Response, panel: Rect, picture: Picture) -> (Rect, bool) {
        let painter = ui.painter().with_clip_rect(panel);
        let Picture::Ready { texture, uv, aspect } = picture else {
            let palette = theme::palette(ui.visuals());
            return (widgets::paint_contain(&painter, panel.shrink(GRID), picture, palette), false);
        };
        let before = *self;
        self.update(ui, response, panel, aspect);
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.double_clicked()) {
            match self.is_fit() {
                true => self.zoom_at(panel, aspect, pointer, CLOSER),
                false => *self = Self::default(),
            }
        }
        let placed = self.placed(panel, aspect);
        painter.image(texture, placed, uv, Color32::WHITE);
        (placed.intersect(panel), *self != before)
    }

    /// Handles dragging, scrolling and pinching.
    fn update(&mut self, ui: &Ui, response: &Response, panel: Rect, aspect: f32) {
        if response.dragged() {
            self.pan(panel, aspect, response.drag_delta());
        }
        if let Some(pointer) = response.hover_pos().filter(|_| response.hovered()) {
            let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta.y, input.zoom_delta()));
            let factor = (scroll * 0.004).exp() * pinch;
            if (factor - 1.0).abs() > 1e-4 {
                self.zoom_at(panel, aspect, pointer, factor);
            }
        }
    }

    /// Zooms by a factor with the point under `pointer` fixed.
    fn zoom_at(&mut self, panel: Rect, aspect: f32, pointer: Pos2, factor: f32) {
        let before = self.placed(panel, aspect);
        let under = (pointer - before.min) / before.size();
        self.zoom = (self.zoom * factor).clamp(1.0, CLOSEST);
        let size = self.zoom * fitted(panel, aspect);
        self.centre = under - (pointer - panel.center()) / size;
        self.settle(panel, aspect);
    }

    /// Moves and zooms by as much as another lens did.
    pub fn follow(&mut self, before: Self, after: Self) {
        self.zoom = (self.zoom * after.zoom / before.zoom).clamp(1.0, CLOSEST);
        self.centre = match self.zoom <= 1.0 {
            true => Vec2::splat(0.5),
            false => (self.centre + after.centre - before.centre).clamp(Vec2::ZERO, Vec2::splat(1.0)),
        };
    }

    fn pan(&mut self, panel: Rect, aspect: f32, by: Vec2) {
        self.centre -= by / (self.zoom * fitted(panel, aspect));
        self.settle(panel, aspect);
    }

    /// Keeps the picture over its panel.
    fn settle(&mut self, panel: Rect, aspect: f32) {
        let placed = self.placed(panel, aspect);
        self.centre = (panel.center() - placed.min) / placed.size();
    }
}

/// The size of a picture that just fits.
fn fitted(panel: Rect, aspect: f32) -> Vec2 {
    let aspect = if aspect.is_finite() && aspect > 0.0 { aspect } else { 1.0 };
    if aspect > panel.aspect_ratio() {
        vec2(panel.width(), panel.width() / aspect)
    } else {
        vec2(panel.height() * aspect, panel.height())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    const PANEL: Rect = Rect { min: Pos2 { x: 10.0, y: 20.0 }, max: Pos2 { x: 410.0, y: 220.0 } };

    #[test]
    fn a_whole_picture_is_centred_and_as_large_as_fits() {
        let placed = Lens::default().placed(PANEL, 1.0);
        assert_eq!((placed.center(), placed.size()), (PANEL.center(), vec2(200.0, 200.0)));
        assert_eq!(Lens::default().placed(PANEL, 4.0).size(), vec2(400.0, 100.0));
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let mut lens = Lens::default();
        let pointer = pos2(190.0, 90.0);
        let before = lens.placed(PANEL, 2.0);
        let under = (pointer - before.min) / before.size();
        lens.zoom_at(PANEL, 2.0, pointer, 4.0);
        let after = lens.placed(PANEL, 2.0);
        assert!(((pointer - after.min) / after.size() - under).length() < 1e-4);
        assert_eq!(after.size(), vec2(1600.0, 800.0));
    }

    #[test]
    fn a_picture_never_leaves_its_panel_and_comes_back_whole() {
        let mut lens = Lens::default();
        lens.zoom_at(PANEL, 2.0, PANEL.min, 3.0);
        lens.pan(PANEL, 2.0, vec2(5000.0, -5000.0));
        let placed = lens.placed(PANEL, 2.0);
        assert!(placed.contains_rect(PANEL), "{placed:?}");
        lens.zoom_at(PANEL, 2.0, PANEL.max, 0.01);
        assert!(lens.is_fit());
        assert_eq!(lens.placed(PANEL, 2.0), Lens::default().placed(PANEL, 2.0));
    }
}
