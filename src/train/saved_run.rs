//! A saved run, applied to other data.

use std::path::Path;
use std::sync::Arc;

use super::inputs::{compared_rows, prepare_with, ranking_input};
use super::run_folder::read_whitening;
use super::score::rank;
use super::{Experiment, KeptEpochs, RunData, RunObserver, RunRecord, TrainError, data_of_run, read_run_record};
use crate::dataset::encoder_of;
use crate::graph::{Csr, GraphRequest, Similarities, Whitening};
use crate::model::{Network, RankingInput};

/// A saved run, read once to rank many queries.
pub struct SavedRun {
    pub(super) record: RunRecord,
    pub(super) experiment: Experiment,
    pub(super) whitening: Option<Arc<Whitening>>,
    pub(super) network: Option<Network>,
}

/// What a saved run makes of other data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// The scores of each query's candidates, in the order asked for.
    pub scores: Vec<Vec<f32>>,
    /// Signals of the run that the data lack; they count as equal for all images.
    pub missing: Vec<String>,
}

/// Data with the signals of a run.
pub(super) struct Matched {
    pub(super) data: RunData,
    /// Those signals among the data's.
    pub(super) indices: Vec<usize>,
    /// Those that the data lack.
    pub(super) missing: Vec<String>,
}

/// A query ranked over several graphs.
#[derive(Clone, Debug, PartialEq)]
pub struct OverGraphs {
    /// Each image's nearest neighbours, as many as the largest of the graphs has; none without visual vectors.
    pub nearest: Csr,
    /// The scores of the candidates over each graph; none if the ranking does not depend on it.
    pub scores: Vec<Vec<f32>>,
}

impl SavedRun {
    /// Reads a run's folder.
    ///
    /// # Errors
    /// If it is not a run, or its weights or its whitening cannot be read.
    pub fn open(folder: &Path) -> Result<Self, TrainError> {
        let record = read_run_record(folder)?;
        let experiment = record.as_run();
        let whitening = experiment.whitens().then(|| read_whitening(folder)).transpose()?.map(Arc::new);
        let network = match experiment.model.kind.network() {
            Some(_) => Some(Network::load(&folder.join("model.safetensors"))?.0),
            None => None,
        };
        Ok(Self { record, experiment, whitening, network })
    }

    /// Reads a run's folder, with the weights of one of its kept epochs if one is given.
    ///
    /// # Errors
    /// Those of [`SavedRun::open`] and [`SavedRun::at_epoch`].
    pub fn open_at(folder: &Path, epoch: Option<usize>) -> Result<Self, TrainError> {
        let run = Self::open(folder)?;
        match epoch {
            Some(epoch) => run.at_epoch(folder, epoch),
            None => Ok(run),
        }
    }

    /// [`SavedRun::open_at`], and open data as the run had them ([`data_of_run`]).
    ///
    /// # Errors
    /// Those of both.
    pub fn open_on(open: &RunData, folder: &Path, epoch: Option<usize>) -> Result<(Self, RunData), TrainError> {
        let run = Self::open_at(folder, epoch)?;
        let data = data_of_run(open, &run.record)?;
        Ok((run, data))
    }

    /// Its record.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// Whether it needs visual vectors.
    pub fn needs_vectors(&self) -> bool {
        self.experiment.needs_vectors()
    }

    /// The names that vectors of its encoder may have: that of its vectors, and the encoder's as their file says.
    pub fn encoders(&self) -> Vec<String> {
        let of_files = self.record.vector_files.iter().filter_map(|file| encoder_of(file));
        std::iter::once(self.record.vectors.clone()).chain(of_files).collect()
    }

    /// The dimension of the vectors that it was trained on, where that is known.
    pub fn dim(&self) -> Option<usize> {
        let network = self.network.as_ref().filter(|_| self.experiment.model.kind.reads_vectors());
        let raw = network.filter(|_| !self.experiment.visual.whiten).map(|network| network.config().visual_dim);
        self.whitening.as_ref().map(|whitening| whitening.input_dim()).or(raw)
    }

    /// Ranks queries of other data: signals are matched by name, whitening and components are the run's own.
    ///
    /// # Errors
    /// [`TrainError::Unfit`] if no signal of the run is there, or the vectors are missing or of another dimension;
    /// [`TrainError::Cancelled`]; and if the network cannot be computed or gives a score that is not finite.
    pub fn apply(
        &self,
        data: &RunData,
        queries: &[usize],
        observer: &mut dyn RunObserver,
    ) -> Result<Applied, TrainError> {
        let Matched { data, indices, missing } = &self.matched(data)?;
        let with_candidates: Vec<usize> =
            queries.iter().copied().filter(|&query| !data.dataset.queries[query].candidates.is_empty()).collect();
        let step = &mut |done, total| observer.step("Building graphs", done, total);
        let inputs = prepare_with(data, indices, &self.experiment, self.whitening.clone(), &with_candidates, step)?;
        let ranked = rank(data, &self.experiment, &inputs, self.network.as_ref(), self.record.feedback)?;
        let scores: Vec<Vec<f32>> = queries.iter().map(|&query| ranked.scores[query].clone()).collect();
        match scores.iter().flatten().all(|score| score.is_finite()) {
            true => Ok(Applied { scores, missing: missing.clone() }),
            false => Err(self.unfit("it gives scores that are not finite numbers".to_owned())),
        }
    }

    /// One query of the data as its network's input.
    ///
    /// # Errors
    /// As [`SavedRun::apply`], without those of the network.
    pub(super) fn input(&self, data: &RunData, query: usize) -> Result<RankingInput, TrainError> {
        let Matched { data, indices, .. } = self.matched(data)?;
        Ok(ranking_input(&data, &indices, &self.experiment, self.whitening.as_ref(), query))
    }

    /// The vectors of one query's candidates as the run compares them, and their dimension.
    ///
    /// # Errors
    /// As [`SavedRun::apply`], without those of the network.
    pub(super) fn compared(&self, data: &RunData, query: usize) -> Result<(Vec<f32>, usize), TrainError> {
        self.check_vectors(data)?;
        let whitening = self.whitening.as_deref().filter(|_| self.experiment.visual.whiten);
        Ok(compared_rows(data, whitening, query))
    }

    /// The data with the run's signals.
    ///
    /// # Errors
    /// [`TrainError::Unfit`] if no signal of the run is there, or the vectors are missing or of another dimension.
    pub(super) fn matched(&self, data: &RunData) -> Result<Matched, TrainError> {
        let (signals, missing) = data.signals.with_all(&self.record.features);
        if missing.len() == self.record.features.len() {
            return Err(self.unfit(format!("none of its signals is here: {}", missing.join(", "))));
        }
        if self.needs_vectors() {
            self.check_vectors(data)?;
        }
        let data = RunData { signals: Arc::new(signals), ..data.clone() };
        Ok(Matched { indices: self.experiment.signal_indices(&data.signals)?, data, missing })
    }

    /// The same run with the weights of one of its kept epochs.
    ///
    /// # Errors
    /// If the run did not keep this epoch, or its file is malformed.
    pub fn at_epoch(mut self, folder: &Path, epoch: usize) -> Result<Self, TrainError> {
        let kept = KeptEpochs::read(folder)?.unwrap_or_default();
        let weights = kept.get(epoch).map(|epoch| kept.weights_of(epoch));
        let (Some(weights), Some(network)) = (weights, &self.network) else {
            return Err(self.unfit(format!("it did not keep epoch {epoch}")));
        };
        self.network = Some(Network::from_weights(network.config(), &weights)?);
        Ok(self)
    }

    /// How it chooses neighbours.
    pub fn graph(&self) -> GraphRequest {
        self.experiment.graph
    }

    /// Whether its ranking depends on the graph.
    pub fn uses_graph(&self) -> bool {
        self.experiment.model.kind.uses_graph()
    }

    /// Ranks a query over graphs of several k, each of the run's own kind. Neighbours are searched once.
    ///
    /// # Errors
    /// If a signal of the run is missing, the vectors are missing or of another dimension, or the network cannot be
    /// computed.
    pub fn over_graphs(&self, data: &RunData, query: usize, ks: &[usize]) -> Result<OverGraphs, TrainError> {
        let all = GraphRequest { k: ks.iter().copied().max().unwrap_or(0), ..GraphRequest::default() };
        let (Some(network), true) = (&self.network, self.uses_graph()) else {
            if !data.has_vectors() {
                return Ok(OverGraphs { nearest: Csr::default(), scores: Vec::new() });
            }
            let whitening = self.whitening.as_deref().filter(|_| self.experiment.compares_whitened());
            let (rows, dim) = compared_rows(data, whitening, query);
            let nearest = Csr::nearest(&Similarities::within(data.memory, &rows, dim), all);
            return Ok(OverGraphs { nearest, scores: Vec::new() });
        };
        self.check_vectors(data)?;
        let signals = self.experiment.signal_indices(&data.signals)?;
        let experiment = Experiment { graph: all, ..self.experiment.clone() };
        let mut input = ranking_input(data, &signals, &experiment, self.whitening.as_ref(), query);
        let nearest = input.graph;
        let mut scores = Vec::with_capacity(ks.len());
        for &k in ks {
            input.graph = nearest.cut(GraphRequest { k, ..self.experiment.graph });
            scores.push(network.score(&input)?.total);
        }
        Ok(OverGraphs { nearest, scores })
    }

    fn check_vectors(&self, data: &RunData) -> Result<(), TrainError> {
        if !data.has_vectors() {
            return Err(self.unfit(format!("it needs the visual vectors {}, and there are none", self.record.vectors)));
        }
        match self.dim() {
            Some(dim) if dim != data.vectors.dim => {
                let (own, name, other) = (&self.record.vectors, &data.vectors.name, data.vectors.dim);
                Err(self.unfit(format!("its vectors {own} have {dim} numbers, and {name} has {other}")))
            }
            _ => Ok(()),
        }
    }

    fn unfit(&self, reason: String) -> TrainError {
        TrainError::Unfit { run: self.record.name.clone(), reason }
    }
}
