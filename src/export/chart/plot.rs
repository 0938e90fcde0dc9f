//! Curves, points and bars.

use super::axes::{Frame, SPACE, TEXT, THIN, bottom_label, heading, left_axis, left_label, letters, widest};
use super::colour::{Colour, Palette};
use super::scale::Scale;
use super::surface::{Anchor, Letters, Surface, fitting, text_width};
use super::{Mark, Plot, Point, Series};

/// Width of curves.
const CURVE: f64 = 1.6;

/// Half the size of a marker.
const MARKER: f64 = 3.2;

/// Length of a dash and of the gap after it, in points.
const DASH: f64 = 4.0;
const GAP: f64 = 3.0;

/// The most markers along a curve.
const MARKERS: usize = 10;

/// The most width a bar takes, including the gap beside it, in points.
const WIDEST_BAR: f64 = 60.0;

/// The longest a rotated name under the panel may be, in points.
const LONGEST_NAME: f64 = 110.0;

pub(super) fn draw(surface: &mut dyn Surface, palette: &Palette, frame: Frame, plot: &Plot) {
    let bars = plot.series.iter().any(|series| series.mark == Mark::Bars);
    let points = || plot.series.iter().flat_map(|series| series.points.iter().filter(|point| finite(point)));
    let ends = points().flat_map(|point| [Some(point.y), point.interval.map(|i| i.0), point.interval.map(|i| i.1)]);
    let y_scale = Scale::new(&plot.y, ends.flatten(), bars, true);
    let x_scale = Scale::new(&plot.x, points().map(|point| point.x), false, false);

    let whole = heading(surface, palette, frame, &plot.title);
    let mut inner = legend(surface, palette, whole, plot);
    let names = Names::of(plot, inner.width());
    inner.left += widest(&y_scale) + SPACE + if plot.y.label.is_empty() { 0.0 } else { TEXT * 1.2 + SPACE };
    inner.bottom -= names.height() + if plot.x.label.is_empty() { 0.0 } else { TEXT * 1.2 + SPACE };
    inner.top += TEXT * 0.4;
    let apart = Apart::of(plot);
    let room = apart.room();
    let data = Frame { left: inner.left + room, right: inner.right - room, ..inner };
    bands(surface, palette, data, plot, &x_scale);
    left_axis(surface, palette, inner, &y_scale);
    left_label(surface, palette, inner, whole.left, &plot.y.label);
    bottom_label(surface, palette, inner, whole.bottom, &plot.x.label);
    names.draw(surface, palette, data, &x_scale);
    rules(surface, palette, data, plot, &x_scale);
    for (index, series) in plot.series.iter().enumerate() {
        let colour = palette.series(series.colour.unwrap_or(index));
        let colour = if series.pale { colour.mix(palette.background, 0.65) } else { colour };
        let shift = apart.shift(index);
        let moved = Frame { left: data.left + shift, right: data.right + shift, ..data };
        draw_series(surface, palette, moved, (series, index, colour), (&x_scale, &y_scale));
    }
    let floor = if bars { inner.y(&y_scale, 0.0) } else { inner.bottom };
    surface.line(&[(inner.left, floor), (inner.right, floor)], palette.axis, THIN);
}

/// Shifts series with intervals slightly sideways, so that the intervals do not overlap.
struct Apart(usize);

impl Apart {
    fn of(plot: &Plot) -> Apart {
        let with = |series: &&Series| series.points.iter().any(|point| point.interval.is_some());
        Apart(if plot.series.iter().filter(with).count() > 1 { plot.series.len() } else { 1 })
    }

    /// The space that the outermost series need at both ends.
    fn room(&self) -> f64 {
        if self.0 > 1 { self.shift(self.0 - 1) + 2.0 * MARKER } else { 0.0 }
    }

    fn shift(&self, index: usize) -> f64 {
        (index as f64 - (self.0 as f64 - 1.0) / 2.0) * if self.0 > 1 { 4.0 } else { 0.0 }
    }
}

fn finite(point: &Point) -> bool {
    point.x.is_finite() && point.y.is_finite()
}

fn draw_series(
    surface: &mut dyn Surface,
    palette: &Palette,
    frame: Frame,
    (series, index, colour): (&Series, usize, Colour),
    (x_scale, y_scale): (&Scale, &Scale),
) {
    let points: Vec<&Point> = series.points.iter().filter(|point| finite(point)).collect();
    let position = |point: &Point| (frame.x(x_scale, point.x), frame.y(y_scale, point.y));
    if series.mark == Mark::Bars {
        let half = (frame.x(x_scale, 1.0) - frame.x(x_scale, 0.0)).abs().min(WIDEST_BAR) * 0.36;
        for point in &points {
            let (x, y) = position(point);
            let colour = if point.y < 0.0 { palette.loss } else { palette.gain };
            surface.rect((x - half, frame.y(y_scale, 0.0)), (x + half, y), colour);
            whisker(surface, frame, point, (x, y_scale), palette.text);
        }
        return;
    }
    if series.mark == Mark::Line && points.len() > 1 {
        let width = if series.pale { CURVE * 0.6 } else { CURVE };
        let line: Vec<_> = points.iter().map(|point| position(point)).collect();
        match series.dashed {
            true => dashes(&line).iter().for_each(|dash| surface.line(dash, colour, width)),
            false => surface.line(&line, colour, width),
        }
    }
    let every = if series.mark == Mark::Points { 1 } else { points.len().div_ceil(MARKERS).max(1) };
    for point in &points {
        whisker(surface, frame, point, (frame.x(x_scale, point.x), y_scale), colour);
    }
    if !series.pale && !series.dashed {
        // Stagger the markers, so that those of neighbouring curves do not overlap.
        let first = if every == 1 { 0 } else { (index * every / 3).min(points.len().saturating_sub(1)) };
        for point in points.iter().skip(first).step_by(every) {
            marker(surface, position(point), index, colour, palette.background);
        }
    }
}

fn whisker(surface: &mut dyn Surface, frame: Frame, point: &Point, (x, scale): (f64, &Scale), colour: Colour) {
    let Some((low, high)) = point.interval.filter(|(low, high)| low.is_finite() && high.is_finite()) else { return };
    let (low, high) = (frame.y(scale, low), frame.y(scale, high));
    surface.line(&[(x, low), (x, high)], colour, 1.0);
    for y in [low, high] {
        surface.line(&[(x - 2.5, y), (x + 2.5, y)], colour, 1.0);
    }
}

/// Circle, square, triangle, diamond, in turn, with a thin background-coloured outline.
fn marker(surface: &mut dyn Surface, (x, y): (f64, f64), index: usize, colour: Colour, background: Colour) {
    for (size, colour) in [(MARKER + 0.8, background), (MARKER, colour)] {
        let at = |corners: &[(f64, f64)]| corners.iter().map(|(dx, dy)| (x + dx * size, y + dy * size)).collect();
        let corners: Vec<(f64, f64)> = match index % 4 {
            0 => {
                surface.circle((x, y), size * 0.95, colour);
                continue;
            }
            1 => at(&[(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)]),
            2 => at(&[(0.0, -1.1), (1.1, 0.85), (-1.1, 0.85)]),
            _ => at(&[(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)]),
        };
        surface.polygon(&corners, colour);
    }
}

/// A line in pieces: dashes of [`DASH`] points with gaps of [`GAP`].
fn dashes(line: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    let (mut dashes, mut dash) = (Vec::new(), line.first().copied().into_iter().collect::<Vec<_>>());
    // What is left of the current dash or gap.
    let (mut drawing, mut left) = (true, DASH);
    for pair in line.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let share = done / length;
            let at = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            dash.push(at);
            if drawing {
                dashes.push(std::mem::take(&mut dash));
            } else {
                dash = vec![at];
            }
            drawing = !drawing;
            left = if drawing { DASH } else { GAP };
        }
        left -= length - done;
        if drawing {
            dash.push(to);
        }
    }
    if drawing && dash.len() > 1 {
        dashes.push(dash);
    }
    dashes
}

/// Shaded areas, each with its label at the upper right.
fn bands(surface: &mut dyn Surface, palette: &Palette, frame: Frame, plot: &Plot, scale: &Scale) {
    for ((from, to), name) in &plot.bands {
        let (left, right) = (frame.x(scale, *from).max(frame.left), frame.x(scale, *to).min(frame.right));
        surface.rect((left, frame.top), (right, frame.bottom), palette.missing);
        let name = fitting(name, TEXT, false, right - frame.left - SPACE);
        surface.text((right - SPACE / 2.0, frame.top + TEXT), &name, letters(palette.weak, Anchor::End));
    }
}

fn rules(surface: &mut dyn Surface, palette: &Palette, frame: Frame, plot: &Plot, scale: &Scale) {
    for (value, name) in &plot.rules {
        let x = frame.x(scale, *value);
        surface.line(&[(x, frame.top), (x, frame.bottom)], palette.axis, THIN);
        let anchor = if x > (frame.left + frame.right) / 2.0 { Anchor::End } else { Anchor::Start };
        let side = if anchor == Anchor::End { -SPACE / 2.0 } else { SPACE / 2.0 };
        surface.text((x + side, frame.bottom - SPACE), name, letters(palette.weak, anchor));
    }
}

/// Lists the named series above the panel, in as many lines as needed, and returns the rest of the frame.
fn legend(surface: &mut dyn Surface, palette: &Palette, mut frame: Frame, plot: &Plot) -> Frame {
    const SWATCH: f64 = 18.0;
    let listed = || plot.series.iter().enumerate().filter(|(_, series)| !series.name.is_empty());
    if listed().next().is_none() {
        return frame;
    }
    let (mut x, mut y) = (frame.left, frame.top + TEXT * 0.6);
    for (index, series) in listed() {
        let width = SWATCH + SPACE + text_width(&series.name, TEXT, false);
        if x > frame.left && x + width > frame.right {
            (x, y) = (frame.left, y + TEXT * 1.5);
        }
        let colour = palette.series(series.colour.unwrap_or(index));
        match series.mark {
            Mark::Line => surface.line(&[(x, y), (x + SWATCH, y)], colour, CURVE),
            Mark::Bars => surface.rect((x + 4.0, y - 4.0), (x + SWATCH - 4.0, y + 4.0), colour),
            Mark::Points => {}
        }
        if series.mark != Mark::Bars {
            marker(surface, (x + SWATCH / 2.0, y), index, colour, palette.background);
        }
        let name = fitting(&series.name, TEXT, false, frame.right - x - SWATCH - SPACE);
        surface.text((x + SWATCH + SPACE, y + TEXT * 0.36), &name, letters(palette.text, Anchor::Start));
        x += width + 3.0 * SPACE;
    }
    frame.top = y + TEXT * 0.6 + SPACE;
    frame
}

/// Labels of the lower axis: numbers and short names horizontal, long names rotated, none if there are too many.
struct Names {
    rotated: bool,
    hidden: bool,
    longest: f64,
}

impl Names {
    fn of(plot: &Plot, width: f64) -> Names {
        let longest = plot.x.names.iter().map(|name| text_width(name, TEXT, false)).fold(0.0, f64::max);
        let each = width * 0.88 / plot.x.names.len().max(1) as f64;
        Names {
            rotated: longest + SPACE > each,
            hidden: each < TEXT && !plot.x.names.is_empty(),
            longest: longest.min(LONGEST_NAME),
        }
    }

    fn height(&self) -> f64 {
        match (self.hidden, self.rotated) {
            (true, _) => SPACE,
            (false, true) => self.longest + SPACE,
            (false, false) => TEXT + SPACE,
        }
    }

    fn draw(&self, surface: &mut dyn Surface, palette: &Palette, frame: Frame, scale: &Scale) {
        if self.hidden {
            return;
        }
        for (value, name) in scale.ticks() {
            let x = frame.x(scale, value);
            if self.rotated {
                let style = Letters { rotated: true, ..letters(palette.weak, Anchor::End) };
                let name = fitting(&name, TEXT, false, LONGEST_NAME);
                surface.text((x + TEXT * 0.36, frame.bottom + SPACE), &name, style);
            } else {
                let style = letters(palette.weak, Anchor::Middle);
                surface.text((x, frame.bottom + SPACE + TEXT * 0.75), &name, style);
            }
        }
    }
}

#[test]
fn a_dashed_line_has_dashes_and_gaps_of_one_length_around_corners() {
    let dashes = dashes(&[(0.0, 0.0), (5.0, 0.0), (5.0, 10.0)]);
    assert_eq!(dashes[0], [(0.0, 0.0), (4.0, 0.0)]);
    assert_eq!(dashes[1], [(5.0, 2.0), (5.0, 6.0)]);
    assert_eq!(dashes[2], [(5.0, 9.0), (5.0, 10.0)]);
    assert_eq!(dashes.len(), 3);
}
