//! What `study.json` tells, whichever command wrote it.

use crate::base::{At, FileError, Spread, read_text_file};
use crate::eval::{ByMeasure, Measure, STANDARD};
use crate::study::Paired;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A study's result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StudyResult {
    /// `ablation`, `sweep` or `benchmark`.
    pub kind: String,
    /// The data set's name.
    pub dataset: String,
    /// Seeds of every configuration.
    pub seeds: usize,
    /// Folds of the cross-validation; nothing for the split of the files.
    pub folds: Option<usize>,
    /// Queries with a judgement.
    pub queries: usize,
    /// An ablation's full configuration first; a sweep's best on validation first.
    pub rows: Vec<StudyRow>,
}

/// One configuration of a study.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StudyRow {
    /// Its name.
    pub name: String,
    /// Mean and deviation on the validation queries, of those of [`STANDARD`] that are there.
    pub validation: ByMeasure<Spread>,
    /// The same on the test queries.
    pub test: ByMeasure<Spread>,
    /// This configuration against the first one, likewise.
    pub against: ByMeasure<Paired>,
    /// Its trials' folders.
    pub trials: Vec<PathBuf>,
    /// Trials that failed.
    pub failures: usize,
}

impl StudyResult {
    /// Reads a study's folder.
    ///
    /// # Errors
    /// What is wrong with `study.json`, with the path.
    pub fn read(folder: &Path) -> Result<Self, FileError> {
        let path = folder.join("study.json");
        let text = read_text_file(&path)?;
        let json: Value = serde_json::from_str(&text).at(&path)?;
        let (facts, results) = (&json["facts"], &json["results"]);
        let rows = results["rows"].as_array().or(results["configurations"].as_array());
        let rows = rows.ok_or_else(|| FileError::malformed("it holds no rows", &path))?;
        let folds = facts["folds"]["cross"]["count"].as_u64();
        Ok(Self {
            kind: text_of(&json["kind"]),
            dataset: text_of(&facts["dataset"]),
            seeds: facts["seeds"].as_array().map_or(1, Vec::len),
            folds: folds.and_then(|folds| usize::try_from(folds).ok()),
            queries: facts["judged_queries"].as_u64().and_then(|queries| usize::try_from(queries).ok()).unwrap_or(0),
            rows: rows.iter().map(|row| StudyRow::of(row, folder)).collect(),
        })
    }
}

impl StudyRow {
    fn of(json: &Value, folder: &Path) -> Self {
        let trials: Vec<PathBuf> = json["trials"]
            .as_array()
            .map(|names| names.iter().filter_map(Value::as_str).map(|name| folder.join("trials").join(name)).collect())
            .unwrap_or_default();
        let spreads = |part: &Value| -> ByMeasure<Spread> {
            let of = |measure: Measure| {
                let figure = &part[measure.to_string()];
                let (mean, deviation) = (figure["mean"].as_f64()?, figure["deviation"].as_f64().unwrap_or(0.0));
                Some((measure, Spread { mean, deviation, n: trials.len() }))
            };
            STANDARD.into_iter().filter_map(of).collect()
        };
        let against = |measure: Measure| {
            let name = measure.to_string();
            let known = [&json["against_full"][&name], &json["measures"][&name]["against"]];
            known.into_iter().find_map(|change| Paired::deserialize(change).ok()).map(|change| (measure, change))
        };
        let failures: BTreeMap<String, usize> = BTreeMap::deserialize(&json["failures"]).unwrap_or_default();
        Self {
            name: text_of(&json["name"]),
            validation: spreads(&json["validation"]),
            test: spreads(&json["test"]),
            against: STANDARD.into_iter().filter_map(against).collect(),
            failures: failures.values().sum(),
            trials,
        }
    }
}

fn text_of(json: &Value) -> String {
    json.as_str().unwrap_or_default().to_owned()
}
