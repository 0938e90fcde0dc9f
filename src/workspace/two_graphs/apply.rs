//! Making both graphs.

use super::{MOST_TWICE, Near, Taught, TwoRequest, TwoViews};
use crate::graph::{Csr, GraphRequest};
use crate::jobs::JobError;
use crate::train::{self, RunData, RunSimilarity, SavedRun, TrainError};
use crate::workspace::view::{QueryView, ViewRequest};
use crate::workspace::{Ranking, TwoGraphsAction, Workspace};
use std::collections::HashSet;

impl Workspace {
    pub(in crate::workspace) fn apply_two_graphs(&mut self, action: TwoGraphsAction) {
        match action {
            TwoGraphsAction::Show(show) => self.two_graphs.is_open = show,
            TwoGraphsAction::Set(sides) => self.two_graphs.sides = *sides,
            TwoGraphsAction::Draw => {}
        }
        match self.two_graphs.is_open {
            true => self.make_two_graphs(),
            false => self.two_graphs.forget(),
        }
    }

    /// Whether both graphs are to be made, or made again.
    pub fn wants_two_graphs(&self) -> bool {
        match self.two_request() {
            Ok((request, _)) => self.two_graphs.wanted.as_ref() != Some(&request),
            Err(problem) => self.two_graphs.problem.as_deref() != Some(problem),
        }
    }

    /// Receives both graphs, and lets their nodes lie where they lie in the Graph panel; `true` if anything changed.
    pub(in crate::workspace) fn poll_two_graphs(&mut self) -> bool {
        let state = &mut self.two_graphs;
        let mut changed = false;
        match state.job.ended() {
            Some(Ok(views)) => (state.shown, changed) = (Some(views), true),
            Some(Err(error)) => {
                state.problem = (error != JobError::Cancelled).then(|| format!("There are no two graphs: {error}"));
                changed = true;
            }
            None => {}
        }
        if let (Some(shown), Some(own)) = (&mut state.shown, self.session.as_ref().and_then(|session| session.view())) {
            shown.views.iter_mut().for_each(|view| changed |= view.follow(own));
        }
        changed
    }

    fn make_two_graphs(&mut self) {
        let wanted = self.two_request();
        let state = &mut self.two_graphs;
        let (request, data) = match wanted {
            Ok(wanted) => wanted,
            Err(problem) => {
                state.forget();
                state.problem = Some(problem.to_owned());
                return;
            }
        };
        if state.wanted.as_ref() == Some(&request) {
            return;
        }
        state.forget();
        state.wanted = Some(request.clone());
        let scores = request.sides.map(|(_, _, epoch)| self.epochs.scores_of(epoch?, request.query));
        let wake = self.wake.clone();
        self.two_graphs.job.start("two graphs", wake, move |_| {
            let similarity = |epoch: Option<usize>| -> Result<Option<RunSimilarity>, TrainError> {
                let Some((folder, _)) = &request.run else { return Ok(None) };
                let run = SavedRun::open_at(folder, epoch)?;
                let data = train::data_of_run(&data, run.record())?;
                run.similarity(&data, request.query)
            };
            let [a, b] = request.sides;
            let first = similarity(a.2)?;
            let second = if a.2 == b.2 { first.clone() } else { similarity(b.2)? };
            let ranking = |scores: Option<Vec<f32>>| scores.map(|scores| Ranking::new(&data, request.query, scores));
            let rankings = scores.map(ranking);
            let views = views(&data, &request, [first.as_ref(), second.as_ref()]);
            views.map(|views| TwoViews { rankings, ..views }).map_err(|problem| JobError::Failed(problem.to_owned()))
        });
    }

    fn two_request(&self) -> Result<(TwoRequest, RunData), &'static str> {
        let session = self.session.as_ref().ok_or("Open a data set first.")?;
        if !session.data.has_vectors() {
            return Err("Two graphs need visual vectors.");
        }
        let query = session.query();
        if session.data.dataset.queries[query].candidates.len() > MOST_TWICE {
            return Err("Two graphs of queries with up to 4,000 images are drawn.");
        }
        let k = self.settings.experiment.graph.k;
        let run = self.training.run().filter(|_| !self.training.is_running());
        let request = TwoRequest {
            generation: session.generation,
            query,
            vectors: session.data.vectors.name.clone(),
            run: run.map(|run| (run.path.clone(), session.model_version())),
            sides: self.two_graphs.sides.map(|side| {
                // Without an epoch of its own, a side shows what the window shows.
                (side.near, side.k.unwrap_or(k), side.epoch.or(self.epochs.chosen()))
            }),
        };
        Ok((request, session.data.clone()))
    }
}

fn views(
    data: &RunData,
    request: &TwoRequest,
    similarities: [Option<&RunSimilarity>; 2],
) -> Result<TwoViews, &'static str> {
    let view = |at: usize| -> Result<QueryView, &'static str> {
        let ((near, k, _), similarity) = (request.sides[at], similarities[at]);
        let graph = GraphRequest { k, ..GraphRequest::default() };
        let wanted = ViewRequest { query: request.query, vectors: format!("{} {near}", request.vectors), graph };
        let most = QueryView::most_neighbours(graph);
        let nearest: Csr = match (near, similarity) {
            (Near::Cosine, _) => return Ok(QueryView::build(data, wanted)),
            (Near::Seen, Some(similarity)) => similarity.nearest(most, data.memory),
            (Near::Learned, Some(similarity)) if similarity.weights.is_some() => similarity.nearest_learned(most),
            (Near::Learned, Some(_)) => return Err("the shown run has learned no similarity; DCMM-edge does"),
            (_, None) => return Err("train or open a run with a graph first: this side shows how it compares images"),
        };
        Ok(QueryView::over(data, wanted, &nearest, None))
    };
    let views = [view(0)?, view(1)?];
    let [a, b] = views
        .each_ref()
        .map(|view| view.edges().iter().map(|&(i, j, _)| (i.min(j), i.max(j))).collect::<HashSet<(usize, usize)>>());
    let shared = a.intersection(&b).count();
    let only = [a.difference(&b).copied().collect(), b.difference(&a).copied().collect()];
    let taught = similarities[1].or(similarities[0]).and_then(Taught::of);
    Ok(TwoViews { views, only, shared, rankings: [None, None], taught })
}
