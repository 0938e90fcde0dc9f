//! Integrated gradients: parts of a score that is no sum of parts.

use std::ops::ControlFlow;

use super::parts::{Contribution, Explanation, Source};
use super::pass::Pass;
use crate::model::{ModelError, Network, Prepared};

/// Pieces of the path to begin with.
const PIECES: usize = 4;
/// Pieces are halved until what the parts miss on them adds up to at most this.
const TOLERANCE: f64 = 1e-5;
/// Most points of the path at which a gradient is taken.
const MOST_POINTS: usize = 129;

/// A point of the path from no input to all of it.
struct Point {
    share: f64,
    score: f64,
    /// n × F.
    gradient: Vec<f64>,
}

/// A piece of the path: its ends and its middle, by their indices among the points.
#[derive(Clone, Copy)]
struct Piece([usize; 3]);

impl Piece {
    /// Simpson's rule: how far the score rises by the gradients, for an input of 1 at `at`.
    fn integral(self, points: &[Point], at: usize) -> f64 {
        let [from, middle, to] = self.0.map(|point| &points[point]);
        (to.share - from.share) / 6.0 * (from.gradient[at] + 4.0 * middle.gradient[at] + to.gradient[at])
    }

    /// What the gradients miss of the rise of the score along this piece, which is known.
    fn missed(self, points: &[Point], inputs: &[f64]) -> f64 {
        let rise: f64 = inputs.iter().enumerate().map(|(at, x)| x * self.integral(points, at)).sum();
        let [from, _, to] = self.0;
        points[to].score - points[from].score - rise
    }
}

/// An image's score by integrated gradients, from inputs that are all 0: `x_jf ∫₀¹ ∂s_i/∂x_jf (t x) dt`, with the
/// integral refined wherever it misses the rise of the score.
pub(super) fn integrated(
    network: &Network,
    query: &Prepared,
    image: usize,
    proceed: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Explanation, ModelError> {
    let mut points = Vec::new();
    let mut add = |points: &mut Vec<Point>, share: f64| {
        if proceed().is_break() {
            return Err(ModelError::Cancelled);
        }
        let (score, gradient) = Pass::new(network, query, share)?.gradient(image)?;
        points.push(Point { share, score, gradient: gradient.features });
        Ok(points.len() - 1)
    };
    for point in 0..=2 * PIECES {
        add(&mut points, point as f64 / (2 * PIECES) as f64)?;
    }
    let inputs: Vec<f64> = query.features.flatten_all()?.to_vec1()?;
    let missed = |piece: Piece, points: &[Point]| (piece, piece.missed(points, &inputs));
    let mut pieces: Vec<(Piece, f64)> =
        (0..PIECES).map(|at| missed(Piece([2 * at, 2 * at + 1, 2 * at + 2]), &points)).collect();
    while points.len() + 2 <= MOST_POINTS && pieces.iter().map(|(_, missed)| missed.abs()).sum::<f64>() > TOLERANCE {
        let worst = (0..pieces.len()).max_by(|&a, &b| pieces[a].1.abs().total_cmp(&pieces[b].1.abs()));
        let Some((Piece([from, middle, to]), _)) = worst.map(|at| pieces.swap_remove(at)) else { break };
        for [from, to] in [[from, middle], [middle, to]] {
            let share = (points[from].share + points[to].share) / 2.0;
            let between = add(&mut points, share)?;
            pieces.push(missed(Piece([from, between, to]), &points));
        }
    }
    let integral = |at: usize| pieces.iter().map(|(piece, _)| piece.integral(&points, at)).sum::<f64>();
    let attributed: Vec<f64> = inputs.iter().enumerate().map(|(at, x)| x * integral(at)).collect();
    let all = Pass::new(network, query, 1.0)?;
    let mut parts = all.parts(image, &attributed);
    parts.push(Contribution { source: Source::Bias, value: points[0].score });
    Ok(Explanation::new(points[2 * PIECES].score, all.text(image)?, false, parts))
}
