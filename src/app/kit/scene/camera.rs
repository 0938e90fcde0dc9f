//! Which part of the layout plane is visible, and at what scale.

use egui::{Pos2, Rect, Response, Ui, Vec2, pos2, vec2};

/// Minimum and maximum points per layout unit.
const ZOOM: std::ops::RangeInclusive<f32> = 1.0..=400.0;

/// Margin around a graph that is fitted to its panel, in points.
const MARGIN: f32 = 36.0;

/// The visible part of the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Camera {
    centre: Vec2,
    zoom: f32,
    /// Keeps the whole graph in view until the user moves the camera.
    following: bool,
}

impl Default for Camera {
    fn default() -> Self {
        Self { centre: Vec2::ZERO, zoom: 40.0, following: true }
    }
}

impl Camera {
    /// Points per layout unit.
    pub fn zoom(&self) -> f32 {
        self.zoom
    }

    /// Keeps the whole graph in view from now on.
    pub fn follow(&mut self) {
        self.following = true;
    }

    /// Maps a point of the plane to the screen.
    pub fn to_screen(&self, canvas: Rect, point: [f32; 2]) -> Pos2 {
        canvas.center() + (vec2(point[0], point[1]) - self.centre) * self.zoom
    }

    fn to_plane(&self, canvas: Rect, point: Pos2) -> Vec2 {
        (point - canvas.center()) / self.zoom + self.centre
    }

    /// Handles dragging, scrolling and pinching; refits the graph while following it.
    pub fn update(&mut self, ui: &Ui, response: &Response, positions: impl Iterator<Item = [f32; 2]>) {
        if response.dragged() {
            self.pan(response.drag_delta());
        }
        if let Some(pointer) = response.hover_pos().filter(|_| response.hovered()) {
            let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta.y, input.zoom_delta()));
            let factor = (scroll * 0.004).exp() * pinch;
            if (factor - 1.0).abs() > 1e-4 {
                self.zoom_at(response.rect, pointer, factor);
            }
        }
        if self.following {
            self.fit(response.rect, positions);
        }
    }

    /// A long press counts as a drag, but does not move the camera.
    fn pan(&mut self, delta: Vec2) {
        if delta != Vec2::ZERO {
            self.centre -= delta / self.zoom;
            self.following = false;
        }
    }

    fn zoom_at(&mut self, canvas: Rect, pointer: Pos2, factor: f32) {
        let anchor = self.to_plane(canvas, pointer);
        self.zoom = (self.zoom * factor).clamp(*ZOOM.start(), *ZOOM.end());
        self.centre += anchor - self.to_plane(canvas, pointer);
        self.following = false;
    }

    fn fit(&mut self, canvas: Rect, positions: impl Iterator<Item = [f32; 2]>) {
        let points = positions.map(|[x, y]| pos2(x, y)).filter(|point| point.is_finite());
        let bounds = points.fold(Rect::NOTHING, |mut bounds, point| {
            bounds.extend_with(point);
            bounds
        });
        if !bounds.is_finite() {
            return;
        }
        let free = (canvas.size() - Vec2::splat(2.0 * MARGIN)).max(Vec2::splat(40.0));
        let size = bounds.size().max(Vec2::splat(1.0));
        self.centre = bounds.center().to_vec2();
        self.zoom = (free / size).min_elem().clamp(*ZOOM.start(), 140.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screen_and_plane_coordinates_round_trip() {
        let camera = Camera { centre: vec2(3.0, -2.0), zoom: 25.0, following: false };
        let canvas = Rect::from_min_size(pos2(10.0, 20.0), vec2(400.0, 300.0));
        let point = camera.to_plane(canvas, camera.to_screen(canvas, [1.5, 4.0]));
        assert!((point - vec2(1.5, 4.0)).length() < 1e-4);
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer_fixed() {
        let mut camera = Camera::default();
        let canvas = Rect::from_min_size(Pos2::ZERO, vec2(400.0, 300.0));
        let pointer = pos2(90.0, 210.0);
        let before = camera.to_plane(canvas, pointer);
        camera.zoom_at(canvas, pointer, 1.7);
        assert!((camera.to_plane(canvas, pointer) - before).length() < 1e-3);
    }

    #[test]
    fn only_a_movement_ends_following() {
        let mut camera = Camera::default();
        camera.pan(Vec2::ZERO);
        assert!(camera.following);
        camera.pan(vec2(3.0, 0.0));
        assert!(!camera.following);
    }

    #[test]
    fn a_fitted_graph_lies_within_its_panel() {
        let mut camera = Camera::default();
        let canvas = Rect::from_min_size(Pos2::ZERO, vec2(640.0, 360.0));
        let points = [[-30.0, 4.0], [22.0, 9.0], [3.0, -17.0]];
        camera.fit(canvas, points.into_iter());
        assert!(points.iter().all(|&point| canvas.contains(camera.to_screen(canvas, point))));
    }
}
