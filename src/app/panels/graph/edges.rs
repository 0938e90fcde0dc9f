//! The edges of a scene: what their widths and colours mean.

use super::parts::GraphParts;
use crate::app::kit::scene::Edge;
use crate::app::kit::theme::Palette;

/// Stronger edges are wider and more opaque; those of the focus are highlighted in front, the rest are faint. Edges of
/// negative strength have a colour of their own.
pub fn compose_edges(edges: &mut Vec<Edge>, parts: &GraphParts<'_>, palette: &Palette) {
    let known = parts.edges;
    let (low, high) = match known {
        [first, .., last] => (first.2, last.2),
        _ => (0.0, 0.0),
    };
    let strength = |weight: f32| match parts.by_strength {
        true => weight.abs(),
        false if high > low => (weight - low) / (high - low),
        false => 0.5,
    };
    let is_negative = |weight: f32| parts.by_strength && weight < 0.0;
    // Edges of one graph alone have its colour and stand out; those of both are quiet.
    let is_only = |a: usize, b: usize| parts.only.is_some_and(|only| only.pairs.contains(&(a.min(b), a.max(b))));
    let of_one = parts.only.map_or(palette.edge, |only| if only.is_blue { palette.accent } else { palette.curves[1] });
    let edge = |from, to, width, colour| Edge { from, to, width, colour };
    let Some(focus) = parts.focus() else {
        let density = (600.0 / known.len().max(1) as f32).sqrt().clamp(0.35, 1.0);
        edges.extend(known.iter().map(|&(a, b, weight)| {
            let strength = strength(weight);
            if is_only(a, b) {
                return edge(a, b, 1.0 + 1.2 * strength, of_one.gamma_multiply((0.5 + 0.4 * strength) * density));
            }
            let colour = if is_negative(weight) { palette.curves[1] } else { palette.edge };
            edge(a, b, 0.7 + 1.5 * strength, colour.gamma_multiply((0.10 + 0.42 * strength) * density))
        }));
        return;
    };
    let touches = |&&(a, b, _): &&(usize, usize, f32)| a == focus || b == focus;
    let faint = palette.edge.gamma_multiply(0.07);
    edges.extend(known.iter().filter(|known| !touches(known)).map(|&(a, b, _)| edge(a, b, 0.8, faint)));
    edges.extend(known.iter().filter(touches).map(|&(a, b, weight)| {
        let strength = strength(weight);
        let colour = match (parts.only.is_some(), is_negative(weight)) {
            (true, _) if is_only(a, b) => of_one,
            (true, _) => palette.edge,
            (false, true) => palette.curves[1],
            (false, false) => palette.accent,
        };
        edge(a, b, 1.2 + 2.2 * strength, colour.gamma_multiply(0.45 + 0.5 * strength))
    }));
}

/// Lines from the images that add to the selected one's score, in front: blue for those that raise it, amber for those that
/// lower it, the wider the more. They replace the edges of the selected image, and may skip images in between.
pub fn compose_contributions(edges: &mut Vec<Edge>, parts: &GraphParts<'_>, palette: &Palette) {
    let (Some(selected), Some(shares)) = (parts.selected, parts.contributing()) else { return };
    edges.retain(|edge| edge.from != selected && edge.to != selected);
    edges.extend(shares.into_iter().map(|(from, share)| {
        let (strength, colour) = (share.abs() as f32, if share > 0.0 { palette.accent } else { palette.curves[1] });
        Edge { from, to: selected, width: 1.0 + 4.0 * strength, colour: colour.gamma_multiply(0.35 + 0.6 * strength) }
    }));
}
