//! A query's judgements as targets of a loss.

use crate::base::Rng;
use crate::dataset::{ImageId, Relevance};

/// The judgements of one query, in the form that losses use. Unjudged images are ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// Number of images of the query, judged or not.
    pub(super) n: usize,
    /// The judged images' indices in the query, ascending. All other indices here are into this list.
    pub(super) positions: Vec<usize>,
    /// Their grades, 0 for not relevant.
    pub(super) grades: Vec<f64>,
    /// The highest grade of the queries learned from, which pointwise losses take as certain relevance.
    pub(super) top: f64,
    /// Groups of images of equal grade, the highest grade first.
    pub(super) levels: Vec<Level>,
    /// Where scores are equal, the lower number ranks first; without any, the order of the images decides.
    pub(super) ties: Vec<u64>,
}

/// The images of one grade.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Level {
    pub(super) grade: f64,
    /// Ascending.
    pub(super) members: Vec<usize>,
    /// All images of lower grades, ascending.
    pub(super) below: Vec<usize>,
}

impl Targets {
    /// From each image's judgement.
    pub fn new(relevance: &[Option<Relevance>]) -> Self {
        let judged = relevance.iter().enumerate().filter_map(|(at, grade)| Some((at, (*grade)?)));
        let (positions, grades): (Vec<usize>, Vec<f64>) =
            judged.filter(|(_, grade)| grade.is_judged()).map(|(at, grade)| (at, f64::from(grade.0))).unzip();
        let mut distinct = grades.clone();
        distinct.sort_by(|a, b| b.total_cmp(a));
        distinct.dedup();
        let those = |keep: &dyn Fn(f64) -> bool| (0..grades.len()).filter(|&i| keep(grades[i])).collect();
        let level = |&grade: &f64| Level { grade, members: those(&|x| x == grade), below: those(&|x| x < grade) };
        let levels = distinct.iter().map(level).collect();
        let top = distinct.first().copied().unwrap_or(0.0);
        Self { n: relevance.len(), top, positions, grades, levels, ties: Vec::new() }
    }

    /// Breaks ties of the scores at random for each seed, by the ids of all images and whatever their order, as the
    /// order of a file may well be that of relevance.
    pub fn with_ties(mut self, seed: u64, ids: &[ImageId]) -> Self {
        let mixed = |state: u64, byte: u8| Rng::new(state ^ u64::from(byte)).next_u64();
        let number = |id: &ImageId| id.as_str().bytes().fold(Rng::new(seed).next_u64(), mixed);
        self.ties = self.positions.iter().filter_map(|&at| ids.get(at)).map(number).collect();
        self
    }

    /// Sets the highest grade of the queries learned from to `top`, if that is above this query's own.
    pub fn with_top(mut self, top: f64) -> Self {
        self.top = self.top.max(top);
        self
    }

    /// The highest grade, 0 if nothing is relevant.
    pub fn top(&self) -> f64 {
        self.top
    }

    /// Number of pairs of images with different grades.
    pub fn pairs(&self) -> usize {
        self.levels.iter().map(|level| level.members.len() * level.below.len()).sum()
    }

    /// Number of judged images.
    pub fn judged(&self) -> usize {
        self.grades.len()
    }

    /// Number of relevant images.
    pub(super) fn relevant(&self) -> usize {
        self.grades.iter().filter(|grade| **grade > 0.0).count()
    }

    /// Each image's gain in nDCG: its grade as in trec_eval, or 2^grade − 1.
    pub(super) fn gains(&self, exponential: bool) -> Vec<f64> {
        self.grades.iter().map(|&grade| if exponential { grade.exp2() - 1.0 } else { grade }).collect()
    }
}

/// The discount of a rank (from 1) in nDCG; 0 beyond `truncation`.
pub(super) fn discount(rank: usize, truncation: Option<usize>) -> f64 {
    if truncation.is_some_and(|last| rank > last) { 0.0 } else { 1.0 / (rank as f64 + 1.0).log2() }
}

/// The DCG of the best order.
pub(super) fn ideal(gains: &[f64], truncation: Option<usize>) -> f64 {
    let mut best = gains.to_vec();
    best.sort_by(|a, b| b.total_cmp(a));
    best.iter().enumerate().map(|(at, gain)| gain * discount(at + 1, truncation)).sum()
}

/// Each image's rank from 1 under `scores`; of equal ones the lower in `ties` is first, or the first in their order.
pub(super) fn ranks(scores: &[f64], ties: &[u64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then_with(|| ties.get(a).cmp(&ties.get(b))));
    let mut ranks = vec![0; scores.len()];
    order.into_iter().enumerate().for_each(|(at, i)| ranks[i] = at + 1);
    ranks
}
