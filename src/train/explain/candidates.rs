//! What a run sees of one query's candidates, kept so that the list can be made again without some of them.

use std::collections::BTreeSet;

use crate::dataset::{ImageId, RecallBase, Relevance};
use crate::graph::{Csr, Whitening};
use crate::model::{ModelKind, RankingInput, Visual};
use crate::signals::{self, Normalisation, Signals};
use crate::train::inputs::{compared, concatenate};
use crate::train::{Experiment, RunData, TrainError, score};

/// One query's candidates before anything is normalised over them.
///
/// # Shapes
/// n candidates throughout.
#[derive(Clone)]
pub(super) struct Candidates {
    pub(super) query: usize,
    pub(super) ids: Vec<ImageId>,
    /// The run's signals; a table of this one query.
    signals: Signals,
    /// The one signal that ranks where nothing is learned, or the initial order: a table of one column.
    pub(super) given: Signals,
    /// The projections on principal directions, n × r, if the run has any.
    projected: Option<Vec<f32>>,
    /// The unit rows that are compared, n × `dim`, if the run compares any.
    pub(super) rows: Vec<f32>,
    pub(super) dim: usize,
    relevance: Vec<Option<Relevance>>,
    others: Vec<Relevance>,
    recall_base: RecallBase,
}

impl Candidates {
    /// Those of a query.
    pub(super) fn new(
        data: &RunData,
        use_signals: &[usize],
        experiment: &Experiment,
        whitening: Option<&Whitening>,
        query: usize,
    ) -> Result<Self, TrainError> {
        let candidates = &data.dataset.queries[query].candidates;
        let kind = experiment.model.kind;
        let raw = || crate::graph::raw_rows(&data.dataset, &data.vectors, query);
        let projected = whitening.map(|whitening| whitening.project(&raw()));
        let (rows, dim) = match kind.needs_vectors() {
            true => {
                let whitened = whitening.zip(projected.as_deref()).filter(|_| experiment.visual.whiten);
                compared(data, &raw(), whitened)
            }
            false => (Vec::new(), data.vectors.dim),
        };
        let column = |signal: usize| Signals {
            infos: vec![data.signals.infos[signal].clone()],
            queries: vec![data.signals.column(query, signal).collect()],
        };
        let mut given = column(score::given_signal(data, experiment)?);
        if kind == ModelKind::Initial {
            given.queries = vec![signals::initial_order(&data.dataset, query)];
            given.infos[0].name = "initial order".to_owned();
        }
        let width = use_signals.len();
        let mut values = vec![0.0; candidates.len() * width];
        for (at, &signal) in use_signals.iter().enumerate() {
            let column = data.signals.column(query, signal);
            values.iter_mut().skip(at).step_by(width.max(1)).zip(column).for_each(|(out, value)| *out = value);
        }
        let infos = use_signals.iter().map(|&signal| data.signals.infos[signal].clone()).collect();
        Ok(Self {
            query,
            ids: candidates.iter().map(|candidate| data.dataset.images[candidate.image].id.clone()).collect(),
            signals: Signals { infos, queries: vec![values] },
            given,
            projected,
            rows,
            dim,
            relevance: data.judgements.of(query).to_vec(),
            others: data.judgements.counted_others(query),
            recall_base: data.judgements.recall_base(),
        })
    }

    /// How many there are.
    pub(super) fn n(&self) -> usize {
        self.ids.len()
    }

    /// Names of the run's signals.
    pub(super) fn signal(&self, at: usize) -> Option<&str> {
        self.signals.infos.get(at).map(|info| info.name.as_str())
    }

    /// The list without some of them. Their judgements count on as those of images that were not found, where such count.
    pub(super) fn without(&self, gone: &BTreeSet<usize>) -> Self {
        let stays: Vec<usize> = (0..self.n()).filter(|at| !gone.contains(at)).collect();
        let lost = gone.iter().filter_map(|&at| self.relevance.get(at).copied().flatten());
        let lost = lost.filter(|grade| grade.is_judged() && self.recall_base == RecallBase::Judged);
        Self {
            ids: stays.iter().map(|&at| self.ids[at].clone()).collect(),
            signals: Signals {
                queries: vec![rows_of(&self.signals.queries[0], &stays, self.n())],
                ..self.signals.clone()
            },
            given: Signals { queries: vec![rows_of(&self.given.queries[0], &stays, self.n())], ..self.given.clone() },
            projected: self.projected.as_ref().map(|projected| rows_of(projected, &stays, self.n())),
            rows: rows_of(&self.rows, &stays, self.n()),
            relevance: stays.iter().map(|&at| self.relevance[at]).collect(),
            others: self.others.iter().copied().chain(lost).collect(),
            ..*self
        }
    }

    /// The score of each where nothing is learned, or the text score of feedback without a network.
    pub(super) fn given_scores(&self) -> Vec<f32> {
        signals::table(&self.given, 0, &[0], Normalisation::None)
    }

    /// They as a network's input, over this graph.
    pub(super) fn input(&self, experiment: &Experiment, whitening: Option<&Whitening>, graph: Csr) -> RankingInput {
        let width = self.signals.infos.len();
        let columns: Vec<usize> = (0..width).collect();
        let own = signals::table(&self.signals, 0, &columns, experiment.normalisation);
        let (features, feature_count) = match (whitening, &self.projected) {
            (Some(whitening), Some(projected)) => {
                let extra = whitening.inputs(projected);
                (concatenate(&own, width, &extra, whitening.components()), width + whitening.components())
            }
            _ => (own, width),
        };
        let visual = match experiment.model.kind.reads_vectors() {
            true => self.rows.clone().into(),
            false => Visual::none(),
        };
        RankingInput {
            query: self.query,
            n: self.n(),
            features,
            feature_count,
            visual,
            dim: self.dim,
            graph,
            relevance: self.relevance.clone(),
            others: self.others.clone(),
            ids: self.ids.clone(),
        }
    }
}

/// Some of the rows of a table of n rows.
fn rows_of(table: &[f32], rows: &[usize], n: usize) -> Vec<f32> {
    let width = table.len().checked_div(n).unwrap_or(0);
    rows.iter().flat_map(|&row| table[row * width..(row + 1) * width].iter().copied()).collect()
}
