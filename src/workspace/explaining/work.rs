//! Explaining an image, away from the window.

use super::explained::{Compared, ExplainRequest, Explained};
use crate::jobs::{JobError, Worker};
use crate::train::{Explainer, RunData, SavedRun, TrainError, difference};
use std::path::PathBuf;
use std::sync::Arc;

/// Which run on which data.
#[derive(Clone, Debug, PartialEq)]
struct OfRun {
    generation: u64,
    run: PathBuf,
    epoch: Option<usize>,
    model: u64,
    vectors: usize,
}

impl OfRun {
    fn of(request: &ExplainRequest) -> Self {
        let ExplainRequest { generation, epoch, model, vectors, .. } = *request;
        Self { generation, run: request.run.clone(), epoch, model, vectors }
    }
}

/// A run and a query of it, read before.
#[derive(Clone)]
pub(super) struct Known {
    of: OfRun,
    run: Arc<SavedRun>,
    data: RunData,
    /// The query, the judgements' version, and the query ready to be explained.
    query: (usize, u64),
    explainer: Arc<Explainer>,
}

/// An answer, and what was read for it.
pub(super) struct Done {
    pub(super) explained: Explained,
    pub(super) known: Known,
}

/// Answers a request on the open data; `known` is what was read for the one before.
pub(super) fn explain(
    open: &RunData,
    request: &ExplainRequest,
    known: Option<Known>,
    worker: &Worker<(), Done>,
) -> Result<Done, JobError> {
    let known = know(open, request, known)?;
    if worker.is_cancelled() {
        return Err(JobError::Cancelled);
    }
    let explainer = &known.explainer;
    let asked: Vec<usize> = std::iter::once(request.image).chain(request.other).collect();
    let mut explanations = explainer.explain(&asked, &mut || worker.flow())?.into_iter();
    let explanation = explanations.next().ok_or(JobError::Cancelled)?;
    let compared = request.other.zip(explanations.next()).map(|(image, other)| Compared {
        image,
        place: explainer.place(image),
        score: other.score,
        parts: difference(&explanation, &other),
    });
    let changed = match request.changes.is_empty() {
        true => None,
        false => Some(explainer.place_with(request.image, &request.changes)?),
    };
    let explained = Explained {
        request: request.clone(),
        kind: explainer.kind(),
        explanation,
        place: explainer.place(request.image),
        changed,
        compared,
        neighbours: explainer.neighbours(request.image),
        k: explainer.k(),
        missing: explainer.missing().to_vec(),
    };
    Ok(Done { explained, known })
}

/// The run and the query, read again as far as they are others.
fn know(open: &RunData, request: &ExplainRequest, known: Option<Known>) -> Result<Known, TrainError> {
    let of = OfRun::of(request);
    let query = (request.query, request.judgements);
    let (run, data) = match known.filter(|known| known.of == of) {
        Some(known) if known.query == query => return Ok(known),
        Some(known) => (known.run, known.data.with_judgements(open.judgements.clone())),
        None => {
            let (run, data) = SavedRun::open_on(open, &request.run, request.epoch)?;
            (Arc::new(run), data)
        }
    };
    let explainer = Arc::new(run.explainer(&data, request.query)?);
    Ok(Known { of, run, data, query, explainer })
}
