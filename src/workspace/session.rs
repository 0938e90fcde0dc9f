//! The open data set and what is selected in it.

mod apply;
mod look;
mod orders;

use super::looks::{Looks, Searched};
use super::ranking::{Order, Ranking, measured};
use super::view::QueryView;
use crate::base::mean;
use crate::dataset::{Image, Relevance, Split, Summary, VectorTable, Warning};
use crate::eval::{Measure, Measures};
use crate::graph::GraphRequest;
use crate::jobs::{Slot, Wake};
use crate::judge::Scale;
use crate::signals::{self, Statistics};
use crate::train::RunData;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// [`crate::eval::STANDARD`] of each query without any network.
#[derive(Clone, Debug, Default)]
pub struct Baselines {
    /// The search engine's order.
    pub initial: Vec<Measures>,
    /// The text signal alone; empty if the data set has none.
    pub text: Vec<Measures>,
}

/// Scores of the network for every query.
#[derive(Clone, Debug)]
pub struct ModelScores {
    /// For each query its candidates' scores.
    pub scores: Vec<Vec<f32>>,
    /// [`crate::eval::STANDARD`] of each query.
    pub measures: Vec<Measures>,
    /// The split of each query in the run.
    splits: Arc<Vec<Split>>,
    /// [`Judgements::version`](crate::dataset::Judgements::version) of what it was measured by.
    judged: u64,
}

impl ModelScores {
    /// Measures every query under a network's scores; too slow for a frame.
    pub(super) fn new(data: &RunData, scores: Vec<Vec<f32>>) -> Self {
        let measures = scores.iter().enumerate().map(|(query, scores)| measured(data, query, scores)).collect();
        Self { scores, measures, splits: data.splits.clone(), judged: data.judgements.version() }
    }
}

/// The open data set and what is selected in it.
pub struct Session {
    /// Tells one opening from another, also of the same path.
    pub generation: u64,
    /// Where it was opened from.
    pub path: PathBuf,
    /// From when on moves of its pictures are not yet in their names, in milliseconds since 1970-01-01 UTC.
    pub(super) named_at: i64,
    /// Data set, judgements, features, visual vectors and splits.
    pub data: RunData,
    /// What is wrong with it.
    pub warnings: Vec<Warning>,
    /// Its counts.
    pub summary: Summary,
    /// Its grades: those of its protocol, else those in use.
    pub scale: Scale,
    /// Statistics of the signals; their correlations are over the train and validation queries.
    pub statistics: Vec<Statistics>,
    /// Measures without any network.
    pub baselines: Baselines,
    pub(super) query: usize,
    pub(super) candidate: Option<usize>,
    pub(super) hovered: Option<usize>,
    pub(super) view: Option<QueryView>,
    pub(super) view_job: Slot<(), Looks>,
    /// Why the current query's images could not be compared.
    pub(super) look_failure: Option<String>,
    /// The rankings of a collection that need no judgement, by query, once they were computed with these vectors.
    pub(super) untrained: HashMap<usize, [Ranking; 2]>,
    /// The vectors of a collection, and what a search has compared already.
    pub(super) searched: Searched,
    pub(super) rankings: [Option<Ranking>; Order::ALL.len()],
    pub(super) ranked: u64,
    pub(super) model: Option<ModelScores>,
    pub(super) modelled: u64,
    pub(super) wake: Wake,
}

impl Session {
    /// The split of each query: that of the shown run, else that of the data set.
    pub fn splits(&self) -> &[Split] {
        self.model.as_ref().map_or(&self.data.splits, |model| &model.splits)
    }

    /// The current query's index.
    pub fn query(&self) -> usize {
        self.query
    }

    /// The selected candidate of the current query.
    pub fn candidate(&self) -> Option<usize> {
        self.candidate
    }

    /// The candidate under the pointer.
    pub fn hovered(&self) -> Option<usize> {
        self.hovered
    }

    /// The visual vectors in use, where there are any.
    pub fn vectors(&self) -> Option<&Arc<VectorTable>> {
        Some(&self.data.vectors).filter(|_| self.data.has_vectors())
    }

    /// The grade of a candidate of the current query, if it is judged.
    pub fn relevance(&self, candidate: usize) -> Option<Relevance> {
        self.data.judgements.get(self.query, candidate)
    }

    /// The current query's graph, once it is there.
    pub fn view(&self) -> Option<&QueryView> {
        self.view.as_ref().filter(|view| view.request().query == self.query)
    }

    /// Whether the data set can be ranked by text alone.
    pub fn has_text(&self) -> bool {
        signals::text_signal(&self.data.signals).is_some()
    }

    /// One of the current query's rankings.
    pub fn ranking(&self, order: Order) -> Option<&Ranking> {
        self.rankings[order as usize].as_ref()
    }

    /// Increases whenever the network's scores of all queries change.
    pub(super) fn model_version(&self) -> u64 {
        self.modelled
    }

    /// Increases with every change of a ranking.
    pub fn rankings_version(&self) -> u64 {
        self.ranked
    }

    /// The network's ranking where there is one, else in a collection that of untrained DCMM-PRF, else the text signal's, else
    /// the initial order.
    pub fn best_ranking(&self) -> Option<&Ranking> {
        self.best().map(|(_, ranking)| ranking)
    }

    /// [`Session::best_ranking`], and which it is.
    pub fn best(&self) -> Option<(Order, &Ranking)> {
        let orders = [Order::Model, Order::Untrained, Order::Text, Order::Initial].into_iter();
        orders.filter_map(|order| Some((order, self.ranking(order)?))).next()
    }

    /// The image of a query's candidate, and its index in the data set.
    pub fn image(&self, query: usize, candidate: usize) -> (usize, &Image) {
        let index = self.data.dataset.queries[query].candidates[candidate].image;
        (index, &self.data.dataset.images[index])
    }

    /// [`crate::eval::STANDARD`] of the network's ranking of a query.
    pub fn model_measures(&self, query: usize) -> Option<&Measures> {
        self.model.as_ref()?.measures.get(query)
    }

    /// Whether the graph or its layout is being computed.
    pub fn is_busy(&self) -> bool {
        self.view_job.is_running() || self.view.as_ref().is_some_and(QueryView::is_settling)
    }

    pub(super) fn select(&mut self, query: usize, graph: GraphRequest) {
        self.query = query;
        self.candidate = None;
        self.hovered = None;
        self.rank_baselines();
        self.rank_model();
        self.refresh_view(graph);
    }

    fn rank_baselines(&mut self) {
        let initial = signals::initial_order(&self.data.dataset, self.query);
        let text = self.has_text().then(|| signals::text_only(&self.data.signals, self.query));
        self.set_ranking(Order::Initial, Some(Ranking::new(&self.data, self.query, initial)));
        self.set_ranking(Order::Text, text.map(|text| Ranking::new(&self.data, self.query, text)));
        self.rank_untrained();
    }

    fn set_ranking(&mut self, order: Order, ranking: Option<Ranking>) {
        self.rankings[order as usize] = ranking;
        self.ranked += 1;
    }

    /// The scores of the best ranking of every query: the network's, else the text signal's.
    pub(super) fn best_scores(&self) -> Option<Vec<Vec<f32>>> {
        self.all_scores(Order::Model).or_else(|| self.all_scores(Order::Text))
    }

    /// Mean average precision over the judged queries under one of the rankings; `None` without it, or without any query.
    pub fn mean_map(&self, order: Order) -> Option<f64> {
        let measures = match order {
            Order::Initial => &self.baselines.initial,
            Order::Text => &self.baselines.text,
            Order::Feedback | Order::Untrained => return None,
            Order::Model => &self.model.as_ref()?.measures,
        };
        let judged = measures.iter().enumerate().filter(|(query, _)| self.data.judgements.is_judged(*query));
        let values: Vec<f64> = judged.filter_map(|(_, measures)| measures.get(Measure::Map)).collect();
        (!values.is_empty()).then(|| mean(&values))
    }

    /// The means of a baseline's measures over the validation queries, as in training: without any, over the training
    /// queries.
    pub fn baseline_means(&self, measures: &[Measures]) -> Measures {
        let rows_of = |split: Split| -> Vec<&Measures> {
            let is_of_split = |query: &usize| self.splits()[*query] == split && self.data.judgements.is_judged(*query);
            (0..measures.len()).filter(is_of_split).map(|query| &measures[query]).collect()
        };
        let rows = Some(rows_of(Split::Validation)).filter(|rows| !rows.is_empty());
        Measures::mean(rows.unwrap_or_else(|| rows_of(Split::Train)))
    }

    /// Measures a query's rankings again, whose judgements have changed.
    pub(super) fn measure_again(&mut self, query: usize) {
        let data = &self.data;
        if let Some(initial) = self.baselines.initial.get_mut(query) {
            *initial = measured(data, query, &signals::initial_order(&data.dataset, query));
        }
        if let Some(text) = self.baselines.text.get_mut(query) {
            *text = measured(data, query, &signals::text_only(&data.signals, query));
        }
        if let Some(model) = &mut self.model
            && let (Some(scores), Some(measures)) = (model.scores.get(query), model.measures.get_mut(query))
        {
            *measures = measured(data, query, scores);
        }
        if query == self.query {
            for order in Order::ALL {
                let again = self.ranking(order).map(|ranking| ranking.measured_again(&self.data, query));
                self.set_ranking(order, again);
            }
        }
    }

    pub(super) fn rank_model(&mut self) {
        let count = self.data.dataset.queries[self.query].candidates.len();
        let ranking = self
            .model
            .as_ref()
            .and_then(|model| model.scores.get(self.query))
            .filter(|scores| scores.len() == count && count > 0)
            .map(|scores| Ranking::new(&self.data, self.query, scores.clone()));
        self.set_ranking(Order::Model, ranking);
    }

    /// Shows the scores of a network in training, if they belong to the current query.
    pub(super) fn follow(&mut self, query: usize, scores: Vec<f32>) {
        if query == self.query && scores.len() == self.data.dataset.queries[query].candidates.len() {
            self.set_ranking(Order::Model, Some(Ranking::new(&self.data, query, scores)));
        }
    }

    /// Sets the network's scores of every query, or none.
    pub(super) fn set_model(&mut self, model: Option<ModelScores>) {
        self.model = model;
        self.modelled += 1;
        // Judgements may have changed since it was measured.
        let judged = self.model.as_ref().map_or(u64::MAX, |model| model.judged);
        let queries = 0..self.data.dataset.queries.len();
        let stale: Vec<usize> = queries.filter(|&query| self.data.judgements.version_of(query) > judged).collect();
        stale.into_iter().for_each(|query| self.measure_again(query));
        self.rank_model();
    }
}
