//! The rankings of kept epochs on the data of their run.

use std::path::Path;

use super::KeptEpochs;
use crate::train::feedback::feedback_scores;
use crate::train::inputs::{prepare_with, ranked_queries, with_candidates};
use crate::train::run_folder::read_whitening;
use crate::train::{Experiment, RunData, RunObserver, RunRecord, TrainData, TrainError, changes};

/// What a run's data may differ in for its kept scores to be theirs.
const HARMLESS: &str = "judgements";

/// How a run ranked after its kept epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochScores {
    /// From one regularly kept epoch to the next.
    pub stride: usize,
    /// Each kept epoch's number, and for each query of the data set its candidates' scores; empty without candidates.
    pub epochs: Vec<(usize, Vec<Vec<f32>>)>,
}

/// The rankings of a run's kept epochs; `None` if it kept none. `data` are those of the run
/// ([`crate::train::data_of_run`]). Where the score has feedback that is chosen after training
/// ([`crate::model::ModelKind::uses_feedback`]), it is added to every epoch as it was chosen at the end.
///
/// # Errors
/// If the file is malformed, the data have changed since, or [`TrainError::Cancelled`].
pub fn epoch_scores(
    data: &RunData,
    folder: &Path,
    record: &RunRecord,
    observer: &mut dyn RunObserver,
) -> Result<Option<EpochScores>, TrainError> {
    let Some(kept) = KeptEpochs::read(folder)? else { return Ok(None) };
    let mut changed = changes(data, record)?;
    changed.retain(|what| what != HARMLESS);
    let queries = with_candidates(data);
    if changed.is_empty() && ranked_queries(data) != kept.queries {
        changed.push("candidates".to_owned());
    }
    if !changed.is_empty() {
        return Err(TrainError::Changed { what: changed.join(", "), path: folder.to_owned() });
    }
    let experiment = record.as_run();
    let feedback = record.feedback.filter(|_| experiment.model.kind.uses_feedback());
    let inputs = feedback.map(|_| inputs(data, folder, &experiment, &queries, observer)).transpose()?;
    let mut epochs = Vec::with_capacity(kept.epochs.len());
    for (at, epoch) in kept.epochs.iter().enumerate() {
        if observer.step("Reading epochs", at, kept.epochs.len()).is_break() {
            return Err(TrainError::Cancelled);
        }
        let mut scores = vec![Vec::new(); data.dataset.queries.len()];
        for (&query, own) in queries.iter().zip(kept.scores_of(epoch)) {
            scores[query] = own.to_vec();
        }
        if let Some((inputs, feedback)) = inputs.as_ref().zip(feedback) {
            let each = feedback_scores(data, &experiment, inputs, |query| scores[query].clone());
            for (&query, each) in queries.iter().zip(&each) {
                scores[query] = each.mix(feedback);
            }
        }
        epochs.push((epoch.epoch, scores));
    }
    Ok(Some(EpochScores { stride: kept.stride, epochs }))
}

fn inputs(
    data: &RunData,
    folder: &Path,
    experiment: &Experiment,
    queries: &[usize],
    observer: &mut dyn RunObserver,
) -> Result<TrainData, TrainError> {
    let whitening = experiment.whitens().then(|| read_whitening(folder)).transpose()?.map(Into::into);
    let signals = experiment.signal_indices(&data.signals)?;
    let step = &mut |done, total| observer.step("Building graphs", done, total);
    prepare_with(data, &signals, experiment, whitening, queries, step)
}
