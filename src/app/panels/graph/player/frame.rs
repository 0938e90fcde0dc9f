//! One frame of the player: how large nodes are, which pulses are where, and how strong edges are.

use crate::app::kit::scene::{Motion, Pulse};
use crate::app::kit::theme::Palette;
use crate::workspace::{GraphLook, Playhead, Stage, Stages};
use std::fmt::Write;

/// Most pulses at once, the strongest.
const MOST_PULSES: usize = 2_500;

/// Steps in which edges change their strength; in between their mesh is kept.
const MORPHS: f32 = 48.0;

/// Opacity of pulses that have nothing to do with the image in focus.
const ASIDE: f32 = 0.1;

/// What is played, and where it is.
#[derive(Clone, Copy)]
pub struct Played<'a> {
    /// The stages.
    pub stages: &'a Stages,
    /// Where the player is.
    pub head: &'a Playhead,
}

/// What the edges of a moment depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    version: u64,
    from: usize,
    to: usize,
    morph: u32,
}

/// The buffers of the frames, reused from one to the next.
#[derive(Default)]
pub struct Reel {
    /// What moves.
    pub motion: Motion,
    /// The pairs of neighbours with their strengths of this moment.
    pub edges: Vec<(usize, usize, f32)>,
}

/// A share of a time between two others, eased at both ends.
fn eased(along: f32, from: f32, to: f32) -> f32 {
    let t = ((along - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

fn between(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

impl<'a> Played<'a> {
    /// The stage left, the one to come, and the share of the way.
    pub fn now(&self) -> Option<(&'a Stage, &'a Stage, f32)> {
        let (from, to, along) = self.head.between(self.stages.all.len());
        Some((self.stages.all.get(from)?, self.stages.all.get(to)?, along))
    }

    /// How far nodes and ranking have come on their way to the next stage, from 0 to 1: they wait for the messages.
    pub fn settled(&self) -> f32 {
        match self.now() {
            Some((_, to, along)) if to.sent.is_empty() => eased(along, 0.15, 0.8),
            Some((_, _, along)) => eased(along, 0.55, 0.97),
            None => 0.0,
        }
    }

    fn morphed(&self) -> f32 {
        (eased(self.now().map_or(0.0, |(_, _, along)| along), 0.0, 0.4) * MORPHS).round() / MORPHS
    }

    /// What the edges depend on.
    pub fn moment(&self) -> Moment {
        let (from, to, _) = self.head.between(self.stages.all.len());
        Moment { version: self.stages.version, from, to, morph: (self.morphed() * MORPHS) as u32 }
    }
}

impl Reel {
    /// Sets the strengths of the edges.
    pub fn compose_edges(&mut self, played: &Played<'_>) {
        self.edges.clear();
        let Some((from, to, _)) = played.now() else { return };
        let morphed = played.morphed();
        let strengths = from.strengths.iter().zip(&to.strengths).map(|(a, b)| between(*a, *b, morphed));
        self.edges.extend(played.stages.pairs.iter().zip(strengths).map(|(&(a, b), strength)| (a, b, strength)));
    }

    /// Sets what moves.
    pub fn compose(&mut self, played: &Played<'_>, focus: Option<usize>, look: GraphLook, palette: &Palette) {
        let Some((from, to, along)) = played.now() else {
            return self.motion.clear();
        };
        let settled = played.settled();
        let ranks = if settled > 0.5 { &to.ranking.ranks } else { &from.ranking.ranks };
        self.motion.nodes.resize_with(ranks.len(), Default::default);
        let shares = from.shares.iter().zip(&to.shares).map(|(a, b)| between(*a, *b, settled));
        for ((node, rank), share) in self.motion.nodes.iter_mut().zip(ranks).zip(shares) {
            node.size = if look.size_by_score { 0.72 + 0.5 * share } else { 1.0 };
            node.badge.clear();
            if look.ranks {
                let _ = write!(node.badge, "{}", rank + 1);
            }
        }
        self.motion.pulses.clear();
        if along > 0.0 {
            let strongest = to.sent.len().saturating_sub(MOST_PULSES);
            let shown = to.sent[strongest..].iter().enumerate();
            self.motion.pulses.extend(shown.filter_map(|(at, sent)| {
                // They set out one after the other, in no order that would seem to mean something.
                let late = (at as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32;
                let head = (along - 0.06 - 0.2 * late) / 0.42;
                let strength = sent.strength.abs();
                let is_aside = focus.is_some_and(|focus| focus != sent.from && focus != sent.to);
                let alpha = (0.2 + 0.8 * strength.sqrt()) * if is_aside { ASIDE } else { 1.0 };
                let colour = if sent.strength > 0.0 { palette.accent } else { palette.curves[1] };
                (head > 0.0).then(|| Pulse {
                    from: sent.from,
                    to: sent.to,
                    at: head,
                    width: 1.8 + 4.2 * strength,
                    colour: colour.gamma_multiply(alpha),
                })
            }));
        }
    }
}
