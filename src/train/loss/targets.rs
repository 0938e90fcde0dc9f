//! What a query's judgements ask of its scores.

use crate::dataset::Relevance;

/// The judgements of one query, as a loss reads them. Unjudged images take no part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// Images of the query, judged or not.
    pub(super) n: usize,
    /// The judged images' positions in the query, rising. All else here counts in positions of this list.
    pub(super) places: Vec<usize>,
    /// Their grades, 0 for not relevant.
    pub(super) grades: Vec<f64>,
    /// The highest grade of the queries learned from: what pointwise losses call certain.
    pub(super) top: f64,
    /// The images of equal grade, the highest grade first.
    pub(super) levels: Vec<Level>,
}

/// The images of one grade.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Level {
    pub(super) grade: f64,
    /// Rising.
    pub(super) members: Vec<usize>,
    /// All images of lower grades, rising.
    pub(super) below: Vec<usize>,
}

impl Targets {
    /// From the judgement of each image.
    pub fn new(relevance: &[Option<Relevance>]) -> Self {
        let judged = relevance.iter().enumerate().filter_map(|(at, grade)| Some((at, (*grade)?)));
        let (places, grades): (Vec<usize>, Vec<f64>) =
            judged.filter(|(_, grade)| grade.is_judged()).map(|(at, grade)| (at, f64::from(grade.0))).unzip();
        let mut distinct = grades.clone();
        distinct.sort_by(|a, b| b.total_cmp(a));
        distinct.dedup();
        let those = |keep: &dyn Fn(f64) -> bool| (0..grades.len()).filter(|&i| keep(grades[i])).collect();
        let level = |&grade: &f64| Level { grade, members: those(&|x| x == grade), below: those(&|x| x < grade) };
        let levels = distinct.iter().map(level).collect();
        Self { n: relevance.len(), top: distinct.first().copied().unwrap_or(0.0), places, grades, levels }
    }

    /// The same where the highest grade of the queries learned from is `top`, if that is above this query's own.
    pub fn with_top(mut self, top: f64) -> Self {
        self.top = self.top.max(top);
        self
    }

    /// The highest grade, 0 where nothing is relevant.
    pub fn top(&self) -> f64 {
        self.top
    }

    /// Pairs of images of different grades.
    pub fn pairs(&self) -> usize {
        self.levels.iter().map(|level| level.members.len() * level.below.len()).sum()
    }

    /// How many images are judged.
    pub fn judged(&self) -> usize {
        self.grades.len()
    }

    /// How many images are relevant.
    pub(super) fn relevant(&self) -> usize {
        self.grades.iter().filter(|grade| **grade > 0.0).count()
    }

    /// What each image is worth to nDCG: its grade as in trec_eval, or 2^grade − 1.
    pub(super) fn gains(&self, exponential: bool) -> Vec<f64> {
        self.grades.iter().map(|&grade| if exponential { grade.exp2() - 1.0 } else { grade }).collect()
    }
}

/// What a rank (from 1) is worth to nDCG; nothing beyond `truncation`.
pub(super) fn discount(rank: usize, truncation: Option<usize>) -> f64 {
    if truncation.is_some_and(|last| rank > last) { 0.0 } else { 1.0 / (rank as f64 + 1.0).log2() }
}

/// The DCG of the best order.
pub(super) fn ideal(gains: &[f64], truncation: Option<usize>) -> f64 {
    let mut best = gains.to_vec();
    best.sort_by(|a, b| b.total_cmp(a));
    best.iter().enumerate().map(|(at, gain)| gain * discount(at + 1, truncation)).sum()
}

/// Each image's rank from 1 under `scores`; equal scores keep the order of the images.
pub(super) fn ranks(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut ranks = vec![0; scores.len()];
    order.into_iter().enumerate().for_each(|(at, i)| ranks[i] = at + 1);
    ranks
}
