//! The forces between the nodes of a layout.

use std::f32::consts::PI;

use super::super::SimilarityGraph;

/// Total strength of a node's springs.
const SPRING: f32 = 1.0;
/// Strength of the pull to the centre.
const GRAVITY: f32 = 0.15;
/// Strength of that pull on a node without edges, which settles at 1.3 times the cluster's radius.
const ISOLATED_GRAVITY: f32 = (SPRING + GRAVITY) / (1.3 * 1.3);
/// Nodes per unit of area inside a cluster at equilibrium.
const DENSITY: f32 = 0.8;
/// Repulsion of strength c/r between nodes of density ρ spreads them against a pull of stiffness s where 2πcρ = 2s.
const REPULSION: f32 = (SPRING + GRAVITY) / (PI * DENSITY);
/// Added to squared distances, so that close nodes do not fly apart.
const SOFTENING: f32 = 0.02;
/// Up to this number of nodes all pairs are computed; beyond, distant nodes act from the centre of their cell.
const ALL_PAIRS: usize = 500;
/// Number of partial sums, so that the compiler can vectorise without changing the order of any sum.
const LANES: usize = 16;

/// The springs of a graph, and a buffer for the forces.
pub(super) struct Forces {
    /// (i, j, strength), i < j.
    springs: Vec<(usize, usize, f32)>,
    /// The pull to the centre on every node.
    gravity: Vec<f32>,
    force: Vec<[f32; 2]>,
}

impl Forces {
    /// The springs of `graph`.
    pub(super) fn new(graph: &SimilarityGraph) -> Self {
        let mut degree = vec![0.0f32; graph.n()];
        for (i, j, weight) in graph.undirected_edges() {
            let weight = weight.max(0.0);
            degree[i] += weight;
            degree[j] += weight;
        }
        let strength = |i: usize, j: usize, weight: f32| {
            let scale = (degree[i] * degree[j]).sqrt();
            if weight > 0.0 && scale > 0.0 { SPRING * weight / scale } else { 0.0 }
        };
        let springs = graph.undirected_edges().map(|(i, j, weight)| (i, j, strength(i, j, weight))).collect();
        let gravity = degree.iter().map(|&degree| if degree > 0.0 { GRAVITY } else { ISOLATED_GRAVITY }).collect();
        Self { springs, gravity, force: vec![[0.0; 2]; graph.n()] }
    }

    /// The force on every node.
    pub(super) fn at(&mut self, positions: &[[f32; 2]]) -> &[[f32; 2]] {
        for ((force, position), gravity) in self.force.iter_mut().zip(positions).zip(&self.gravity) {
            *force = position.map(|x| -gravity * x);
        }
        for &(i, j, strength) in &self.springs {
            let (from, to) = (positions[i], positions[j]);
            let pull = [strength * (to[0] - from[0]), strength * (to[1] - from[1])];
            self.force[i] = [self.force[i][0] + pull[0], self.force[i][1] + pull[1]];
            self.force[j] = [self.force[j][0] - pull[0], self.force[j][1] - pull[1]];
        }
        if positions.len() <= ALL_PAIRS {
            repel_all(positions, &mut self.force);
        } else {
            repel_by_cells(positions, &mut self.force);
        }
        &self.force
    }
}

/// Bodies as a structure of arrays, for vectorisation.
#[derive(Default)]
struct Bodies {
    x: Vec<f32>,
    y: Vec<f32>,
    mass: Vec<f32>,
}

impl Bodies {
    fn push(&mut self, position: [f32; 2], mass: f32) {
        self.x.push(position[0]);
        self.y.push(position[1]);
        self.mass.push(mass);
    }

    /// Adds massless bodies up to a multiple of [`LANES`], so that sums have no remainder.
    fn pad(mut self) -> Self {
        while !self.x.len().is_multiple_of(LANES) {
            self.push([0.0; 2], 0.0);
        }
        self
    }

    /// Σ mass · c (p − q) / (|p − q|² + ε) over all bodies q; a body at p itself adds nothing.
    fn push_away(&self, p: [f32; 2]) -> [f32; 2] {
        let (mut fx, mut fy) = ([0.0f32; LANES], [0.0f32; LANES]);
        let chunks = self.x.chunks_exact(LANES).zip(self.y.chunks_exact(LANES)).zip(self.mass.chunks_exact(LANES));
        for ((x, y), mass) in chunks {
            for lane in 0..LANES {
                let (dx, dy) = (p[0] - x[lane], p[1] - y[lane]);
                let strength = REPULSION * mass[lane] / (dx * dx + dy * dy + SOFTENING);
                fx[lane] += strength * dx;
                fy[lane] += strength * dy;
            }
        }
        [fx.iter().sum(), fy.iter().sum()]
    }
}

fn repel_all(positions: &[[f32; 2]], force: &mut [[f32; 2]]) {
    let mut bodies = Bodies::default();
    positions.iter().for_each(|&position| bodies.push(position, 1.0));
    let bodies = bodies.pad();
    for (force, &position) in force.iter_mut().zip(positions) {
        let push = bodies.push_away(position);
        force[0] += push[0];
        force[1] += push[1];
    }
}

/// Exact within a node's cell and the eight around it; every cell further away acts as one body at its centre of mass.
fn repel_by_cells(positions: &[[f32; 2]], force: &mut [[f32; 2]]) {
    let grid = Grid::new(positions);
    let near: Vec<Bodies> = (0..grid.side * grid.side)
        .map(|cell| {
            let mut bodies = Bodies::default();
            for other in grid.around(cell) {
                grid.members[other].iter().for_each(|&i| bodies.push(positions[i], 1.0));
            }
            bodies.pad()
        })
        .collect();
    for (cell, members) in grid.members.iter().enumerate().filter(|(_, members)| !members.is_empty()) {
        let mut far = Bodies::default();
        let around = grid.around(cell);
        for (_, others) in grid.members.iter().enumerate().filter(|(other, _)| !around.contains(other)) {
            if !others.is_empty() {
                far.push(centre(positions, others), others.len() as f32);
            }
        }
        let far = far.pad();
        for &i in members {
            let (a, b) = (near[cell].push_away(positions[i]), far.push_away(positions[i]));
            force[i][0] += a[0] + b[0];
            force[i][1] += a[1] + b[1];
        }
    }
}

fn centre(positions: &[[f32; 2]], members: &[usize]) -> [f32; 2] {
    let sum = members.iter().fold([0.0; 2], |sum, &i| [sum[0] + positions[i][0], sum[1] + positions[i][1]]);
    sum.map(|coordinate| coordinate / members.len() as f32)
}

/// Square cells over the bounding box; near and far work balance at about √(3√n) cells a side.
struct Grid {
    side: usize,
    members: Vec<Vec<usize>>,
}

impl Grid {
    fn new(positions: &[[f32; 2]]) -> Self {
        let side = ((3.0 * (positions.len() as f32).sqrt()).sqrt() as usize).max(1);
        let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
        for position in positions {
            for axis in 0..2 {
                low[axis] = low[axis].min(position[axis]);
                high[axis] = high[axis].max(position[axis]);
            }
        }
        let width = (high[0] - low[0]).max(high[1] - low[1]).max(f32::MIN_POSITIVE);
        let mut members = vec![Vec::new(); side * side];
        for (i, position) in positions.iter().enumerate() {
            let cell = |axis: usize| (((position[axis] - low[axis]) / width * side as f32) as usize).min(side - 1);
            members[cell(1) * side + cell(0)].push(i);
        }
        Self { side, members }
    }

    /// A cell and its neighbours, in ascending order.
    fn around(&self, cell: usize) -> Vec<usize> {
        let (x, y) = (cell % self.side, cell / self.side);
        let span = |at: usize| at.saturating_sub(1)..=(at + 1).min(self.side - 1);
        span(y).flat_map(|y| span(x).map(move |x| (x, y))).map(|(x, y)| y * self.side + x).collect()
    }
}
