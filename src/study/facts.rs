//! What a study's results are based on, saved with them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

use super::Folds;
use crate::base::{At, FileError, VERSION, write_whole};
use crate::dataset::LabelSource;
use crate::eval::{Averaging, Measure, STANDARD};
use crate::train::RunData;

/// Everything that determines a study's results besides its configurations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Version of the program.
    pub version: String,
    /// The data set's name.
    pub dataset: String,
    /// Where it was.
    pub dataset_path: PathBuf,
    /// Which visual vectors were used.
    pub vectors: String,
    /// Queries with a judgement.
    pub judged_queries: usize,
    /// How they were split.
    pub folds: Folds,
    /// Seeds of the weights, dropout and query order; each trial has one.
    pub seeds: Vec<u64>,
    /// The measures.
    pub measures: Vec<Measure>,
    /// How equal scores are ordered.
    pub ties: String,
    /// What means are taken over.
    pub averaging: String,
    /// Which relevant images the measures count.
    #[serde(default)]
    pub recall_base: String,
    /// Whose labels the trials were trained on and measured by.
    #[serde(default)]
    pub labels: LabelSource,
}

impl Facts {
    /// Of a study on this data.
    pub fn new(data: &RunData, folds: Folds, seeds: &[u64]) -> Self {
        let root = &data.dataset.root;
        let judged = (0..data.judgements.len()).filter(|&query| data.judgements.is_judged(query));
        Self {
            version: VERSION.to_owned(),
            dataset: data.dataset.name.clone(),
            dataset_path: std::path::absolute(root).unwrap_or_else(|_| root.clone()),
            vectors: data.vectors.name.clone(),
            judged_queries: judged.count(),
            folds,
            seeds: seeds.to_vec(),
            measures: STANDARD.to_vec(),
            ties: "equal scores by id, descending by bytes".to_owned(),
            recall_base: data.judgements.recall_base().label().to_owned(),
            labels: data.judgements.source().clone(),
            averaging: format!(
                "one mean {}; a query without a relevant image scores 0 and counts",
                Averaging::Both.label()
            ),
        }
    }
}

/// What `study.json` holds: the kind of study, its facts and its results.
pub(super) fn object(kind: &str, facts: &Facts, results: &Value) -> Value {
    json!({ "kind": kind, "facts": facts, "results": results })
}

/// The folders' names.
pub(super) fn names(folders: &[PathBuf]) -> Vec<String> {
    folders.iter().filter_map(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned()).collect()
}

/// Writes `study.json`.
///
/// # Errors
/// If it cannot be written, with the path.
pub(super) fn save(folder: &Path, object: &Value) -> Result<(), FileError> {
    let path = folder.join("study.json");
    let text = serde_json::to_string_pretty(object).at(&path)?;
    fs::create_dir_all(folder).and_then(|()| write_whole(&path, &[text.as_bytes()])).at(&path)
}
