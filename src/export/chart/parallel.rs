//! Parallel coordinates.

use super::axes::{Frame, HEADING, SPACE, TEXT, THIN, heading, letters};
use super::colour::Palette;
use super::scale::Scale;
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
    let share = |line: &[Option<f64>]| line.get(last).copied().flatten().map(|value| scales[last].place(value));
    // The best lie on top.
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
        upright(surface, palette, inner, (x(at), spread), (axis, scale));
    }
}

fn scale(parallel: &Parallel, at: usize, axis: &Axis) -> Scale {
    Scale::new(axis, parallel.lines.iter().filter_map(|line| line.get(at).copied().flatten()), false, false)
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

fn upright(
    surface: &mut dyn Surface,
    palette: &Palette,
    frame: Frame,
    (x, spread): (f64, f64),
    (axis, scale): (&Axis, &Scale),
) {
    surface.line(&[(x, frame.top), (x, frame.bottom)], palette.axis, 1.0);
    let style = Letters { strong: true, ..letters(palette.text, Anchor::Middle) };
    let name = fitting(&axis.label, TEXT, true, spread.max(60.0) - SPACE);
    surface.text((x, frame.top - SPACE - TEXT * 0.4), &name, style);
    for (value, name) in scale.ticks() {
        let y = frame.y(scale, value);
        surface.line(&[(x - 2.5, y), (x + 2.5, y)], palette.axis, THIN);
        // A rim of the ground keeps numbers legible where lines cross them.
        let name = fitting(&name, TEXT, false, spread * 0.6);
        let at = (x + SPACE, y + TEXT * 0.36);
        let rim = letters(palette.ground, Anchor::Start);
        for (dx, dy) in
            [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (-0.7, -0.7), (0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)]
        {
            surface.text((at.0 + dx, at.1 + dy), &name, rim);
        }
        surface.text(at, &name, letters(palette.text, Anchor::Start));
    }
}
