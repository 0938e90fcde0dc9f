//! Scores of every query, by any kind of model.

use super::feedback::{choose, feedback_scores};
use super::{Comparison, Experiment, RunData, TrainData, TrainError, mean_measures};
use crate::dataset::{Dataset, Run, Split};
use crate::eval::Measures;
use crate::model::{Feedback, ModelKind, Network};
use crate::signals::{self, Normalisation};
use std::collections::HashMap;

/// Every query's scores, and the feedback parameters used.
pub(super) struct Ranked {
    pub(super) scores: Vec<Vec<f32>>,
    pub(super) feedback: Option<Feedback>,
}

/// Scores every query by the experiment's kind; `feedback` has the parameters chosen before, if any.
///
/// # Errors
/// If the data set lacks the text score, or inputs do not match the network.
pub(super) fn rank(
    data: &RunData,
    experiment: &Experiment,
    inputs: &TrainData,
    model: Option<&Network>,
    feedback: Option<Feedback>,
) -> Result<Ranked, TrainError> {
    let learned = model.map(|model| score_all(&data.dataset, inputs, model)).transpose()?;
    let signal = given_signal(data, experiment)?;
    let all = 0..data.dataset.queries.len();
    let raw = |query: usize| signals::table(&data.signals, query, &[signal], Normalisation::None);
    Ok(match (experiment.model.kind, learned) {
        (kind, learned) if kind.uses_feedback() => {
            let text = |query: usize| learned.as_ref().map_or_else(|| raw(query), |scores| scores[query].clone());
            let each = feedback_scores(data, experiment, inputs, text);
            let chosen = feedback.unwrap_or_else(|| choose(inputs, &each, experiment.training.stop_on));
            let mut scores = vec![Vec::new(); data.dataset.queries.len()];
            for (input, each) in inputs.inputs.iter().zip(&each) {
                scores[input.query] = each.mix(chosen);
            }
            Ranked { scores, feedback: Some(chosen) }
        }
        (_, Some(scores)) => Ranked { scores, feedback: None },
        (ModelKind::Initial, None) => {
            Ranked { scores: all.map(|query| signals::initial_order(&data.dataset, query)).collect(), feedback: None }
        }
        (_, None) => Ranked { scores: all.map(raw).collect(), feedback: None },
    })
}

/// The signal that ranks where nothing is learned, by its index.
///
/// # Errors
/// [`TrainError::UnknownSignal`] if the data set lacks the one that the experiment names.
pub(super) fn given_signal(data: &RunData, experiment: &Experiment) -> Result<usize, TrainError> {
    match &experiment.model.signal {
        Some(name) => data.signals.index(name).ok_or_else(|| TrainError::unknown_signal(name, &data.signals)),
        None => Ok(signals::text_signal(&data.signals).unwrap_or(0)),
    }
}

/// The three rankings' measures over one split.
pub fn compare(data: &RunData, split: Split, scores: &[Vec<f32>]) -> Comparison {
    let queries = data.queries_of(split);
    let has_text = signals::text_signal(&data.signals).is_some();
    let text = || mean_measures(data, &queries, |query| signals::text_only(&data.signals, query));
    Comparison {
        initial: mean_measures(data, &queries, |query| signals::initial_order(&data.dataset, query)),
        text: if has_text { text() } else { Measures::default() },
        model: mean_measures(data, &queries, |query| scores.get(query).cloned().unwrap_or_default()),
    }
}

/// The network's scores of every query of the data set.
///
/// # Errors
/// If inputs do not match the network.
pub fn score_all(dataset: &Dataset, inputs: &TrainData, model: &Network) -> Result<Vec<Vec<f32>>, TrainError> {
    let mut scores = vec![Vec::new(); dataset.queries.len()];
    for input in &inputs.inputs {
        scores[input.query] = model.score(input)?.total;
    }
    Ok(scores)
}

/// Scores as a TREC run.
pub fn rankings(dataset: &Dataset, scores: &[Vec<f32>]) -> Run {
    let mut run = Run::new();
    for (query, scores) in dataset.queries.iter().zip(scores) {
        let by_image: HashMap<_, _> = query.candidates.iter().map(|candidate| candidate.image).zip(scores).collect();
        let entries =
            by_image.into_iter().map(|(image, &score)| (dataset.images[image].id.to_string(), f64::from(score)));
        run.insert(query.id.to_string(), entries.collect());
    }
    run
}
