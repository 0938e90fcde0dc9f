//! Images on which a model is undecided.

use super::{Item, Kind, Queue, Reason, item};
use crate::base::{Spread, mean};
use crate::dataset::{Dataset, ImageId, Judgements, QueryId};

/// A model's score of every query's candidates.
pub type Scores = Vec<Vec<f32>>;

/// The unjudged images that a model is least sure about, the least sure first.
///
/// With one model's scores: those nearest to the boundary, halfway between the mean scores of a query's relevant and not
/// relevant images, or, where a query has no such labels, halfway up that query's scores; distances are in standard
/// deviations of the query's scores. With the scores of several seeds: those whose place in the ranking differs most
/// from seed to seed.
pub fn uncertain(
    dataset: &Dataset,
    judgements: &Judgements,
    models: &[Scores],
    is_judged: &dyn Fn(&QueryId, &ImageId) -> bool,
) -> Queue {
    let mut found: Vec<(f64, Item)> = Vec::new();
    for query in 0..dataset.queries.len() {
        let of_query: Vec<&[f32]> = models.iter().filter_map(|scores| scores.get(query)).map(Vec::as_slice).collect();
        let (doubts, is_distance) = match of_query[..] {
            [] => continue,
            [scores] => (distances(judgements, query, scores), true),
            _ => (spreads(&of_query), false),
        };
        for (candidate, doubt) in doubts.into_iter().enumerate() {
            let Some(item) = item(dataset, query, candidate, Reason::Doubt(doubt)) else { continue };
            if !is_judged(&item.query, &item.image) {
                found.push((if is_distance { doubt } else { -doubt }, item));
            }
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    Queue { kind: Kind::Uncertain, seed: None, items: found.into_iter().map(|(_, item)| item).collect() }
}

/// The distance of each score from the boundary.
fn distances(judgements: &Judgements, query: usize, scores: &[f32]) -> Vec<f64> {
    let of = |is_relevant: bool| -> Vec<f64> {
        let labelled = scores.iter().zip(judgements.of(query));
        let of_kind = labelled.filter(|(_, grade)| grade.is_some_and(|grade| grade.is_relevant() == is_relevant));
        of_kind.map(|(score, _)| f64::from(*score)).collect()
    };
    let (relevant, others) = (of(true), of(false));
    let all: Vec<f64> = scores.iter().map(|score| f64::from(*score)).collect();
    let boundary = match relevant.is_empty() || others.is_empty() {
        true => all
            .iter()
            .copied()
            .fold(f64::INFINITY, f64::min)
            .midpoint(all.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        false => mean(&relevant).midpoint(mean(&others)),
    };
    let deviation = Spread::of(all.iter().copied()).map_or(1.0, |spread| spread.deviation.max(f64::MIN_POSITIVE));
    all.iter().map(|score| (score - boundary).abs() / deviation).collect()
}

/// The standard deviation of each candidate's place, as a share of the ranking, over several models.
fn spreads(models: &[&[f32]]) -> Vec<f64> {
    let count = models.iter().map(|scores| scores.len()).min().unwrap_or(0);
    let place = |scores: &[f32], candidate: usize| {
        scores.iter().filter(|score| **score > scores[candidate]).count() as f64 / scores.len() as f64
    };
    (0..count)
        .map(|candidate| {
            Spread::of(models.iter().map(|scores| place(scores, candidate))).map_or(0.0, |spread| spread.deviation)
        })
        .collect()
}
