//! Comparing the current query's images: within the frame if they are few, else as a job.

use crate::base::Progress;
use crate::dataset::TEXT_FEATURE;
use crate::graph::GraphRequest;
use crate::jobs::{Event, JobError, Worker};
use crate::workspace::looks::{Looks, MOST_DRAWN, Wanted};
use crate::workspace::view::{QueryView, ViewRequest};
use crate::workspace::{Order, Session};
use std::ops::ControlFlow;
use std::time::Duration;

/// Products up to which images are compared within the frame: some 30 ms of one core.
const AT_ONCE: usize = 200_000_000;

impl Session {
    /// The progress of comparing the current query's images, and for how long it has gone on.
    pub fn comparing(&self) -> Option<(&Progress, Duration)> {
        self.view_job.worked()
    }

    /// Whether the current query's graph is being computed.
    pub fn is_building(&self) -> bool {
        self.view_job.is_running()
    }

    /// Why the current query's images could not be compared, so that its graph and the rankings that need it are missing.
    pub fn look_failure(&self) -> Option<&str> {
        self.look_failure.as_deref()
    }

    /// Whether the current query has too many images for its graph to be drawn.
    pub fn is_too_large_to_draw(&self) -> bool {
        self.candidate_count() > MOST_DRAWN
    }

    fn candidate_count(&self) -> usize {
        self.data.dataset.queries[self.query].candidates.len()
    }

    /// Forgets what was computed with other vectors.
    pub(in crate::workspace) fn forget_looks(&mut self) {
        self.view = None;
        self.untrained.clear();
        self.searched.looks = None;
        self.rank_untrained();
    }

    /// Shows the rankings without judgements of the current query, if they were computed.
    pub(super) fn rank_untrained(&mut self) {
        let known = self.untrained.get(&self.query);
        let known = known.map(|rankings| rankings.each_ref().map(|one| one.measured_again(&self.data, self.query)));
        let [feedback, untrained] = known.map_or([None, None], |rankings| rankings.map(Some));
        self.set_ranking(Order::Feedback, feedback);
        self.set_ranking(Order::Untrained, untrained);
    }

    /// Builds the current query's graph, and in a collection its rankings without judgements, unless they are there already.
    pub(in crate::workspace) fn refresh_view(&mut self, graph: GraphRequest) {
        // A running job is for another request.
        self.view_job.retire();
        self.look_failure = None;
        if !self.data.has_vectors() {
            self.view = None;
            return;
        }
        let request = ViewRequest { query: self.query, vectors: self.data.vectors.name.clone(), graph };
        if let Some(looks) = self.searched.looks.take().filter(|looks| looks.request == request) {
            return self.take(looks);
        }
        let has_text = || self.data.signals.index(TEXT_FEATURE).is_some();
        let ranks = self.is_collection() && !self.untrained.contains_key(&self.query) && has_text();
        if !ranks && (self.is_too_large_to_draw() || self.is_drawn_as(&request)) {
            return;
        }
        let wanted = Wanted { view: request, set: self.searched.set.clone(), ranks };
        let n = self.candidate_count();
        if n * n / 2 * self.data.vectors.dim <= AT_ONCE {
            return match Looks::of(&self.data, wanted, &mut |_, _| ControlFlow::Continue(())) {
                Ok(looks) => self.take(looks),
                Err(error) => self.look_failure = Some(error.to_string()),
            };
        }
        let data = self.data.clone();
        self.view_job.start("graph", self.wake.clone(), move |worker: &Worker<(), Looks>| {
            let watch = &mut |done, total| {
                worker.progress(Progress { stage: "Comparing images".to_owned(), done, total, ..Progress::default() });
                worker.flow()
            };
            Looks::of(&data, wanted, watch).map_err(JobError::from)
        });
    }

    /// Whether the graph shown is the wanted one, or can be made so without comparing images.
    fn is_drawn_as(&mut self, request: &ViewRequest) -> bool {
        let Some(view) = &mut self.view else { return false };
        let known = view.request();
        if known.query != request.query || known.vectors != request.vectors {
            return false;
        }
        *known == *request || view.regraph(request.graph)
    }

    fn take(&mut self, looks: Looks) {
        if let Some(untrained) = looks.untrained {
            self.untrained.insert(looks.request.query, untrained);
            self.rank_untrained();
        }
        let before = self.view.take();
        self.view = looks.view.map(|mut view| {
            if let Some(before) = before {
                view.stay_at(&before);
            }
            view.start_layout(self.wake.clone());
            view
        });
    }

    pub(in crate::workspace) fn poll(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.view_job.poll() {
            changed = true;
            match event {
                Event::Done(looks) => self.take(looks),
                Event::Failed(JobError::Failed(why)) => self.look_failure = Some(why),
                Event::Failed(JobError::Cancelled) | Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed | self.view.as_mut().is_some_and(QueryView::poll)
    }
}
