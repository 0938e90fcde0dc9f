//! What figures are drawn on: lines, areas and text in points, whatever comes out in the end.

use super::colour::Colour;
use super::font::Font;
use crate::export::ExportError;
use plotters::backend::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, FontTransform, IntoFont, RGBAColor, ShapeStyle, TextStyle, register_font};
use std::sync::LazyLock;

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

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
const STRONG: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");

/// The two faces, once made known to the drawing library.
struct Faces {
    regular: Font,
    strong: Font,
}

static FACES: LazyLock<Option<Faces>> = LazyLock::new(|| {
    register_font(FAMILY, FontStyle::Normal, REGULAR).ok()?;
    register_font(FAMILY, FontStyle::Bold, STRONG).ok()?;
    Some(Faces { regular: Font::read(REGULAR)?, strong: Font::read(STRONG)? })
});

/// Makes our fonts known; once in the life of the program.
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
    pub failed: Option<ExportError>,
}

impl<B: DrawingBackend> Drawn<B> {
    fn place(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    fn keep(&mut self, done: Result<(), impl std::error::Error>) {
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
        let points: Vec<_> = points.iter().map(|&point| self.place(point)).collect();
        let done = self.backend.draw_path(points, &style);
        self.keep(done);
    }

    fn rect(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour) {
        let (a, b) = (self.place(from), self.place(to));
        let (low, high) = ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1)));
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
        if self.vector { self.whole_text(at, text, letters) } else { self.set_text(at, text, letters) }
    }
}

impl<B: DrawingBackend> Drawn<B> {
    /// Text as text: whoever shows it sets it.
    fn whole_text(&mut self, at: (f64, f64), text: &str, letters: Letters) {
        let h_pos = match letters.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        if !text.is_empty() {
            // The offset from the baseline that comes with this position is taken out of the file afterwards.
            self.write(self.place(at), text, letters, SVG_LINE, Pos::new(h_pos, VPos::Bottom));
        }
    }

    /// Letter by letter, as the drawing library sets each without the blank at its left.
    fn set_text(&mut self, at: (f64, f64), text: &str, letters: Letters) {
        let Some(face) = face(letters.strong) else { return };
        let mut along = match letters.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -face.width(text) / 2.0,
            Anchor::End => -face.width(text),
        };
        // The library's baseline lies half the size below the place it is given.
        let rise = letters.size * LINE / 2.0;
        for character in text.chars() {
            let (advance, bearing) = face.letter(character);
            let from = (along + bearing) * letters.size;
            let place = if letters.upright { (at.0 - rise, at.1 - from) } else { (at.0 + from, at.1 - rise) };
            let mut buffer = [0; 4];
            let letter = character.encode_utf8(&mut buffer);
            self.write(self.place(place), letter, letters, LINE, Pos::new(HPos::Left, VPos::Top));
            along += advance;
        }
    }

    fn write(&mut self, at: (i32, i32), text: &str, letters: Letters, line: f64, pos: Pos) {
        let font = (FAMILY, letters.size * self.scale * line, style(letters.strong)).into_font();
        let font = if letters.upright { font.transform(FontTransform::Rotate270) } else { font };
        let ink = rgb(letters.colour);
        let style = TextStyle::from(font).color(&ink).pos(pos);
        let done = self.backend.draw_text(text, &style, at);
        self.keep(done);
    }
}
