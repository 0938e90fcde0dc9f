//! Force-directed layout of graphs, in plain numbers.
//!
//! One unit is the distance of typical neighbours. Initial positions depend on the vectors alone
//! ([`initial_positions`]), so they do not move when k changes; from there, or from the previous positions, [`layout`]
//! simulates forces until they settle.

mod forces;
mod overlap;
mod start;

use std::ops::ControlFlow;

pub use start::initial_positions;

use super::SimilarityGraph;
use forces::Forces;

/// Default radius of a node's disc, in units of the layout.
pub const DEFAULT_RADIUS: f32 = 0.4;
/// Distance between two discs relative to the sum of their radii.
const CLEARANCE: f32 = 1.02;
/// The longest step at the start, in units of the layout; falls to zero over the run.
const FIRST_STEP: f32 = 0.5;
/// The share of a force that becomes a step; below one over the stiffness of the springs, so that nothing oscillates.
const GAIN: f32 = 0.3;

/// Observes a layout settling: receives the positions and the share done, and may stop it.
pub type LayoutObserver<'a> = dyn FnMut(&[[f32; 2]], f32) -> ControlFlow<()> + 'a;

/// Lets the nodes settle, and returns positions at which no two discs overlap.
///
/// Forces: a spring along every edge in proportion to its weight (normalised by the degrees, so that k does not change
/// the scale), repulsion of all pairs that falls with their distance, and a weak pull to the centre, which keeps
/// separate parts from drifting away. Steps follow the forces, so nodes starting from the layout of a similar graph
/// hardly move. Deterministic.
///
/// # Shapes
/// `start`: one position per node (a shorter slice leaves the others at the centre). `radii`: one disc radius per node;
/// missing ones are [`DEFAULT_RADIUS`]. `observe` receives the positions and the share done in [0, 1] after every
/// iteration; if it breaks, the current positions are returned as they are.
pub fn layout(
    graph: &SimilarityGraph,
    start: &[[f32; 2]],
    radii: &[f32],
    iterations: usize,
    observe: &mut LayoutObserver<'_>,
) -> Vec<[f32; 2]> {
    let n = graph.n();
    let sane = |p: [f32; 2]| if p[0].is_finite() && p[1].is_finite() { p } else { [0.0; 2] };
    let mut positions: Vec<[f32; 2]> = (0..n).map(|i| start.get(i).copied().map_or([0.0; 2], sane)).collect();
    let radius = |i: usize| radii.get(i).copied().filter(|r| r.is_finite() && *r >= 0.0).unwrap_or(DEFAULT_RADIUS);
    let discs: Vec<f32> = (0..n).map(|i| radius(i) * CLEARANCE).collect();
    overlap::part_coincident(&mut positions);
    let mut forces = Forces::new(graph);
    for iteration in 0..iterations {
        let left = 1.0 - iteration as f32 / iterations as f32;
        let limit = FIRST_STEP * left;
        let felt = forces.at(&positions);
        for (position, force) in positions.iter_mut().zip(felt) {
            let length = GAIN * force[0].hypot(force[1]);
            let share = if length > limit { GAIN * limit / length } else { GAIN };
            position[0] += share * force[0];
            position[1] += share * force[1];
        }
        if observe(&positions, 1.0 - left).is_break() {
            return positions;
        }
    }
    overlap::remove(&mut positions, &discs);
    // Called once more, so that a live display ends on the returned positions; there is nothing left to break.
    let _ = observe(&positions, 1.0);
    positions
}
