//! Cross-modal feedback on a data set: its scores, and the choice of its two parameters.

use super::epoch::measured;
use super::inputs::compared_rows;
use super::{Experiment, RunData, TrainData};
use crate::dataset::Split;
use crate::eval::Measure;
use crate::graph::Similarities;
use crate::model::{Feedback, FeedbackScores, RankingInput};
use rayon::prelude::*;

/// The feedback of every input, in order, by the similarities of whitened vectors if the experiment asks for them;
/// `text` gives a query's text scores by its index in the data set.
pub(super) fn feedback_scores(
    data: &RunData,
    experiment: &Experiment,
    inputs: &TrainData,
    text: impl Fn(usize) -> Vec<f32> + Sync,
) -> Vec<FeedbackScores> {
    let whitening = inputs.whitening.as_deref().filter(|_| experiment.compares_whitened());
    let one = |input: &RankingInput| {
        let (rows, dim) = compared_rows(data, whitening, input.query);
        // Only a few rows are asked for, so none is stored.
        FeedbackScores::new(&text(input.query), &Similarities::within(0, &rows, dim))
    };
    inputs.inputs.par_iter().map(one).collect()
}

/// The first grid point with the highest mean of `measure` over the validation queries (or the training queries if
/// there are none).
pub(super) fn choose(inputs: &TrainData, scores: &[FeedbackScores], measure: Measure) -> Feedback {
    let validation = inputs.judged(Split::Validation);
    let queries = if validation.is_empty() { inputs.judged(Split::Train) } else { validation };
    let highest_grade = inputs.highest_grade();
    let value = |feedback: Feedback| -> f64 {
        let of = |&at: &usize| measured(&inputs.inputs[at], &scores[at].mix(feedback), &[measure], highest_grade)[0];
        queries.iter().map(of).sum()
    };
    let values: Vec<(Feedback, f64)> =
        Feedback::grid().collect::<Vec<_>>().into_par_iter().map(|feedback| (feedback, value(feedback))).collect();
    let mut best = values[0];
    for &(feedback, value) in &values[1..] {
        if value > best.1 {
            best = (feedback, value);
        }
    }
    best.0
}
