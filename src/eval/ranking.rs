//! One query: from scores to an order, and from an order to measures.

use std::cmp::Ordering;
use std::sync::LazyLock;

use super::diversity::{f1, measure_diversity};
use super::measure::Measure;
use crate::dataset::Relevance;

/// Positions in trec_eval's order: score descending, equal scores by id descending (by bytes), NaN last.
///
/// One position per id; an id without a score comes last, as if its score were NaN.
pub fn order(scores: &[f32], ids: &[&str]) -> Vec<usize> {
    let score = |i: usize| scores.get(i).copied().unwrap_or(f32::NAN);
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by(|&a, &b| descending(score(a), score(b)).then_with(|| ids[b].as_bytes().cmp(ids[a].as_bytes())));
    order
}

/// Greater first, NaN last, −0 equal to 0.
fn descending(a: f32, b: f32) -> Ordering {
    b.partial_cmp(&a).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// The judgements of one query's images, in the order of its candidates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Judged<'a> {
    /// The judgement of each candidate.
    pub relevance: &'a [Option<Relevance>],
    /// The diversity clusters of each candidate; `None` if the query has no clusters.
    pub clusters: Option<&'a [&'a [u32]]>,
    /// Number of clusters of the query.
    pub cluster_total: usize,
    /// Grades of judged images that are not candidates: they count towards the ideal ranking.
    pub extra_relevant: &'a [Relevance],
    /// The highest grade over all queries, needed by ERR; the query's own highest if that is greater.
    pub highest_grade: i32,
}

impl Judged<'_> {
    /// The measures of the ranking given by this order.
    ///
    /// A measure that needs clusters is NaN if the query has none.
    pub fn measure(&self, order: &[usize], measures: &[Measure]) -> Vec<f64> {
        let ranked = order.iter().map(|&i| self.relevance.get(i).copied().flatten());
        let judged = self.relevance.iter().flatten().chain(self.extra_relevant).copied();
        let ranking = JudgedRanking::new(ranked, judged).with_highest_grade(self.highest_grade);
        let clusters: Option<Vec<&[u32]>> = self
            .clusters
            .filter(|_| self.cluster_total > 0)
            .map(|clusters| order.iter().map(|&i| clusters.get(i).copied().unwrap_or_default()).collect());
        measures
            .iter()
            .map(|&measure| match (measure, &clusters) {
                (Measure::ClusterRecallAt(k), Some(clusters)) => measure_diversity(k, clusters, self.cluster_total),
                (Measure::F1At(k), Some(clusters)) => {
                    f1(ranking.precision(k), measure_diversity(k, clusters, self.cluster_total))
                }
                _ => ranking.measure(measure),
            })
            .collect()
    }
}

/// One query's candidates in rank order, and its measures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranked {
    /// Positions of the candidates, best first.
    pub order: Vec<usize>,
    /// One value per requested measure.
    pub values: Vec<f64>,
}

/// Ranks one query's candidates by their scores (see [`order`]) and measures the ranking: the one way from scores to
/// measures. `ids` and [`Judged::relevance`] are those of the candidates; a missing score ranks last.
pub fn rank_and_measure(scores: &[f32], ids: &[&str], judged: &Judged<'_>, measures: &[Measure]) -> Ranked {
    let order = order(scores, ids);
    let values = judged.measure(&order, measures);
    Ranked { order, values }
}

/// One measure of one ranking.
///
/// `ranked` holds the judgement of each returned image in rank order, `judged` all judged grades of the query, whether
/// returned or not. Measures that need clusters are NaN here: see [`super::measure_diversity`].
pub fn measure_query(measure: Measure, ranked: &[Option<Relevance>], judged: &[Relevance]) -> f64 {
    JudgedRanking::new(ranked.iter().copied(), judged.iter().copied()).measure(measure)
}

/// A ranking reduced to the inputs of measures, so that several cost little more than one.
#[derive(Clone, Debug)]
pub struct JudgedRanking {
    /// Grade by rank; `None` if there is no judgement or a negative one.
    grades: Vec<Option<i32>>,
    /// Number of relevant images up to each rank.
    hits: Vec<u32>,
    /// Grades above 0 of all judged images, best first.
    ideal: Vec<i32>,
    /// Judged images of grade 0.
    nonrelevant: usize,
    /// The highest grade an image could have, at least 1.
    highest: i32,
}

impl JudgedRanking {
    /// From the judgements in rank order and all judged grades of the query.
    pub fn new(
        ranked: impl Iterator<Item = Option<Relevance>>,
        judged: impl Iterator<Item = Relevance>,
    ) -> JudgedRanking {
        let grades: Vec<Option<i32>> =
            ranked.map(|grade| grade.filter(|grade| grade.is_judged()).map(|grade| grade.0)).collect();
        let mut found = 0;
        let hits = grades
            .iter()
            .map(|grade| {
                found += u32::from(is_hit(*grade));
                found
            })
            .collect();
        let mut ideal = Vec::new();
        let mut nonrelevant = 0;
        for grade in judged.filter(|grade| grade.is_judged()) {
            if grade.is_relevant() {
                ideal.push(grade.0);
            } else {
                nonrelevant += 1;
            }
        }
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        let highest = ideal.first().copied().unwrap_or(1);
        JudgedRanking { grades, hits, ideal, nonrelevant, highest }
    }

    /// Raises the highest possible grade, which is the query's own highest at first; only ERR uses it.
    pub fn with_highest_grade(mut self, highest: i32) -> JudgedRanking {
        self.highest = self.highest.max(highest);
        self
    }

    /// The value of a measure; NaN for one that needs clusters.
    pub fn measure(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Map => self.average_precision(usize::MAX),
            Measure::MapAt(k) => self.average_precision(k),
            Measure::Ndcg => self.ndcg(usize::MAX, f64::from),
            Measure::NdcgAt(k) => self.ndcg(k, f64::from),
            Measure::NdcgExp => self.ndcg_exp(usize::MAX),
            Measure::NdcgExpAt(k) => self.ndcg_exp(k),
            Measure::Err => self.expected_reciprocal_rank(usize::MAX),
            Measure::ErrAt(k) => self.expected_reciprocal_rank(k),
            Measure::Rbp(persistence) => self.rank_biased_precision(persistence.value()),
            Measure::PrecisionAt(k) => self.precision(k),
            Measure::RecallAt(k) => ratio(self.hits_within(k), self.relevant()),
            Measure::Rprec => self.precision(self.relevant()),
            Measure::Bpref => self.bpref(),
            Measure::ReciprocalRank => self.first_hit().map_or(0.0, |position| 1.0 / (position + 1) as f64),
            Measure::SuccessAt(k) => f64::from(u8::from(self.hits_within(k) > 0)),
            Measure::ClusterRecallAt(_) | Measure::F1At(_) => f64::NAN,
        }
    }

    /// Number of images judged relevant, returned or not.
    pub fn relevant(&self) -> usize {
        self.ideal.len()
    }

    /// Relevant images among the first k, over k (0 for k = 0).
    pub fn precision(&self, k: usize) -> f64 {
        ratio(self.hits_within(k), k)
    }

    fn hits_within(&self, k: usize) -> usize {
        match k.min(self.hits.len()) {
            0 => 0,
            end => self.hits[end - 1] as usize,
        }
    }

    fn first_hit(&self) -> Option<usize> {
        self.grades.iter().position(|grade| is_hit(*grade))
    }

    /// Σ over relevant images within the first k of (hits so far / rank), over all relevant images.
    fn average_precision(&self, k: usize) -> f64 {
        if self.ideal.is_empty() {
            return 0.0;
        }
        let ranks = self.grades.iter().zip(&self.hits).take(k).enumerate();
        let sum: f64 = ranks
            .filter(|(_, (grade, _))| is_hit(**grade))
            .map(|(position, (_, hits))| f64::from(*hits) / (position + 1) as f64)
            .sum();
        sum / self.ideal.len() as f64
    }

    /// DCG@k = Σ gain(grade) / log₂(rank + 1), over that of the best order of all judged images.
    fn ndcg(&self, k: usize, gain: impl Fn(i32) -> f64) -> f64 {
        let best = dcg(self.ideal.iter().copied().take(k), &gain);
        if best > 0.0 { dcg(self.grades.iter().map(|grade| grade.unwrap_or(0)).take(k), &gain) / best } else { 0.0 }
    }

    /// nDCG with the gain 2^grade − 1.
    fn ndcg_exp(&self, k: usize) -> f64 {
        let best = self.ideal.first().copied().unwrap_or(0);
        self.ndcg(k, |grade| chance(grade, best))
    }

    /// Σ over ranks r of R_r / r · Π_{i<r} (1 − R_i), with R the chance that the image at a rank satisfies.
    fn expected_reciprocal_rank(&self, k: usize) -> f64 {
        let (mut unsatisfied, mut sum) = (1.0, 0.0);
        for (position, grade) in self.grades.iter().take(k).enumerate() {
            let satisfies = chance(grade.unwrap_or(0), self.highest);
            sum += unsatisfied * satisfies / (position + 1) as f64;
            unsatisfied *= 1.0 - satisfies;
        }
        sum
    }

    /// (1 − p) Σ p^(rank − 1) over the relevant images.
    fn rank_biased_precision(&self, persistence: f64) -> f64 {
        let (mut weight, mut sum) = (1.0 - persistence, 0.0);
        for grade in &self.grades {
            sum += if is_hit(*grade) { weight } else { 0.0 };
            weight *= persistence;
        }
        sum
    }

    /// 1/R Σ over returned relevant images of 1 − min(judged irrelevant above it, R) / min(N, R), with R the number of
    /// relevant and N that of judged irrelevant images.
    fn bpref(&self) -> f64 {
        let relevant = self.relevant();
        let mut above = 0;
        let mut sum = 0.0;
        for grade in self.grades.iter().flatten() {
            if *grade > 0 {
                sum += 1.0 - ratio(above.min(relevant), self.nonrelevant.min(relevant));
            } else {
                above += 1;
            }
        }
        if relevant == 0 { 0.0 } else { sum / relevant as f64 }
    }
}

fn is_hit(grade: Option<i32>) -> bool {
    grade.is_some_and(|grade| grade > 0)
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// (2^grade − 1) / 2^highest, also where 2^grade would overflow.
fn chance(grade: i32, highest: i32) -> f64 {
    let highest = f64::from(highest.max(1));
    if grade > 0 { (f64::from(grade) - highest).exp2() - (-highest).exp2() } else { 0.0 }
}

fn dcg(grades: impl Iterator<Item = i32>, gain: impl Fn(i32) -> f64) -> f64 {
    grades.enumerate().filter(|(_, grade)| *grade > 0).map(|(position, grade)| gain(grade) / discount(position)).sum()
}

/// log₂(rank + 1) of a position from 0; the first ones are cached, as every epoch needs them.
fn discount(position: usize) -> f64 {
    static FIRST: LazyLock<Vec<f64>> = LazyLock::new(|| (0..1000_u32).map(|i| f64::from(i + 2).log2()).collect());
    FIRST.get(position).copied().unwrap_or_else(|| ((position + 2) as f64).log2())
}
