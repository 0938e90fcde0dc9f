//! Heat maps.

use super::Axis;
use super::HeatMap;
use super::axes::{Frame, SPACE, TEXT, THIN, bottom_label, heading, left_label, letters};
use super::colour::{Colour, Palette};
use super::scale::{Scale, number};
use super::surface::{Anchor, Letters, Surface, fitting, text_width};

/// Width of the colour bar.
const BAR: f64 = 10.0;

/// The most width a row's name may take.
const WIDEST: f64 = 140.0;

pub(super) fn draw(surface: &mut dyn Surface, palette: &Palette, frame: Frame, map: &HeatMap) {
    let whole = heading(surface, palette, frame, &map.title);
    let known = || map.values.iter().flatten().flatten().copied().filter(|value| value.is_finite());
    let shades = Shades::of(known(), map.diverging);
    let ticks = Scale::new(&Axis { range: Some((shades.low, shades.high)), ..Axis::default() }, known(), false, false);
    let names = map.rows.iter().map(|name| text_width(name, TEXT, false)).fold(0.0, f64::max).min(WIDEST);
    let tick_width = ticks.ticks().iter().map(|(_, name)| text_width(name, TEXT, false)).fold(0.0, f64::max);
    let label = |text: &str| if text.is_empty() { 0.0 } else { TEXT * 1.2 + SPACE };
    let inner = Frame {
        left: whole.left + names + SPACE + label(&map.y_label),
        top: whole.top,
        right: whole.right - BAR - 3.0 * SPACE - tick_width - label(&map.value_label),
        bottom: whole.bottom - TEXT - SPACE - label(&map.x_label),
    };
    left_label(surface, palette, inner, whole.left, &map.y_label);
    bottom_label(surface, palette, inner, whole.bottom, &map.x_label);
    cells(surface, palette, inner, map, &shades);
    bar(surface, palette, Frame { left: inner.right + 2.0 * SPACE, ..whole }, inner, (&shades, &ticks));
    let style = Letters { rotated: true, ..letters(palette.text, Anchor::Middle) };
    surface.text((whole.right - TEXT * 0.3, (inner.top + inner.bottom) / 2.0), &map.value_label, style);
}

fn cells(surface: &mut dyn Surface, palette: &Palette, frame: Frame, map: &HeatMap, shades: &Shades) {
    let width = frame.width() / map.columns.len().max(1) as f64;
    let height = frame.height() / map.rows.len().max(1) as f64;
    for (row, name) in map.rows.iter().enumerate() {
        let top = frame.top + row as f64 * height;
        let name = fitting(name, TEXT, false, WIDEST);
        let at = (frame.left - SPACE, top + height / 2.0 + TEXT * 0.36);
        surface.text(at, &name, letters(palette.weak, Anchor::End));
        for column in 0..map.columns.len() {
            let left = frame.left + column as f64 * width;
            let value = map.values.get(row).and_then(|values| values.get(column)).copied().flatten();
            let value = value.filter(|value| value.is_finite());
            let colour = value.map_or(palette.missing, |value| shades.colour(palette, value));
            // Leave a thin gap between cells.
            surface.rect((left + 0.75, top + 0.75), (left + width - 0.75, top + height - 0.75), colour);
            let text = value.map_or_else(|| "–".to_owned(), |value| number(value, map.decimals));
            if text_width(&text, TEXT, false) + SPACE / 2.0 <= width && TEXT * 1.2 <= height {
                let ink = if value.is_some() { colour.readable() } else { palette.weak };
                let at = (left + width / 2.0, top + height / 2.0 + TEXT * 0.36);
                surface.text(at, &text, letters(ink, Anchor::Middle));
            }
        }
    }
    for (column, name) in map.columns.iter().enumerate() {
        let x = frame.left + (column as f64 + 0.5) * width;
        let name = fitting(name, TEXT, false, width - 2.0);
        surface.text((x, frame.bottom + SPACE + TEXT * 0.75), &name, letters(palette.weak, Anchor::Middle));
    }
}

/// The colour bar, from low to high, with its ticks.
fn bar(surface: &mut dyn Surface, palette: &Palette, space: Frame, beside: Frame, (shades, ticks): (&Shades, &Scale)) {
    const STEPS: usize = 128;
    let frame = Frame { left: space.left, right: space.left + BAR, top: beside.top, bottom: beside.bottom };
    let height = frame.height() / STEPS as f64;
    for step in 0..STEPS {
        let share = (step as f64 + 0.5) / STEPS as f64;
        let bottom = frame.bottom - step as f64 * height;
        let colour = shades.colour(palette, shades.low + share * (shades.high - shades.low));
        // Steps overlap slightly, so that no seams show.
        surface.rect((frame.left, (bottom - 1.6 * height).max(frame.top)), (frame.right, bottom), colour);
    }
    for (value, name) in ticks.ticks() {
        let y = frame.y(ticks, value);
        surface.line(&[(frame.right, y), (frame.right + SPACE / 2.0, y)], palette.axis, THIN);
        surface.text((frame.right + SPACE, y + TEXT * 0.36), &name, letters(palette.weak, Anchor::Start));
    }
}

/// Maps values to colours.
struct Shades {
    low: f64,
    high: f64,
    diverging: bool,
}

impl Shades {
    fn of(values: impl Iterator<Item = f64>, diverging: bool) -> Shades {
        let ends = values.fold(None, |ends: Option<(f64, f64)>, value| {
            Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        });
        let (low, high) = ends.unwrap_or((0.0, 1.0));
        let (low, high) = if diverging {
            let bound = low.abs().max(high.abs());
            (-bound, bound)
        } else {
            (low, high)
        };
        if low < high {
            Shades { low, high, diverging }
        } else {
            Shades { low: low - 0.5, high: high + 0.5, diverging }
        }
    }

    fn colour(&self, palette: &Palette, value: f64) -> Colour {
        let share = (value - self.low) / (self.high - self.low);
        if self.diverging { palette.diverging(2.0 * share - 1.0) } else { palette.sequential(share) }
    }
}
