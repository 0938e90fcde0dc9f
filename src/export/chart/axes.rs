//! Shared by panels: frames, titles and axes.

use super::colour::{Colour, Palette};
use super::scale::Scale;
use super::surface::{Anchor, Letters, Surface, fitting, text_width};

/// Size of labels and ticks, in points.
pub(super) const TEXT: f64 = 10.5;

/// Size of a panel's title.
pub(super) const HEADING: f64 = 11.5;

/// Width of axes and grid lines.
pub(super) const THIN: f64 = 0.75;

/// Gap between related elements.
pub(super) const SPACE: f64 = 6.0;

/// A rectangle in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Frame {
    pub fn width(self) -> f64 {
        self.right - self.left
    }

    pub fn height(self) -> f64 {
        self.bottom - self.top
    }

    /// The horizontal position of a value.
    pub fn x(self, scale: &Scale, value: f64) -> f64 {
        self.left + scale.position(value) * self.width()
    }

    /// The vertical position of a value.
    pub fn y(self, scale: &Scale, value: f64) -> f64 {
        self.bottom - scale.position(value) * self.height()
    }
}

pub(super) fn letters(colour: Colour, anchor: Anchor) -> Letters {
    Letters { size: TEXT, strong: false, colour, anchor, rotated: false }
}

/// Draws a panel's title and returns the rest of the frame.
pub(super) fn heading(surface: &mut dyn Surface, palette: &Palette, mut frame: Frame, title: &str) -> Frame {
    if !title.is_empty() {
        let style = Letters { size: HEADING, strong: true, ..letters(palette.text, Anchor::Start) };
        let title = fitting(title, HEADING, true, frame.width());
        surface.text((frame.left, frame.top + HEADING * 0.8), &title, style);
        frame.top += HEADING * 1.2 + SPACE;
    }
    frame
}

/// Draws the grid and labels of a vertical axis at the frame's left.
pub(super) fn left_axis(surface: &mut dyn Surface, palette: &Palette, frame: Frame, scale: &Scale) {
    for (value, name) in scale.ticks() {
        let y = frame.y(scale, value);
        surface.line(&[(frame.left, y), (frame.right, y)], palette.grid, THIN);
        surface.text((frame.left - SPACE, y + TEXT * 0.36), &name, letters(palette.weak, Anchor::End));
    }
}

/// The widest label of an axis.
pub(super) fn widest(scale: &Scale) -> f64 {
    scale.ticks().iter().map(|(_, name)| text_width(name, TEXT, false)).fold(0.0, f64::max)
}

/// Draws an axis label along the left edge of the panel.
pub(super) fn left_label(surface: &mut dyn Surface, palette: &Palette, frame: Frame, left: f64, label: &str) {
    let style = Letters { rotated: true, ..letters(palette.text, Anchor::Middle) };
    surface.text((left + TEXT * 0.8, (frame.top + frame.bottom) / 2.0), label, style);
}

/// Draws an axis label under the panel.
pub(super) fn bottom_label(surface: &mut dyn Surface, palette: &Palette, frame: Frame, bottom: f64, label: &str) {
    let middle = (frame.left + frame.right) / 2.0;
    surface.text((middle, bottom - TEXT * 0.25), label, letters(palette.text, Anchor::Middle));
}
