//! What a run's results are based on.

use super::Part;
use crate::base::{ContentHash, VERSION};
use crate::dataset::{Dataset, Judgements, LabelSource, Split};
use crate::eval::{Averaging, STANDARD, TIE_RULE};
use crate::train::{Experiment, ParentRun, QueryMeasures, RunData, RunRecord, RunState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Everything needed to reproduce a run's results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `crossrank`.
    pub program: String,
    /// The version that trained the run.
    pub version: String,
    /// The commit that version was built from, if it is known.
    #[serde(default)]
    pub commit: Option<String>,
    /// The command line that started the run; empty if the window did.
    #[serde(default)]
    pub command: String,
    /// The host that trained it.
    #[serde(default)]
    pub host: String,
    /// The version that wrote the export.
    pub exported_by: String,
    /// The run's name.
    pub run: String,
    /// When it was started, in seconds since 1970-01-01 UTC.
    pub started: u64,
    /// When it ended, likewise; 0 if it did not, or its version did not say.
    #[serde(default)]
    pub ended: u64,
    /// Its final state.
    pub state: RunState,
    /// The data.
    pub dataset: DatasetMark,
    /// What had changed in the data since the run when it was exported, and was accepted: `judgements`, ….
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// The visual vectors.
    pub vectors: String,
    /// Signals, in the order of the network's inputs.
    pub features: Vec<String>,
    /// The seed of the weights, dropout and query order.
    pub seed: u64,
    /// Where the network was trained.
    pub device: String,
    /// The queries of each split; in runs of version 0.1.0 only those judged.
    pub split: BTreeMap<String, Vec<String>>,
    /// The queries that `run.txt` and `qrels.txt` hold: those of one split, or `all`.
    #[serde(default)]
    pub part: String,
    /// The measures reported.
    pub measures: Vec<String>,
    /// How equal scores are ordered.
    pub ties: String,
    /// Which queries the means are taken over.
    pub averaging: String,
    /// Which relevant images the measures count.
    #[serde(default)]
    pub recall_base: String,
    /// Whose labels the run was trained on and measured by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelSource>,
    /// The run whose weights it started from, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ParentRun>,
    /// [`RunRecord::highest_grade`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest_grade: Option<i32>,
    /// The epoch whose weights were saved, from 1.
    pub best_epoch: usize,
    /// Trainable parameters of the network.
    pub parameters: usize,
    /// All settings.
    pub experiment: Experiment,
}

/// Which data set, and which version of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetMark {
    /// Its name.
    pub name: String,
    /// Where it was.
    pub path: PathBuf,
    /// [`dataset_hash`] of what is there now; `None` if it was not found.
    pub blake3: Option<String>,
}

/// From a run and, if it was found, its data set, in which `changed` is no longer as it was.
pub fn manifest(
    record: &RunRecord,
    measures: Option<&QueryMeasures>,
    data: Option<&RunData>,
    part: Part,
    changed: Vec<String>,
) -> Manifest {
    let of_split = |split: Split| {
        let rows = measures.into_iter().flat_map(|measures| measures.of_split(split));
        let ids = match &record.split {
            Some(recorded) => recorded.ids(split).to_vec(),
            None => rows.map(|row| row.id.clone()).collect(),
        };
        (split.name().to_owned(), ids)
    };
    Manifest {
        program: env!("CARGO_PKG_NAME").to_owned(),
        version: record.version.clone(),
        commit: record.commit.clone(),
        command: record.command.clone(),
        host: record.host.clone(),
        exported_by: VERSION.to_owned(),
        run: record.name.clone(),
        started: record.started,
        ended: record.ended,
        state: record.state,
        dataset: DatasetMark {
            name: record.dataset.clone(),
            path: record.dataset_path.clone(),
            blake3: data.map(|data| dataset_hash(&data.dataset, &data.judgements)),
        },
        changed,
        vectors: record.vectors.clone(),
        features: record.features.clone(),
        seed: record.experiment.training.seed,
        // Networks train on the CPU only; just the picture encoders have a choice.
        device: "cpu".to_owned(),
        split: Split::ALL.map(of_split).into(),
        part: part.name().to_owned(),
        measures: STANDARD.iter().map(ToString::to_string).collect(),
        ties: TIE_RULE.to_owned(),
        averaging: Averaging::Both.label().to_owned(),
        recall_base: record.recall_base.label().to_owned(),
        labels: record.labels.clone(),
        parent: record.parent.clone(),
        highest_grade: record.highest_grade,
        best_epoch: record.best_epoch,
        parameters: record.parameters,
        experiment: record.experiment.clone(),
    }
}

/// BLAKE3 of a data set's contents in hexadecimal, whatever the file format: ids and texts of queries; ids and metadata
/// of images ([`Image::visit_metadata`](crate::dataset::Image::visit_metadata)); each candidate's rank, given signals,
/// judgement and clusters. Pictures and vectors are not read.
pub fn dataset_hash(dataset: &Dataset, judgements: &Judgements) -> String {
    let mut hash = ContentHash::default();
    let mut add = |text: &str| hash.text(text);
    for image in &dataset.images {
        add(image.id.as_str());
        image.visit_metadata(&mut add);
    }
    for name in &dataset.feature_names {
        add(name);
    }
    for (index, query) in dataset.queries.iter().enumerate() {
        add(query.id.as_str());
        add(&query.text);
        add(&format!("{:?} {:?}", query.location, query.clusters));
        for (candidate, grade) in query.candidates.iter().zip(judgements.of(index)) {
            let features: Vec<u32> = candidate.features.iter().map(|value| value.to_bits()).collect();
            let grade = grade.map(|grade| grade.0);
            let image = candidate.image;
            add(&format!("{image} {:?} {grade:?} {:?} {features:?}", candidate.rank, candidate.clusters));
        }
        judgements.others(index).for_each(|(image, grade)| add(&format!("{image} {}", grade.0)));
    }
    hash.finish()
}
