//! Parallel coordinates.

use super::axes::{Frame, HEADING, SPACE, TEXT, THIN, heading, letters};
use super::colour::Palette;
use super::scale::{Scale, short};
use super::surface::{Anchor, Letters, Surface, fitting};
use super::{Axis, Parallel};

pub(super) fn draw(surface: &mut dyn Surface, palette: &Palette, frame: Frame, parallel: &Parallel) {
    let whole = heading(surface, palette, frame, &parallel.title);
    let scales: Vec<Scale> = parallel.axes.iter().enumerate().map(|(at, axis)| scale(parallel, at, axis)).collect();
    let Some(last) = scales.len().checked_sub(1) else { return };
    let side = (whole.width() / (2.0 * (last + 1) as f64)).min(44.0);
    let inner = Frame {
        left: whole.left + side,
        right: whole.right - side,
        top: whole.top + HEADING + 2.0 * SPACE,
        bottom: whole.bottom - SPACE,
    };
    let x = |axis: usize| if last == 0 { inner.left } else { inner.left + inner.width() * axis as f64 / last as f64 };
    let share = |line: &[Option<f64>]| line.get(last).copied().flatten().map(|value| scales[last].position(value));
    // Draw the best on top.
    let mut order: Vec<&Vec<Option<f64>>> = parallel.lines.iter().collect();
    order.sort_by(|a, b| share(a).unwrap_or(-1.0).total_cmp(&share(b).unwrap_or(-1.0)));
    for line in order {
        let colour = share(line).map_or(palette.missing, |share| palette.sequential(share * 0.92));
        for piece in pieces(line, &scales) {
            let points: Vec<_> = piece.iter().map(|&(axis, value)| (x(axis), inner.y(&scales[axis], value))).collect();
            surface.line(&points, colour, 1.2);
            if points.len() == 1 {
                surface.circle(points[0], 2.0, colour);
            }
        }
    }
    let spread = if last == 0 { inner.width() } else { inner.width() / last as f64 };
    for (at, (axis, scale)) in parallel.axes.iter().zip(&scales).enumerate() {
        let ticks = ticks(parallel, at, axis, scale, inner.height());
        vertical_axis(surface, palette, inner, (x(at), spread), (axis, scale, ticks));
    }
}

fn scale(parallel: &Parallel, at: usize, axis: &Axis) -> Scale {
    let whole = (!axis.names.is_empty()).then_some((0.0, axis.names.len() as f64 - 1.0));
    Scale::new(&Axis { range: axis.range.or(whole), ..axis.clone() }, values(parallel, at), false, false)
}

fn values(parallel: &Parallel, at: usize) -> impl Iterator<Item = f64> {
    parallel.lines.iter().filter_map(move |line| line.get(at).copied().flatten()).filter(|value| value.is_finite())
}

/// An axis's ticks: the values themselves if they are few, like the settings of a sweep.
fn ticks(parallel: &Parallel, at: usize, axis: &Axis, scale: &Scale, height: f64) -> Vec<(f64, String)> {
    const FEW: usize = 6;
    let mut known: Vec<f64> = values(parallel, at).collect();
    known.sort_by(f64::total_cmp);
    known.dedup();
    if !axis.names.is_empty() || known.is_empty() || known.len() > FEW {
        return scale.ticks();
    }
    let mut last = f64::NEG_INFINITY;
    known.retain(|&value| {
        let position = scale.position(value) * height;
        let free = position - last > TEXT * 1.2;
        last = if free { position } else { last };
        free
    });
    known.into_iter().map(|value| (value, short(value))).collect()
}

/// The parts of a line between missing values.
fn pieces(line: &[Option<f64>], scales: &[Scale]) -> Vec<Vec<(usize, f64)>> {
    let values = line.iter().take(scales.len()).copied().enumerate();
    let values: Vec<Option<(usize, f64)>> =
        values.map(|(axis, value)| value.filter(|value| value.is_finite()).map(|value| (axis, value))).collect();
    values
        .split(Option::is_none)
        .map(|piece| piece.iter().flatten().copied().collect())
        .filter(|piece: &Vec<_>| !piece.is_empty())
        .collect()
}

fn vertical_axis(
    surface: &mut dyn Surface,
    palette: &Palette,
    frame: Frame,
    (x, spread): (f64, f64),
    (axis, scale, ticks): (&Axis, &Scale, Vec<(f64, String)>),
) {
    surface.line(&[(x, frame.top), (x, frame.bottom)], palette.axis, 1.0);
    let style = Letters { strong: true, ..letters(palette.text, Anchor::Middle) };
    let name = fitting(&axis.label, TEXT, true, spread.max(60.0) - SPACE);
    surface.text((x, frame.top - SPACE - TEXT * 0.4), &name, style);
    for (value, name) in ticks {
        let y = frame.y(scale, value);
        surface.line(&[(x - 2.5, y), (x + 2.5, y)], palette.axis, THIN);
        // A background-coloured outline keeps numbers legible where lines cross them.
        let name = fitting(&name, TEXT, false, spread * 0.6);
        let at = (x + SPACE, y + TEXT * 0.36);
        let outline = letters(palette.background, Anchor::Start);
        for (dx, dy) in
            [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (-0.7, -0.7), (0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)]
        {
            surface.text((at.0 + dx, at.1 + dy), &name, outline);
        }
        surface.text(at, &name, letters(palette.text, Anchor::Start));
    }
}
