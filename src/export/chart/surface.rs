//! What charts are drawn on: lines, areas and text in points, whatever the output format.

use super::colour::Colour;
use super::font::Font;
use crate::export::ExportError;
use plotters::backend::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, FontTransform, IntoFont, RGBAColor, ShapeStyle, TextStyle, register_font};
use std::sync::LazyLock;

/// The family name under which the bundled fonts are registered with the drawing library.
pub(super) const FAMILY: &str = "Inter";

/// Line height of Inter in ems: (ascender − descender) / units per em.
const LINE: f64 = (2728.0 + 680.0) / 2816.0;

/// The drawing library divides font sizes by this in SVG.
const SVG_LINE: f64 = 1.24;

/// Which point of a text its position refers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

/// The style of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters {
    pub size: f64,
    pub strong: bool,
    pub colour: Colour,
    pub anchor: Anchor,
    /// Whether it runs from bottom to top.
    pub rotated: bool,
}

/// Something to draw on. Positions are in points from the upper left corner; a text's is on its baseline.
pub(super) trait Surface {
    fn line(&mut self, points: &[(f64, f64)], colour: Colour, width: f64);
    fn rect(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour);
    fn circle(&mut self, centre: (f64, f64), radius: f64, colour: Colour);
    fn polygon(&mut self, points: &[(f64, f64)], colour: Colour);
    fn text(&mut self, at: (f64, f64), text: &str, letters: Letters);
}

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
const STRONG: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");

/// The two faces, registered with the drawing library.
struct Faces {
    regular: Font,
    strong: Font,
}

static FACES: LazyLock<Option<Faces>> = LazyLock::new(|| {
    register_font(FAMILY, FontStyle::Normal, REGULAR).ok()?;
    register_font(FAMILY, FontStyle::Bold, STRONG).ok()?;
    Some(Faces { regular: Font::read(REGULAR)?, strong: Font::read(STRONG)? })
});

/// Registers the bundled fonts, once per process.
///
/// # Errors
/// If a font cannot be read.
pub(super) fn register_fonts() -> Result<(), ExportError> {
    FACES.as_ref().map(|_| ()).ok_or(ExportError::Font)
}

fn face(strong: bool) -> Option<&'static Font> {
    FACES.as_ref().map(|faces| if strong { &faces.strong } else { &faces.regular })
}

/// The width of a text in points.
pub(super) fn text_width(text: &str, size: f64, strong: bool) -> f64 {
    face(strong).map_or(0.0, |face| face.width(text) * size)
}

/// The text, shortened with an ellipsis if it is wider than `width` points.
pub(super) fn fitting(text: &str, size: f64, strong: bool, width: f64) -> String {
    if text_width(text, size, strong) <= width {
        return text.to_owned();
    }
    let mut shown: Vec<char> = text.chars().collect();
    while shown.pop().is_some() {
        let shorter: String = shown.iter().collect::<String>().trim_end().to_owned() + "…";
        if text_width(&shorter, size, strong) <= width {
            return shorter;
        }
    }
    String::new()
}

fn style(strong: bool) -> FontStyle {
    if strong { FontStyle::Bold } else { FontStyle::Normal }
}

/// A surface over one of the drawing library's backends.
pub(super) struct Drawn<B: DrawingBackend> {
    pub backend: B,
    /// Its units per point.
    pub scale: f64,
    /// Whether it keeps text as text.
    pub vector: bool,
    /// The first error.
    pub failed: Option<ExportError>,
}

impl<B: DrawingBackend> Drawn<B> {
    fn scaled(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    fn check(&mut self, done: Result<(), impl std::error::Error>) {
        if let Err(error) = done {
            self.failed.get_or_insert_with(|| ExportError::Drawing(error.to_string()));
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
        let points: Vec<_> = points.iter().map(|&point| self.scaled(point)).collect();
        let done = self.backend.draw_path(points, &style);
        self.check(done);
    }

    fn rect(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour) {
        let (a, b) = (self.scaled(from), self.scaled(to));
        let (low, high) = ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1)));
        let done = self.backend.draw_rect(low, high, &rgb(colour).filled(), true);
        self.check(done);
    }

    fn circle(&mut self, centre: (f64, f64), radius: f64, colour: Colour) {
        let radius = (radius * self.scale).round().max(1.0) as u32;
        let centre = self.scaled(centre);
        let done = self.backend.draw_circle(centre, radius, &rgb(colour).filled(), true);
        self.check(done);
    }

    fn polygon(&mut self, points: &[(f64, f64)], colour: Colour) {
        let points: Vec<_> = points.iter().map(|&point| self.scaled(point)).collect();
        let done = self.backend.fill_polygon(points, &rgb(colour).filled());
        self.check(done);
    }

    fn text(&mut self, at: (f64, f64), text: &str, letters: Letters) {
        if self.vector { self.whole_text(at, text, letters) } else { self.set_text(at, text, letters) }
    }
}

impl<B: DrawingBackend> Drawn<B> {
    /// Text as text, for the viewer to lay out.
    fn whole_text(&mut self, at: (f64, f64), text: &str, letters: Letters) {
        let h_pos = match letters.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        if !text.is_empty() {
            // This position implies an offset from the baseline, which is removed from the file afterwards.
            self.write(self.scaled(at), text, letters, SVG_LINE, Pos::new(h_pos, VPos::Bottom));
        }
    }

    /// Letter by letter, as the drawing library drops each letter's left bearing.
    fn set_text(&mut self, at: (f64, f64), text: &str, letters: Letters) {
        let Some(face) = face(letters.strong) else { return };
        let mut along = match letters.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -face.width(text) / 2.0,
            Anchor::End => -face.width(text),
        };
        // The library puts the baseline half the size below the given position.
        let rise = letters.size * LINE / 2.0;
        for character in text.chars() {
            let (advance, bearing) = face.letter(character);
            let from = (along + bearing) * letters.size;
            let position = if letters.rotated { (at.0 - rise, at.1 - from) } else { (at.0 + from, at.1 - rise) };
            let mut buffer = [0; 4];
            let letter = character.encode_utf8(&mut buffer);
            self.write(self.scaled(position), letter, letters, LINE, Pos::new(HPos::Left, VPos::Top));
            along += advance;
        }
    }

    fn write(&mut self, at: (i32, i32), text: &str, letters: Letters, line: f64, pos: Pos) {
        let font = (FAMILY, letters.size * self.scale * line, style(letters.strong)).into_font();
        let font = if letters.rotated { font.transform(FontTransform::Rotate270) } else { font };
        let ink = rgb(letters.colour);
        let style = TextStyle::from(font).color(&ink).pos(pos);
        let done = self.backend.draw_text(text, &style, at);
        self.check(done);
    }
}
