//! The stages of a propagation, ready to be drawn: rankings, messages, and the strengths of edges.

use crate::model::{Message, Part};
use crate::signals;
use crate::train::{QueryTrace, RunData};
use crate::workspace::Ranking;
use std::collections::HashMap;

/// Share of the strongest message below which one is not shown.
const LEAST: f32 = 0.02;

/// What a stage adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageKind {
    /// The search engine's order, nothing of the model.
    Initial,
    /// A part of the model.
    By(Part),
}

/// A message to be shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent {
    /// The candidate it comes from.
    pub from: usize,
    /// The candidate whose score it changes.
    pub to: usize,
    /// What it adds to that score, as a share of the strongest message of all stages: from −1 to 1.
    pub strength: f32,
}

/// One stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What it adds.
    pub kind: StageKind,
    /// The candidates by their scores after it.
    pub ranking: Ranking,
    /// Each candidate's score between the query's lowest, 0, and highest, 1.
    pub shares: Vec<f32>,
    /// Messages that lead to it, weakest first, from 2 % of the strongest one on.
    pub sent: Vec<Sent>,
    /// How many messages there are in all, as far as the model lists them.
    pub messages: usize,
    /// The strength of each of [`Stages::pairs`], from −1 to 1: before the model by the plain cosine, then as the model
    /// weighs it.
    pub strengths: Vec<f32>,
}

/// Two candidates joined by an edge, the lower index first.
pub type Pair = (usize, usize);

/// The stages of one query.
#[derive(Clone, Debug, PartialEq)]
pub struct Stages {
    /// Index of the query.
    pub query: usize,
    /// The pairs that are neighbours in the model's graph.
    pub pairs: Vec<Pair>,
    /// From the initial order to the final ranking.
    pub all: Vec<Stage>,
    /// Never that of other stages.
    pub version: u64,
}

impl Stages {
    /// The stages of a trace.
    pub(super) fn new(data: &RunData, query: usize, traced: &QueryTrace, version: u64) -> Self {
        let (pairs, index) = pairs(traced);
        let plain = by_pair(&index, &traced.cosines, pairs.len());
        let initial = signals::initial_order(&data.dataset, query);
        let mut strengths = in_range(&plain);
        let strongest = strongest(traced.trace.steps.iter().flat_map(|step| &step.messages).map(|one| one.value));
        let mut all = vec![stage(data, (query, StageKind::Initial), (initial, &[], strongest), strengths.clone())];
        for step in &traced.trace.steps {
            // A step that uses no edges leaves them as they were.
            if !step.weights.is_empty() {
                let weights = by_pair(&index, &step.weights, pairs.len());
                let most = weights.iter().fold(0.0f32, |most, weight| most.max(weight.abs())).max(f32::MIN_POSITIVE);
                strengths = weights.iter().map(|weight| weight / most).collect();
            }
            let scores = (step.scores.clone(), &step.messages[..], strongest);
            all.push(stage(data, (query, StageKind::By(step.part)), scores, strengths.clone()));
        }
        Self { query, pairs, all, version }
    }

    /// Whether they are those of a query with so many candidates.
    pub fn is_of(&self, query: usize, candidates: usize) -> bool {
        self.query == query && self.all.iter().all(|stage| stage.shares.len() == candidates)
    }

    /// The candidate that rises most from one stage to another, among the first `within` of the later one, with its ranks
    /// from 0; `None` if none rises.
    pub fn rises(&self, from: usize, to: usize, within: usize) -> Option<(usize, usize, usize)> {
        let (before, after) = (&self.all.get(from)?.ranking, &self.all.get(to)?.ranking);
        let first = after.order.iter().take(within).copied();
        let rise = |&candidate: &usize| before.ranks[candidate].saturating_sub(after.ranks[candidate]);
        let best = first.max_by_key(|candidate| (rise(candidate), std::cmp::Reverse(after.ranks[*candidate])))?;
        (rise(&best) > 0).then(|| (best, before.ranks[best], after.ranks[best]))
    }
}

/// Each pair of neighbours once, and for each edge of the graph its pair; `None` for an edge to itself.
fn pairs(traced: &QueryTrace) -> (Vec<Pair>, Vec<Option<usize>>) {
    let graph = &traced.trace.graph;
    let (mut pairs, mut known, mut index) = (Vec::new(), HashMap::new(), Vec::with_capacity(graph.targets.len()));
    for (i, edge) in (0..graph.n()).flat_map(|i| graph.row(i).map(move |edge| (i, edge))) {
        let j = graph.targets[edge] as usize;
        let pair = (i.min(j), i.max(j));
        index.push((i != j).then(|| {
            *known.entry(pair).or_insert_with(|| {
                pairs.push(pair);
                pairs.len() - 1
            })
        }));
    }
    (pairs, index)
}

/// The mean over the one or two directions of each pair.
fn by_pair(index: &[Option<usize>], values: &[f32], count: usize) -> Vec<f32> {
    let mut sums = vec![(0.0, 0.0f32); count];
    for (pair, value) in index.iter().zip(values).filter_map(|(pair, value)| Some(((*pair)?, value))) {
        sums[pair].0 += value;
        sums[pair].1 += 1.0;
    }
    sums.into_iter().map(|(sum, directions)| sum / directions.max(1.0)).collect()
}

/// Values scaled to 0…1, so that the weakest edges stay visible.
fn in_range(values: &[f32]) -> Vec<f32> {
    let (low, high) = crate::base::range(values.iter().copied()).unwrap_or_default();
    let share = |value: &f32| if high > low { 0.1 + 0.9 * (value - low) / (high - low) } else { 0.5 };
    values.iter().map(share).collect()
}

fn strongest(values: impl Iterator<Item = f32>) -> f32 {
    values.fold(0.0, |most, value| most.max(value.abs()))
}

fn stage(
    data: &RunData,
    (query, kind): (usize, StageKind),
    (scores, messages, strongest): (Vec<f32>, &[Message], f32),
    strengths: Vec<f32>,
) -> Stage {
    let ranking = Ranking::new(data, query, scores);
    let sent = |one: &Message| Sent { from: one.from, to: one.to, strength: one.value / strongest };
    let is_shown = |one: &&Message| one.from != one.to && one.value.abs() > LEAST * strongest;
    let mut sent: Vec<Sent> = messages.iter().filter(is_shown).map(sent).collect();
    sent.sort_by(|a, b| a.strength.abs().total_cmp(&b.strength.abs()));
    Stage { kind, shares: ranking.shares().collect(), ranking, sent, messages: messages.len(), strengths }
}
