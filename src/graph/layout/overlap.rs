//! Removes overlaps by pushing discs apart.

use std::collections::BTreeMap;

/// Most sweeps over close pairs before remaining overlaps are resolved by scaling everything.
const SWEEPS: usize = 300;
/// Pushes slightly too far, so that the sweeps terminate.
const PUSH: f32 = 1.05;
/// The golden angle: directions drawn from its multiples never coincide.
const GOLDEN_ANGLE: f32 = 2.399_963;

/// Moves coincident nodes slightly apart, each in a different direction.
pub(super) fn part_coincident(positions: &mut [[f32; 2]]) {
    let mut seen: BTreeMap<[u32; 2], usize> = BTreeMap::new();
    for position in positions.iter_mut() {
        let count = seen.entry(position.map(|x| (x + 0.0).to_bits())).or_insert(0);
        if *count > 0 {
            let (sin, cos) = (*count as f32 * GOLDEN_ANGLE).sin_cos();
            let radius = 0.05 * (*count as f32).sqrt();
            *position = [position[0] + radius * cos, position[1] + radius * sin];
        }
        *count += 1;
    }
}

/// Moves nodes until no two discs overlap: close pairs first push each other apart; if that does not terminate, all
/// positions are scaled by the necessary factor.
pub(super) fn remove(positions: &mut [[f32; 2]], radii: &[f32]) {
    for _ in 0..SWEEPS {
        if !sweep(positions, radii) {
            return;
        }
    }
    part_coincident(positions);
    let mut spread = 1.0f32;
    for (i, j) in near_pairs(positions, radii) {
        let distance = (positions[i][0] - positions[j][0]).hypot(positions[i][1] - positions[j][1]);
        spread = spread.max((radii[i] + radii[j]) / distance.max(f32::MIN_POSITIVE));
    }
    for position in positions {
        *position = position.map(|x| x * spread);
    }
}

/// One pass over the close pairs; returns whether any overlapped.
fn sweep(positions: &mut [[f32; 2]], radii: &[f32]) -> bool {
    let mut moved = false;
    for (i, j) in near_pairs(positions, radii) {
        let (dx, dy) = (positions[j][0] - positions[i][0], positions[j][1] - positions[i][1]);
        let (distance, wanted) = (dx.hypot(dy), radii[i] + radii[j]);
        if distance >= wanted {
            continue;
        }
        moved = true;
        let (ux, uy) = if distance > 1e-6 {
            (dx / distance, dy / distance)
        } else {
            let (sin, cos) = ((i + j) as f32 * GOLDEN_ANGLE).sin_cos();
            (cos, sin)
        };
        let push = PUSH * (wanted - distance) / 2.0;
        positions[i] = [positions[i][0] - push * ux, positions[i][1] - push * uy];
        positions[j] = [positions[j][0] + push * ux, positions[j][1] + push * uy];
    }
    moved
}

/// Pairs (i < j) whose discs overlap or might after a small push, in ascending order, found with cells as wide as the
/// largest disc.
fn near_pairs(positions: &[[f32; 2]], radii: &[f32]) -> Vec<(usize, usize)> {
    let width = 2.0 * radii.iter().copied().fold(0.0, f32::max);
    if width <= 0.0 {
        return Vec::new();
    }
    let cell = |i: usize| positions[i].map(|x| (x / width).floor() as i64);
    let mut cells: BTreeMap<[i64; 2], Vec<usize>> = BTreeMap::new();
    for i in 0..positions.len() {
        cells.entry(cell(i)).or_default().push(i);
    }
    let mut pairs = Vec::new();
    for i in 0..positions.len() {
        let [x, y] = cell(i);
        for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
            let others = cells.get(&[x.saturating_add(dx), y.saturating_add(dy)]);
            pairs.extend(
                others.into_iter().flatten().filter(|&&j| j > i && touches(positions, radii, i, j)).map(|&j| (i, j)),
            );
        }
    }
    pairs.sort_unstable();
    pairs
}

fn touches(positions: &[[f32; 2]], radii: &[f32], i: usize, j: usize) -> bool {
    (positions[j][0] - positions[i][0]).hypot(positions[j][1] - positions[i][1]) < radii[i] + radii[j]
}
