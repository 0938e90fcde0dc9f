//! What a run was trained on, so that it can be recognised later.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{Experiment, RunData, TrainError};
use crate::base::{COMMIT, ContentHash, VERSION, unix_seconds};
use crate::dataset::{Query, Split};

/// What differs where the visual vectors do.
pub(super) const VISUAL_VECTORS: &str = "visual vectors";
/// What differs where the signals do.
pub(super) const FEATURES: &str = "features";

/// BLAKE3 of the contents that a run's result depends on, in hexadecimal and whatever the file format.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Ids and texts of the queries, in their order.
    pub queries: String,
    /// Each query's candidates and their ranks.
    pub candidates: String,
    /// [`judgements_hash`].
    pub judgements: String,
    /// Names and values of the signals that the run uses.
    pub features: String,
    /// The visual vectors, if the run uses any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vectors: Option<String>,
}

impl Fingerprint {
    /// Of the data that an experiment is about to use.
    ///
    /// # Errors
    /// If a selected signal does not exist.
    pub fn of(data: &RunData, experiment: &Experiment) -> Result<Self, TrainError> {
        let signals = experiment.signal_indices(&data.signals)?;
        let dataset = &data.dataset;
        let (mut queries, mut candidates, mut features) =
            (ContentHash::default(), ContentHash::default(), ContentHash::default());
        for &signal in &signals {
            features.text(&data.signals.infos[signal].name);
        }
        for (index, query) in dataset.queries.iter().enumerate() {
            queries.text(query.id.as_str());
            queries.text(&query.text);
            candidates.number(query.candidates.len() as u64);
            for candidate in &query.candidates {
                candidates.text(dataset.images[candidate.image].id.as_str());
                candidates.number(candidate.rank.map_or(u64::MAX, u64::from));
            }
            let values = data.signals.queries.get(index).map_or(&[][..], Vec::as_slice);
            for row in values.chunks(data.signals.infos.len().max(1)) {
                features.values(&signals.iter().map(|&signal| row[signal]).collect::<Vec<f32>>());
            }
        }
        Ok(Self {
            queries: queries.finish(),
            candidates: candidates.finish(),
            judgements: judgements_hash(data),
            features: features.finish(),
            vectors: experiment.needs_vectors().then(|| data.vectors_hash().to_owned()),
        })
    }

    /// The names of what differs between the two.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let parts = [
            ("queries", self.queries == other.queries),
            ("candidates", self.candidates == other.candidates),
            ("judgements", self.judgements == other.judgements),
            (FEATURES, self.features == other.features),
            (VISUAL_VECTORS, self.vectors == other.vectors),
        ];
        parts.into_iter().filter(|(_, equal)| !equal).map(|(name, _)| name).collect()
    }
}

/// BLAKE3 of every judged query's id and its judgements, sorted by id.
pub fn judgements_hash(data: &RunData) -> String {
    let queries: BTreeMap<&str, usize> =
        data.dataset.queries.iter().enumerate().map(|(index, query)| (query.id.as_str(), index)).collect();
    let mut hash = ContentHash::default();
    for (id, index) in queries {
        let others = || data.judgements.others(index).map(|(image, grade)| (image, grade.0));
        if others().next().is_none() && !data.judgements.is_judged(index) {
            continue;
        }
        hash.text(id);
        let images = data.dataset.queries[index].candidates.iter().map(|candidate| candidate.image);
        let grades: BTreeMap<&str, i32> = images
            .zip(data.judgements.of(index))
            .filter_map(|(image, grade)| Some((data.dataset.images[image].id.as_str(), (*grade)?.0)))
            .chain(others())
            .collect();
        hash.number(grades.len() as u64);
        for (image, grade) in grades {
            hash.text(image);
            hash.number(i64::from(grade) as u64);
        }
    }
    hash.finish()
}

/// The split of a run: the ids of its queries, in the data set's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSplit {
    /// The queries to learn from.
    pub train: Vec<String>,
    /// The queries that choose epochs and settings.
    pub validation: Vec<String>,
    /// The queries that only measure.
    pub test: Vec<String>,
}

impl RunSplit {
    /// That of the data.
    pub fn of(data: &RunData) -> Self {
        let ids = |split| data.queries_of(split).iter().map(|&at| data.dataset.queries[at].id.to_string()).collect();
        Self { train: ids(Split::Train), validation: ids(Split::Validation), test: ids(Split::Test) }
    }

    /// The ids of one split's queries.
    pub fn ids(&self, split: Split) -> &[String] {
        match split {
            Split::Train => &self.train,
            Split::Validation => &self.validation,
            Split::Test => &self.test,
        }
    }

    /// The split of each query, by its id.
    pub fn by_id(&self) -> HashMap<&str, Split> {
        let of_split = |split| self.ids(split).iter().map(move |id| (id.as_str(), split));
        Split::ALL.into_iter().flat_map(of_split).collect()
    }

    /// The same data, split like this; queries that are not listed keep their split.
    pub fn apply(&self, data: &RunData) -> RunData {
        let of = self.by_id();
        let split = |(query, &now): (&Query, &Split)| of.get(query.id.as_str()).copied().unwrap_or(now);
        data.with_splits(data.dataset.queries.iter().zip(data.splits.iter()).map(split).collect())
    }

    /// A short name that only equal splits share: the first digits of its BLAKE3.
    pub fn short_name(&self) -> String {
        let mut hash = ContentHash::default();
        for split in Split::ALL {
            // The order in the files is no part of a split.
            let sorted: BTreeSet<&String> = self.ids(split).iter().collect();
            hash.number(sorted.len() as u64);
            sorted.into_iter().for_each(|id| hash.text(id));
        }
        hash.finish()[..8].to_owned()
    }
}

/// A later session of a run: where it was continued, and by what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Resumption {
    /// Epochs done before, the second training's included.
    pub after: usize,
    /// When, in seconds since 1970-01-01 UTC.
    pub at: u64,
    /// Version of the program.
    pub version: String,
    /// Its commit, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// What differed from the data that the run began with, and was accepted: from here on, the run is of other data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adopted: Vec<String>,
}

impl Resumption {
    /// A session that starts now, after so many epochs.
    pub(super) fn now(after: usize, adopted: Vec<String>) -> Self {
        Self { after, at: unix_seconds(), version: VERSION.to_owned(), commit: COMMIT.map(str::to_owned), adopted }
    }
}
