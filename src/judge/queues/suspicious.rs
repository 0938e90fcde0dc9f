//! Labels that are probably wrong.

use super::calibrate::{log_odds, logit, share};
use super::{Item, Kind, Queue, Reason, item};
use crate::dataset::{Dataset, Judgements};

/// For each query and each of its candidates, its nearest neighbours by position and similarity, nearest first.
pub type Neighbours = Vec<Vec<Vec<(usize, f32)>>>;

/// How many contradicting neighbours are named.
const NAMED: usize = 6;

/// A judged candidate and what speaks for its being relevant.
struct Evidence {
    query: usize,
    candidate: usize,
    is_relevant: bool,
    /// The share of relevant ones among its judged neighbours, by similarity.
    near: f64,
    /// The share of its query's images that the model scores lower; 0.5 without a model.
    above: f64,
}

/// All judged images whose label is more probably wrong than right, most suspicious first.
///
/// The label of each is compared with those of its judged neighbours and, if there are scores (for each query, one per
/// candidate), with the model's ranking. Each of the two becomes log-odds by its share of relevant labels over all
/// queries, and they are added to those of the query, as if independent (naive Bayes). A model that was trained on the
/// labels has partly learned their faults; scores from cross-validation say more.
pub fn suspicious(
    dataset: &Dataset,
    judgements: &Judgements,
    neighbours: &Neighbours,
    scores: Option<&[Vec<f32>]>,
) -> Queue {
    let mut found: Vec<(f64, Item)> = ranked(judgements, neighbours, scores)
        .into_iter()
        .filter(|(odds, _)| *odds > 0.0)
        .filter_map(|(odds, one)| {
            let near = neighbours.get(one.query).and_then(|of_query| of_query.get(one.candidate));
            let differs = |candidate: usize| {
                judgements.get(one.query, candidate).is_some_and(|grade| grade.is_relevant() != one.is_relevant)
            };
            let against = near.into_iter().flatten().filter(|(candidate, _)| differs(*candidate)).take(NAMED);
            let by = against.filter_map(|(candidate, _)| item(dataset, one.query, *candidate, Reason::Member));
            let reason = Reason::Contradicted { odds, by: by.map(|item| item.image).collect() };
            Some((odds, item(dataset, one.query, one.candidate, reason)?))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    Queue { kind: Kind::Suspicious, seed: None, items: found.into_iter().map(|(_, item)| item).collect() }
}

/// Every judged candidate with the log-odds that its label is wrong.
fn ranked(judgements: &Judgements, neighbours: &Neighbours, scores: Option<&[Vec<f32>]>) -> Vec<(f64, Evidence)> {
    let all = evidence(judgements, neighbours, scores);
    let labels: Vec<bool> = all.iter().map(|one| one.is_relevant).collect();
    let prior = logit(share(labels.iter().filter(|label| **label).count(), labels.len()));
    let near = log_odds(&all.iter().map(|one| one.near).collect::<Vec<_>>(), &labels);
    let above = scores.map(|_| log_odds(&all.iter().map(|one| one.above).collect::<Vec<_>>(), &labels));
    let of_query: Vec<f64> = (0..judgements.len())
        .map(|query| {
            let grades: Vec<bool> = judgements.of(query).iter().flatten().map(|grade| grade.is_relevant()).collect();
            logit(share(grades.iter().filter(|label| **label).count(), grades.len()))
        })
        .collect();
    let odds = |(index, one): (usize, Evidence)| {
        let model = above.as_ref().map_or(0.0, |above| above[index] - prior);
        let relevant = of_query[one.query] + (near[index] - prior) + model;
        (if one.is_relevant { -relevant } else { relevant }, one)
    };
    all.into_iter().enumerate().map(odds).collect()
}

fn evidence(judgements: &Judgements, neighbours: &Neighbours, scores: Option<&[Vec<f32>]>) -> Vec<Evidence> {
    let mut all = Vec::new();
    for query in 0..judgements.len() {
        let grades = judgements.of(query);
        let of_query: Vec<f32> = scores.and_then(|scores| scores.get(query)).cloned().unwrap_or_default();
        let judged = grades.iter().flatten().count();
        let relevant = grades.iter().flatten().filter(|grade| grade.is_relevant()).count();
        for (candidate, grade) in grades.iter().enumerate() {
            let Some(grade) = grade else { continue };
            let is_relevant = grade.is_relevant();
            // Without any judged neighbour, the query's other labels say how likely it is.
            let base = share(relevant - usize::from(is_relevant), judged - 1);
            let near = neighbours.get(query).and_then(|of_query| of_query.get(candidate));
            let (mut weights, mut sum) = (0.1, 0.1 * base);
            for &(other, similarity) in near.into_iter().flatten() {
                if let Some(grade) = grades.get(other).copied().flatten().filter(|_| other != candidate) {
                    let weight = f64::from(similarity.max(0.0));
                    weights += weight;
                    sum += weight * f64::from(u8::from(grade.is_relevant()));
                }
            }
            let above = of_query.get(candidate).map_or(0.5, |score| {
                of_query.iter().filter(|other| *other < score).count() as f64 / of_query.len() as f64
            });
            all.push(Evidence { query, candidate, is_relevant, near: sum / weights, above });
        }
    }
    all
}
