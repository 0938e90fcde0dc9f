//! What figures are drawn on: lines, areas and text in points, whatever comes out in the end.

use super::colour::Colour;
use plotters::backend::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, FontTransform, IntoFont, RGBAColor, ShapeStyle, TextStyle, register_font};
use std::sync::OnceLock;

/// The family under which our fonts are known to the drawing library.
pub(super) const FAMILY: &str = "Inter";

/// Height of a line of Inter over its em: (ascender − descender) / units per em.
const LINE: f64 = (2728.0 + 680.0) / 2816.0;

/// What the drawing library divides a size by where it writes SVG.
const SVG_LINE: f64 = 1.24;

/// Which point of a text is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters {
    pub size: f64,
    pub strong: bool,
    pub colour: Colour,
    pub anchor: Anchor,
    /// Whether it reads from bottom to top.
    pub upright: bool,
}

/// Something to draw on. Places are in points from the upper left corner; a text's is on its baseline.
pub(super) trait Surface {
    fn line(&mut self, points: &[(f64, f64)], colour: Colour, width: f64);
    fn rect(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour);
    fn circle(&mut self, centre: (f64, f64), radius: f64, colour: Colour);
    fn polygon(&mut self, points: &[(f64, f64)], colour: Colour);
    fn text(&mut self, at: (f64, f64), text: &str, letters: Letters);
}

/// Makes our fonts known; once in the life of the program.
///
/// # Errors
/// If a font cannot be read.
pub(super) fn register_fonts() -> Result<(), String> {
    static DONE: OnceLock<Result<(), String>> = OnceLock::new();
    let register = || {
        let regular = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
        let strong = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");
        register_font(FAMILY, FontStyle::Normal, regular)
            .and_then(|()| register_font(FAMILY, FontStyle::Bold, strong))
            .map_err(|_| "the program's own font cannot be read".to_owned())
    };
    DONE.get_or_init(register).clone()
}

/// The width of a text in points; 0 where it cannot be told.
pub(super) fn text_width(text: &str, size: f64, strong: bool) -> f64 {
    // Measured large, as the drawing library rounds to whole numbers.
    const LARGE: f64 = 64.0;
    let font = (FAMILY, size * LINE * LARGE, style(strong)).into_font();
    font.box_size(text).map_or(0.0, |(width, _)| f64::from(width) / LARGE)
}

/// A text that is no wider than this, shortened by an ellipsis where it must be.
pub(super) fn fitting(text: &str, size: f64, strong: bool, width: f64) -> String {
    if text_width(text, size, strong) <= width {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let shorter: String = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if text_width(&shorter, size, strong) <= width {
            return shorter;
        }
    }
    String::new()
}

fn style(strong: bool) -> FontStyle {
    if strong { FontStyle::Bold } else { FontStyle::Normal }
}

/// A surface over one of the drawing library's own.
pub(super) struct Drawn<B: DrawingBackend> {
    pub backend: B,
    /// Its units per point.
    pub scale: f64,
    /// Whether it writes text as text.
    pub vector: bool,
    /// The first thing that went wrong.
    pub failed: Option<String>,
}

impl<B: DrawingBackend> Drawn<B> {
    fn place(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    fn keep(&mut self, done: Result<(), impl std::error::Error>) {
        if let Err(error) = done {
            self.failed.get_or_insert_with(|| error.to_string());
        }
    }
}

fn rgb(colour: Colour) -> RGBAColor {
    RGBAColor(colour.0, colour.1, colour.2, 1.0)
}

impl<B: DrawingBackend> Surface for Drawn<B> {
    fn line(&mut self, points: &[(f64, f64)], colour: Colour, width: f64) {
        let stroke_width = (width * self.scale).round().max(1.0) as u32;
        let style = ShapeStyle { color: rgb(colour), filled: false, stroke_width };
        let points: Vec<_> = points.iter().map(|&point| self.place(point)).collect();
        let done = self.backend.draw_path(points, &style);
        self.keep(done);
    }

    fn rect(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour) {
        let (a, b) = (self.place(from), self.place(to));
        // The bitmap fills its last row and column too; vectors do not.
        let last = i32::from(!self.vector);
        let (low, high) = ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0) - last, a.1.max(b.1) - last));
        let done = self.backend.draw_rect(low, high, &rgb(colour).filled(), true);
        self.keep(done);
    }

    fn circle(&mut self, centre: (f64, f64), radius: f64, colour: Colour) {
        let radius = (radius * self.scale).round().max(1.0) as u32;
        let centre = self.place(centre);
        let done = self.backend.draw_circle(centre, radius, &rgb(colour).filled(), true);
        self.keep(done);
    }

    fn polygon(&mut self, points: &[(f64, f64)], colour: Colour) {
        let points: Vec<_> = points.iter().map(|&point| self.place(point)).collect();
        let done = self.backend.fill_polygon(points, &rgb(colour).filled());
        self.keep(done);
    }

    fn text(&mut self, at: (f64, f64), text: &str, letters: Letters) {
        if text.is_empty() {
            return;
        }
        let line = if self.vector { SVG_LINE } else { LINE };
        let size = letters.size * self.scale * line;
        let font = (FAMILY, size, style(letters.strong)).into_font();
        let font = if letters.upright { font.transform(FontTransform::Rotate270) } else { font };
        let h_pos = match letters.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        // A bitmap's text stands half its size above the baseline; the SVG's offset is taken out afterwards.
        let v_pos = if self.vector { VPos::Bottom } else { VPos::Top };
        let ink = rgb(letters.colour);
        let style = TextStyle::from(font).color(&ink).pos(Pos::new(h_pos, v_pos));
        let (mut x, mut y) = self.place(at);
        if !self.vector {
            let rise = (size / 2.0) as i32;
            if letters.upright { x -= rise } else { y -= rise }
        }
        let done = self.backend.draw_text(text, &style, (x, y));
        self.keep(done);
    }
}
