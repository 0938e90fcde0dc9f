//! Making both graphs.

use super::{MOST_TWICE, Near, Taught, TwoRequest, TwoViews};
use crate::graph::{Csr, GraphRequest};
use crate::jobs::JobError;
use crate::train::{RunData, RunSimilarity, SavedRun, TrainError};
use crate::workspace::view::{QueryView, ViewRequest, alone};
use crate::workspace::{Ranking, TwoGraphsAction, Workspace};

impl Workspace {
    pub(in crate::workspace) fn apply_two_graphs(&mut self, action: TwoGraphsAction) {
        match action {
            TwoGraphsAction::Show(show) => self.two_graphs.is_open = show,
            TwoGraphsAction::Set(sides) => self.two_graphs.sides = *sides,
            TwoGraphsAction::Draw => {}
        }
        match self.two_graphs.is_open {
            true => self.make_two_graphs(),
            false => self.two_graphs.answer.forget(),
        }
    }

    /// Whether both graphs are to be made, or made again.
    pub fn wants_two_graphs(&self) -> bool {
        !self.two_graphs.answer.is_to(&self.two_request())
    }

    /// Receives both graphs, and lets their nodes lie where they lie in the Graph panel; `true` if anything changed.
    pub(in crate::workspace) fn poll_two_graphs(&mut self) -> bool {
        let mut changed = self.two_graphs.answer.poll("There are no two graphs");
        let own = self.session.as_ref().and_then(|session| session.view());
        if let Some((shown, own)) = self.two_graphs.answer.found_mut().zip(own) {
            shown.views.iter_mut().for_each(|view| changed |= view.stay_at(own));
        }
        changed
    }

    fn make_two_graphs(&mut self) {
        let wanted = self.two_request();
        let Some((request, session)) = self.two_graphs.answer.ask(wanted).zip(self.session.as_ref()) else { return };
        let scores = request.sides.map(|(_, _, epoch)| self.epochs.scores_of(epoch?, request.query));
        let (data, wake) = (session.data.clone(), self.wake.clone());
        self.two_graphs.answer.start("two graphs", wake, move |_| {
            let similarity = |epoch: Option<usize>| -> Result<Option<RunSimilarity>, TrainError> {
                let Some((folder, _)) = &request.run else { return Ok(None) };
                let (run, data) = SavedRun::open_on(&data, folder, epoch)?;
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

    fn two_request(&self) -> Result<TwoRequest, &'static str> {
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
        Ok(TwoRequest {
            generation: session.generation,
            query,
            vectors: session.data.vectors.name.clone(),
            run: run.map(|run| (run.path.clone(), session.model_version())),
            sides: self.two_graphs.sides.map(|side| {
                // Without an epoch of its own, a side shows what the window shows.
                (side.near, side.k.unwrap_or(k), side.epoch.or(self.epochs.chosen()))
            }),
        })
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
    let only = alone(views.each_ref());
    let shared = views[0].edges().len() - only[0].len();
    let taught = similarities[1].or(similarities[0]).and_then(Taught::of);
    Ok(TwoViews { views, only, shared, rankings: [None, None], taught })
}
