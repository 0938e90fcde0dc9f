//! What a run reached on each query, kept beside it so that runs can be compared pair by pair.

use super::RunData;
use crate::base::{At, FileError, write_whole};
use crate::dataset::Split;
use crate::eval::{Measure, STANDARD, evaluate_scores};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The file's name in a run's folder.
const FILE: &str = "queries.json";

/// The measures of every judged query under one ranking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueryFigures {
    /// What was measured, in the order of each query's values.
    pub measures: Vec<Measure>,
    /// One row per judged query, in the data set's order.
    pub queries: Vec<QueryRow>,
}

/// One query's figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueryRow {
    /// The query's id in the data set.
    pub id: String,
    /// The part of the protocol it belonged to in this run.
    pub split: Split,
    /// One value per measure.
    pub values: Vec<f64>,
}

impl QueryFigures {
    /// [`STANDARD`] of every judged query of a data set whose candidates are ranked by `scores`.
    pub fn of(data: &RunData, scores: &[Vec<f32>]) -> Self {
        let all: Vec<usize> = (0..data.dataset.queries.len()).collect();
        let of = |query: usize| scores.get(query).map_or(&[][..], Vec::as_slice);
        let mut evaluation = evaluate_scores(&data.dataset, &data.judgements, &all, of, &STANDARD);
        let row = |&query: &usize| {
            let id = data.dataset.queries[query].id.to_string();
            let values = evaluation.per_query.remove(&id)?;
            Some(QueryRow { id, split: data.splits[query], values })
        };
        Self { measures: STANDARD.to_vec(), queries: all.iter().filter_map(row).collect() }
    }

    /// The rows of one part of the protocol.
    pub fn of_split(&self, split: Split) -> impl Iterator<Item = &QueryRow> {
        self.queries.iter().filter(move |row| row.split == split)
    }

    /// Writes them into a run's folder.
    ///
    /// # Errors
    /// What the system says, with the path.
    pub fn write(&self, folder: &Path) -> Result<(), FileError> {
        let path = folder.join(FILE);
        let text = serde_json::to_string(self).at(&path)?;
        write_whole(&path, &[text.as_bytes()]).at(&path)
    }

    /// Reads them from a run's folder.
    ///
    /// # Errors
    /// What is wrong with the file, with the path.
    pub fn read(folder: &Path) -> Result<Self, FileError> {
        let path = folder.join(FILE);
        let text = fs::read_to_string(&path).at(&path)?;
        let figures: Self = serde_json::from_str(&text).at(&path)?;
        match figures.queries.iter().find(|row| row.values.len() != figures.measures.len()) {
            Some(row) => Err(FileError::malformed(format!("query “{}” has not one value per measure", row.id), &path)),
            None => Ok(figures),
        }
    }
}
